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

/// Copies the structure of the operation at `pointer`; `None` if there is nothing there.
pub fn operation(document: &Value, pointer: &Pointer) -> Option<Value> {
    let raw = pointer.resolve(document)?.as_object()?;
    let copier = Copier { document };
    let mut copy = Copier::plain(raw, &["parameters", "requestBody", "responses", "callbacks"]);
    if let Some(Value::Array(parameters)) = raw.get("parameters") {
        let at = pointer.child("parameters");
        copy.insert("parameters".to_owned(), copier.parameters(parameters, &at));
    }
    if let Some(body) = raw.get("requestBody") {
        let (body, at) = copier.follow(body, pointer.child("requestBody"));
        copy.insert("requestBody".to_owned(), copier.with_content(body, &at));
    }
    if let Some(Value::Object(responses)) = raw.get("responses") {
        let at = pointer.child("responses");
        copy.insert("responses".to_owned(), copier.responses(responses, &at));
    }
    Some(Value::Object(copy))
}

/// Copies the structure of a list of parameters, such as a path item's.
pub fn parameters(document: &Value, pointer: &Pointer) -> Option<Value> {
    let parameters = pointer.resolve(document)?.as_array()?;
    Some(Copier { document }.parameters(parameters, pointer))
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

    fn parameters(&self, parameters: &'d [Value], at: &Pointer) -> Value {
        let copies = parameters.iter().enumerate().map(|(index, parameter)| {
            let (parameter, at) = self.follow(parameter, at.child(&index.to_string()));
            Self::parameter(parameter, &at)
        });
        Value::Array(copies.collect())
    }

    fn parameter(raw: &'d Value, at: &Pointer) -> Value {
        let Value::Object(raw) = raw else { return raw.clone() };
        let mut copy = Self::plain(raw, &["schema", "content", "example", "examples"]);
        Self::place(&mut copy, at);
        Self::schema(raw, at, &mut copy);
        Self::content(raw, at, &mut copy);
        Value::Object(copy)
    }

    fn responses(&self, responses: &'d Map<String, Value>, at: &Pointer) -> Value {
        let copies = responses.iter().filter(|(status, _)| !status.starts_with("x-"));
        let copies = copies.map(|(status, response)| {
            let (response, at) = self.follow(response, at.child(status));
            (status.clone(), self.with_content(response, &at))
        });
        Value::Object(copies.collect())
    }

    /// A request body or a response.
    fn with_content(&self, raw: &'d Value, at: &Pointer) -> Value {
        let Value::Object(raw) = raw else { return raw.clone() };
        let mut copy = Self::plain(raw, &["content", "headers", "links"]);
        Self::place(&mut copy, at);
        Self::content(raw, at, &mut copy);
        if let Some(Value::Object(headers)) = raw.get("headers") {
            let at = at.child("headers");
            let headers = headers.iter().map(|(name, header)| {
                let (header, at) = self.follow(header, at.child(name));
                (name.clone(), Self::parameter(header, &at))
            });
            copy.insert("headers".to_owned(), Value::Object(headers.collect()));
        }
        Value::Object(copy)
    }

    fn content(raw: &'d Map<String, Value>, at: &Pointer, copy: &mut Map<String, Value>) {
        let Some(Value::Object(content)) = raw.get("content") else { return };
        let at = at.child("content");
        let content = content.iter().map(|(name, media_type)| {
            let at = at.child(name);
            let Value::Object(raw) = media_type else { return (name.clone(), media_type.clone()) };
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
