//! The structure of an operation, ready for `openapiv3`, with its schemas left where they are.
//!
//! `openapiv3` reads paths, parameters, bodies and responses; schemas stay raw, so that no keyword
//! is lost. So it is given a copy of each operation in which every schema is replaced by a
//! reference to itself, structural references are followed, and everything carries its own place in
//! the extension [`AT`].

use serde_json::{Map, Value};

use crate::document::Pointer;

/// The extension that holds the place a thing was copied from.
pub const AT: &str = "x-contract-at";

/// Structural references deeper than this lead in a circle, which the bundle reports.
const MAX_HOPS: usize = 32;

/// The structure of an operation, in parts.
pub struct Skeleton {
    /// The operation without the parts below.
    pub head: Value,
    /// Its parameters.
    pub parameters: Vec<Value>,
    /// The body of its request.
    pub body: Option<Value>,
    /// Its answers, by status.
    pub responses: Vec<(String, Value)>,
}

/// Copies the structure of the operation at `pointer`; `None` if there is none.
pub fn operation(document: &Value, pointer: &Pointer) -> Option<Skeleton> {
    let raw = pointer.resolve(document)?.as_object()?;
    let copier = Copier { document };
    let head = Copier::plain(raw, &["parameters", "requestBody", "responses", "callbacks"]);
    let body = raw.get("requestBody").map(|body| {
        let (body, at) = copier.follow(body, pointer.child("requestBody"));
        copier.with_content(body, &at)
    });
    let at = pointer.child("responses");
    let responses = raw.get("responses").and_then(Value::as_object).into_iter().flatten();
    let responses = responses.filter(|(status, _)| !status.starts_with("x-"));
    let responses = responses.map(|(status, response)| {
        let (response, at) = copier.follow(response, at.child(status));
        (status.clone(), copier.with_content(response, &at))
    });
    Some(Skeleton {
        head: Value::Object(head),
        parameters: parameters(document, &pointer.child("parameters")),
        body,
        responses: responses.collect(),
    })
}

/// Copies the structure of a list of parameters, such as a path item's.
pub fn parameters(document: &Value, pointer: &Pointer) -> Vec<Value> {
    let copier = Copier { document };
    let parameters = pointer.resolve(document).and_then(Value::as_array).into_iter().flatten();
    let parameters = parameters.enumerate().map(|(index, parameter)| {
        let (parameter, at) = copier.follow(parameter, pointer.child(&index.to_string()));
        Copier::parameter(parameter, &at)
    });
    parameters.collect()
}

/// Copies the structure of a response.
pub fn response(document: &Value, pointer: &Pointer) -> Option<Value> {
    let copier = Copier { document };
    let (response, at) = copier.follow(pointer.resolve(document)?, pointer.clone());
    Some(copier.with_content(response, &at))
}

struct Copier<'d> {
    document: &'d Value,
}

impl<'d> Copier<'d> {
    /// The value behind references, and its place.
    fn follow(&self, mut value: &'d Value, mut at: Pointer) -> (&'d Value, Pointer) {
        for _ in 0..MAX_HOPS {
            let Some(reference) = value.get("$ref").and_then(Value::as_str) else { break };
            let target = Pointer::new(reference.trim_start_matches('#'));
            let Some(next) = target.resolve(self.document) else { break };
            (value, at) = (next, target);
        }
        (value, at)
    }

    /// The members that are copied as they are: all but the named and the extensions.
    fn plain(raw: &Map<String, Value>, except: &[&str]) -> Map<String, Value> {
        raw.iter()
            .filter(|(name, _)| !except.contains(&name.as_str()) && !name.starts_with("x-"))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    }

    fn parameter(raw: &'d Value, at: &Pointer) -> Value {
        let Value::Object(raw) = raw else {
            // What is no object is sent nobody knows where.
            let mut copy = Map::from_iter([("in".to_owned(), raw.clone())]);
            Self::place(&mut copy, at);
            return Value::Object(copy);
        };
        let mut copy = Self::plain(raw, &["schema", "content", "example", "examples"]);
        Self::place(&mut copy, at);
        Self::schema(raw, at, &mut copy);
        Self::content(raw, at, &mut copy);
        Value::Object(copy)
    }

    /// A request body or a response.
    fn with_content(&self, raw: &'d Value, at: &Pointer) -> Value {
        let Value::Object(raw) = raw else {
            // What is no object shows as a content that is none.
            let mut copy = Map::new();
            Self::place(&mut copy, at);
            if !raw.is_null() {
                copy.insert("content".to_owned(), raw.clone());
            }
            return Value::Object(copy);
        };
        let mut copy = Self::plain(raw, &["content", "headers", "links"]);
        Self::place(&mut copy, at);
        Self::content(raw, at, &mut copy);
        if let Some(Value::Object(headers)) = raw.get("headers") {
            let at = at.child("headers");
            let headers = headers.iter().map(|(name, header)| {
                let (header, at) = self.follow(header, at.child(name));
                (name.clone(), Self::header(header, &at))
            });
            copy.insert("headers".to_owned(), Value::Object(headers.collect()));
        }
        Value::Object(copy)
    }

    /// Of a header its name is read, whether it is required, and where its schema stands: faults
    /// elsewhere in it do not cost the answer.
    fn header(raw: &'d Value, at: &Pointer) -> Value {
        let none = Map::new();
        let raw = raw.as_object().unwrap_or(&none);
        let mut copy = Map::new();
        Self::place(&mut copy, at);
        if let Some(required @ Value::Bool(_)) = raw.get("required") {
            copy.insert("required".to_owned(), required.clone());
        }
        if raw.contains_key("schema") {
            Self::schema(raw, at, &mut copy);
        } else {
            copy.insert("content".to_owned(), Value::Object(Map::new()));
        }
        Value::Object(copy)
    }

    fn content(raw: &'d Map<String, Value>, at: &Pointer, copy: &mut Map<String, Value>) {
        let Some(content) = raw.get("content") else { return };
        let Value::Object(content) = content else {
            copy.insert("content".to_owned(), content.clone());
            return;
        };
        let at = at.child("content");
        let content = content.iter().map(|(name, media_type)| {
            let at = at.child(name);
            let none = Map::new();
            let raw = media_type.as_object().unwrap_or(&none);
            let mut copy = Self::plain(raw, &["schema", "example", "examples", "encoding"]);
            Self::place(&mut copy, &at);
            Self::schema(raw, &at, &mut copy);
            (name.clone(), Value::Object(copy))
        });
        copy.insert("content".to_owned(), Value::Object(content.collect()));
    }

    fn schema(raw: &Map<String, Value>, at: &Pointer, copy: &mut Map<String, Value>) {
        if raw.contains_key("schema") {
            let reference =
                Map::from_iter([("$ref".to_owned(), at.child("schema").into_string().into())]);
            copy.insert("schema".to_owned(), Value::Object(reference));
        }
    }

    fn place(copy: &mut Map<String, Value>, at: &Pointer) {
        copy.insert(AT.to_owned(), Value::String(at.as_str().to_owned()));
    }
}
