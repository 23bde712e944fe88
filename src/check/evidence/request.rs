//! A request held against what is promised of requests: what it breaks, and what is undocumented.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::contract::Contract;
use crate::contract::model::{At, Location, Operation, Parameter, RequestBody, Style};
use crate::contract::schema::{Declared, Mismatch, MismatchKind, Node, SchemaId, Side, TypeSet};
use crate::exchange::{self, Body, Content, MediaType, multipart, query};
use crate::finding::{Basis, MASK, Part, Place};

/// Values that recorders put in the place of secrets: nobody knows what was sent.
pub(super) const HIDDEN: &[&str] = &[MASK, "[Filtered]", "[REDACTED]", "REDACTED", "<redacted>"];

/// Headers that are described elsewhere than among the parameters (OpenAPI 3.0, "Parameter Object").
const NOT_PARAMETERS: &[&str] = &["accept", "content-type", "authorization"];

/// A way in which a request breaks the contract.
#[derive(Debug, Clone)]
pub struct Breach {
    /// Where.
    pub place: Place,
    /// How.
    pub mismatch: Mismatch,
}

/// A request beside what is promised of it.
#[derive(Debug, Clone, Default)]
pub struct RequestEvidence<'a> {
    /// The ways in which it breaks the contract.
    pub breaches: Vec<Breach>,
    /// Names of query parameters that are not documented, each once.
    pub undocumented_query: Vec<String>,
    /// Whether all of it could be judged.
    pub complete: bool,
    /// The body, if it is JSON.
    pub json: Option<&'a Value>,
}

impl<'a> RequestEvidence<'a> {
    /// Holds a request against its operation; `path` are the values of the path's parameters.
    #[must_use]
    pub fn new(
        contract: &'a Contract,
        operation: &'a Operation,
        request: &'a exchange::Request,
        path: &[(String, String)],
    ) -> Self {
        let evidence = Self { complete: true, ..Self::default() };
        let mut reader = Reader { contract, operation, request, evidence };
        for (name, value) in path {
            let parameter = operation
                .parameters
                .iter()
                .find(|p| p.location == Location::Path && p.name == *name);
            if let Some(parameter) = parameter {
                reader.parameter(parameter, &[value.as_str()]);
            }
        }
        reader.query();
        reader.headers();
        reader.body();
        reader.evidence
    }

    /// Whether the request keeps the contract, and has nothing in it that the contract does not
    /// speak of, as far as documents can tell.
    #[must_use]
    pub fn keeps(&self) -> bool {
        self.complete && self.breaches.is_empty() && self.undocumented_query.is_empty()
    }
}

/// The body of a request as a value: JSON as it is, a form as an object of its fields; `None` where it
/// is neither, or is not there to its end.
pub(in crate::check) fn sent<'a>(
    contract: &'a Contract,
    operation: &'a Operation,
    request: &'a exchange::Request,
) -> Option<Cow<'a, Value>> {
    let promise = operation.request_body.as_ref()?;
    let Body::Bytes(bytes) = &request.body else { return None };
    let content_type = request.headers.get("content-type")?;
    let media_type = MediaType::parse(content_type).ok()?;
    let best = media_type.best(promise.content.iter().map(|m| m.name.as_str()))?;
    let promised = promise.content.iter().find(|m| m.name == best)?;
    let evidence = RequestEvidence { complete: true, ..RequestEvidence::default() };
    let mut reader = Reader { contract, operation, request, evidence };
    reader.value(promise, content_type, Some(&media_type), bytes, promised.schema)
}

/// Whether a text stands for a value that a recorder has hidden.
pub(in crate::check) fn is_hidden(text: &str) -> bool {
    HIDDEN.iter().any(|hidden| text.contains(hidden))
}

struct Reader<'a> {
    contract: &'a Contract,
    operation: &'a Operation,
    request: &'a exchange::Request,
    evidence: RequestEvidence<'a>,
}

impl<'a> Reader<'a> {
    fn query(&mut self) {
        let query = query::split(&self.request.url).query.unwrap_or_default();
        let pairs = query::pairs(query.as_bytes());
        let documented = self.operation.parameters.iter().filter(|p| p.location == Location::Query);
        for parameter in documented {
            // Arrays are often written with brackets, `ids[]=1`.
            let own = |name: &str| {
                name == parameter.name || name.strip_suffix("[]") == Some(&parameter.name)
            };
            let values: Vec<&str> =
                pairs.iter().filter(|p| own(&p.name)).map(|p| p.value.as_str()).collect();
            self.parameter(parameter, &values);
        }
        for pair in pairs {
            let name = pair.name.split('[').next().unwrap_or_default();
            let documented =
                self.operation.parameters.iter().any(|p| {
                    p.location == Location::Query && (p.name == name || p.name == pair.name)
                });
            let known = self.evidence.undocumented_query.contains(&pair.name);
            if !name.is_empty() && !documented && !known {
                self.evidence.undocumented_query.push(pair.name);
            }
        }
    }

    fn headers(&mut self) {
        let documented =
            self.operation.parameters.iter().filter(|p| p.location == Location::Header);
        for parameter in documented {
            if !NOT_PARAMETERS.contains(&parameter.name.to_ascii_lowercase().as_str()) {
                let value = self.request.headers.get(&parameter.name);
                self.parameter(parameter, &value.into_iter().collect::<Vec<_>>());
            }
        }
    }

    /// Holds the values that were sent for a parameter against its schema.
    fn parameter(&mut self, parameter: &Parameter, values: &[&str]) {
        let place = || {
            let (location, name) = (parameter.location.word(), parameter.name.clone());
            Place::whole(Part::Parameter { location, name })
        };
        if values.is_empty() {
            if parameter.required {
                let promised = format!("`{}` is required", parameter.name);
                let (kind, at) = (MismatchKind::Required, &parameter.at);
                self.breach(place(), kind, "required", promised, "it is missing", at);
            }
            return;
        }
        if values.iter().any(|value| HIDDEN.contains(value)) {
            self.evidence.complete = false;
            return;
        }
        let Some(schema) = parameter.schema else { return };
        let types = self.types(schema);
        let takes_list = types.is_some_and(|types| types.has("array"));
        if values.len() > 1 && !takes_list && types.is_some() {
            let seen = format!("{} values", values.len());
            let (kind, at) = (MismatchKind::Bounds, &parameter.at);
            self.breach(place(), kind, "repeated", "one value".into(), &seen, at);
            return;
        }
        let value = match (parameter.style, takes_list, values) {
            (Style::Repeated, true, values) => list(values.iter().copied(), self.items(schema)),
            (Style::Separated(by), true, [one]) => list(one.split(by), self.items(schema)),
            (_, false, [one, ..]) => coerce(one, types),
            // A list in a style that we do not take apart, or nothing at all.
            _ => return,
        };
        self.compare(schema, &value, place);
    }

    fn body(&mut self) {
        let Some(promise) = &self.operation.request_body else {
            // A body that nobody asked for is no breach, and nobody can say whether it is right.
            self.evidence.complete &= self.request.body == Body::Empty;
            return;
        };
        let at = &promise.at;
        let bytes = match &self.request.body {
            Body::Bytes(bytes) => bytes,
            Body::Missing { .. } => {
                self.evidence.complete = false;
                return;
            }
            Body::Empty if self.sent_something() => {
                self.evidence.complete = false;
                return;
            }
            Body::Empty => {
                if promise.required {
                    let place = Place::whole(Part::RequestBody);
                    let promised = "a body is required".to_owned();
                    self.breach(place, MismatchKind::Required, "required", promised, "no body", at);
                }
                return;
            }
        };
        let content_type = self.request.headers.get("content-type").unwrap_or_default();
        let media_type = MediaType::parse(content_type).ok();
        let names = || promise.content.iter().map(|m| m.name.as_str());
        let best = media_type.as_ref().and_then(|m| m.best(names()));
        let Some(promised) = best.and_then(|name| promise.content.iter().find(|m| m.name == name))
        else {
            let place = Place::whole(Part::RequestBody);
            let promised = names().collect::<Vec<_>>().join(" or ");
            let seen = if content_type.is_empty() { "no media type" } else { content_type };
            self.breach(place, MismatchKind::Other, "media-type", promised, seen, at);
            return;
        };
        if self.is_damaged(bytes) {
            self.evidence.complete = false;
        }
        if let Some(value) =
            self.value(promise, content_type, media_type.as_ref(), bytes, promised.schema)
            && let Some(schema) = promised.schema
        {
            self.compare(schema, &value, || Place::whole(Part::RequestBody));
        }
    }

    /// The body as a value that a schema can judge.
    fn value(
        &mut self,
        promise: &RequestBody,
        content_type: &str,
        media_type: Option<&MediaType>,
        bytes: &'a Content,
        schema: Option<SchemaId>,
    ) -> Option<Cow<'a, Value>> {
        let at = &promise.at;
        let place = Place::whole(Part::RequestBody);
        if media_type?.is_json() {
            match bytes.json() {
                Ok(value) => {
                    self.evidence.json = Some(value);
                    return Some(Cow::Borrowed(value));
                }
                Err(error) => {
                    let seen = format!("no JSON: {error}");
                    self.breach(place, MismatchKind::Other, "json", "JSON".into(), &seen, at);
                    return None;
                }
            }
        }
        let mut form = Form::new(self.contract, schema);
        match media_type?.essence() {
            "multipart/form-data" => match multipart::parse(content_type, bytes) {
                Ok(parts) => {
                    for part in parts {
                        let name = part.name.unwrap_or_default();
                        let content = bytes.get(part.content).unwrap_or_default();
                        match part.filename {
                            // A file is any string; its bytes are nothing that a schema judges.
                            Some(file) => form.add(name, Value::String(file)),
                            None => form.add_text(name, &String::from_utf8_lossy(content)),
                        }
                    }
                }
                Err(error) => {
                    let seen = error.to_string();
                    let promised = "a multipart body".to_owned();
                    self.breach(place, MismatchKind::Other, "multipart", promised, &seen, at);
                    return None;
                }
            },
            "application/x-www-form-urlencoded" => {
                for pair in query::pairs(bytes) {
                    form.add_text(pair.name, &pair.value);
                }
            }
            _ => return None,
        }
        Some(Cow::Owned(Value::Object(form.fields)))
    }

    fn compare(&mut self, schema: SchemaId, value: &Value, place: impl Fn() -> Place) {
        let Ok(found) = self.contract.schemas.compare(schema, value, Side::Request) else {
            self.evidence.complete = false;
            return;
        };
        for mismatch in found {
            if HIDDEN.iter().any(|hidden| mismatch.seen.contains(hidden)) {
                self.evidence.complete = false;
                continue;
            }
            // Branches that overlap are a fault of the document, not of the request.
            if mismatch.kind == MismatchKind::SeveralBranches {
                continue;
            }
            let place = Place { pointer: mismatch.place.clone(), ..place() };
            self.evidence.breaches.push(Breach { place, mismatch });
        }
    }

    fn breach(
        &mut self,
        place: Place,
        kind: MismatchKind,
        detail: &str,
        promised: String,
        seen: &str,
        at: &At,
    ) {
        let mismatch = Mismatch {
            kind,
            basis: Basis::Schema,
            detail: detail.to_owned(),
            place: String::new(),
            promised,
            seen: seen.to_owned(),
            promise: (at.document, at.pointer.clone()),
        };
        self.evidence.breaches.push(Breach { place, mismatch });
    }

    /// Whether the request had a body that the record does not hold.
    fn sent_something(&self) -> bool {
        let length = self.request.headers.get("content-length");
        length.and_then(|value| value.trim().parse::<u64>().ok()).is_some_and(|length| length > 0)
    }

    /// Whether the recorder replaced bytes that it could not write as text.
    fn is_damaged(&self, bytes: &[u8]) -> bool {
        let length = self.request.headers.get("content-length");
        let length = length.and_then(|value| value.trim().parse::<usize>().ok());
        length.is_some_and(|length| length != bytes.len())
            && memchr::memmem::find(bytes, "\u{fffd}".as_bytes()).is_some()
    }

    fn types(&self, schema: SchemaId) -> Option<TypeSet> {
        self.contract.schemas.get(schema).declared.root().types
    }

    fn items(&self, schema: SchemaId) -> Option<TypeSet> {
        let declared = &self.contract.schemas.get(schema).declared;
        declared.root().items.and_then(|items| declared.node(items).types)
    }
}

/// The fields of a form, each as its schema reads it.
struct Form<'a> {
    contract: &'a Contract,
    schema: Option<SchemaId>,
    fields: Map<String, Value>,
}

impl<'a> Form<'a> {
    fn new(contract: &'a Contract, schema: Option<SchemaId>) -> Self {
        Self { contract, schema, fields: Map::new() }
    }

    fn add_text(&mut self, name: String, text: &str) {
        let field = self.field(&name);
        let value = coerce(text, field.and_then(|field| field.types));
        self.add(name, value);
    }

    /// A field that holds a list is repeated, unless it is one text of JSON.
    fn add(&mut self, name: String, value: Value) {
        let types = self.field(&name).and_then(|field| field.types);
        let listed = types.is_some_and(|types| types.has("array") && !types.has("string"));
        if !listed || value.is_array() {
            self.fields.insert(name, value);
            return;
        }
        let items = self.field(&name).and_then(|field| field.items);
        let items = items.and_then(|items| self.declared()?.node(items).types);
        let value = match value {
            Value::String(text) => coerce(&text, items),
            value => value,
        };
        if let Value::Array(values) =
            self.fields.entry(name).or_insert_with(|| Value::Array(Vec::new()))
        {
            values.push(value);
        }
    }

    fn declared(&self) -> Option<&'a Declared> {
        self.schema.map(|schema| &self.contract.schemas.get(schema).declared)
    }

    fn field(&self, name: &str) -> Option<&'a Node> {
        let declared = self.declared()?;
        declared.root().properties.get(name).map(|&child| declared.node(child))
    }
}

pub(super) fn list<'t>(values: impl Iterator<Item = &'t str>, types: Option<TypeSet>) -> Value {
    Value::Array(values.map(|value| coerce(value, types)).collect())
}

/// A text as the value it stands for, in the first of the types that fits it; a text that fits
/// none stays a string, which the schema then refuses.
pub(super) fn coerce(text: &str, types: Option<TypeSet>) -> Value {
    let string = || Value::String(text.to_owned());
    let Some(types) = types else { return string() };
    if types.has("string") {
        return string();
    }
    if (types.has("integer") || types.has("number"))
        && let Ok(number) = serde_json::from_str::<serde_json::Number>(text)
    {
        return Value::Number(number);
    }
    match text {
        "true" | "True" if types.has("boolean") => Value::Bool(true),
        "false" | "False" if types.has("boolean") => Value::Bool(false),
        _ if types.has("object") || types.has("array") => {
            serde_json::from_str(text).unwrap_or_else(|_| string())
        }
        _ => string(),
    }
}
