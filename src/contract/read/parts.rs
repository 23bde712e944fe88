//! The parts of an operation, read through `openapiv3`, each by itself: what is wrong in one of them
//! is left out of it, and told, and everything else counts.

use openapiv3 as oa;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::skeleton::AT;
use crate::document::Pointer;

/// A part, as far as it can be read, and what is wrong in it.
pub struct Part<T> {
    /// The part.
    pub value: Option<T>,
    /// What is wrong.
    pub fault: Option<Fault>,
}

/// What is wrong in a part.
pub struct Fault {
    /// Its place in the document.
    pub at: Pointer,
    /// What is wrong.
    pub message: String,
    /// Whether something of the part was left out for it.
    pub costs: bool,
}

/// What an operation says of itself.
pub fn head(mut copy: Value, at: &Pointer) -> Part<oa::Operation> {
    let kept = |name: &str, value: &Value| match name {
        "operationId" | "summary" => value.is_string(),
        "deprecated" => value.is_boolean(),
        "tags" => value.as_array().is_some_and(|tags| tags.iter().all(Value::is_string)),
        name => name == "responses",
    };
    if let Value::Object(members) = &mut copy {
        members.insert("responses".to_owned(), Value::Object(Map::new()));
    }
    read(&copy, at, &kept)
}

/// A parameter; `None` if it has no name, or is sent nobody knows where.
pub fn parameter(mut copy: Value) -> Part<oa::Parameter> {
    let kept = |name: &str, value: &Value| match name {
        "required" => value.is_boolean(),
        name => matches!(name, "name" | "in" | "schema" | "content"),
    };
    let at = place(&copy);
    let mut fault = None;
    if let Value::Object(members) = &mut copy {
        if members.keys().all(|name| name == AT) {
            // A reference that led nowhere, which was told.
            return Part { value: None, fault: None };
        }
        if !members.contains_key("schema") && !members.contains_key("content") {
            let message = "the parameter has neither `schema` nor `content`".to_owned();
            fault = Some(Fault { at: at.clone(), message, costs: false });
            members.insert("content".to_owned(), Value::Object(Map::new()));
        }
    }
    let mut part = read(&copy, &at, &kept);
    part.fault = part.fault.or(fault);
    part
}

/// The body of a request.
pub fn body(mut copy: Value) -> Part<oa::RequestBody> {
    let kept = |name: &str, value: &Value| match name {
        "required" => value.is_boolean(),
        "content" => value.is_object(),
        _ => false,
    };
    if let Value::Object(members) = &mut copy {
        members.entry("content").or_insert_with(|| Value::Object(Map::new()));
    }
    read(&copy, &place(&copy), &kept)
}

/// An answer. That it lacks a description is no harm here.
pub fn response(mut copy: Value) -> Part<oa::Response> {
    if let Value::Object(members) = &mut copy
        && !members.get("description").is_some_and(Value::is_string)
    {
        members.insert("description".to_owned(), "".into());
    }
    let kept = |name: &str, value: &Value| match name {
        "description" => true,
        "content" => value.is_object(),
        _ => false,
    };
    read(&copy, &place(&copy), &kept)
}

/// Reads a part, if need be without all but the members that are kept.
fn read<T: DeserializeOwned>(
    copy: &Value,
    at: &Pointer,
    kept: &dyn Fn(&str, &Value) -> bool,
) -> Part<T> {
    let (mut inner, error) = match parse(copy) {
        Ok(value) => return Part { value: Some(value), fault: None },
        Err(error) => error,
    };
    // The reader does not tell which of the members has a word that does not count.
    if inner.is_empty()
        && let Some(word) = error.strip_prefix(UNKNOWN).and_then(|rest| rest.split('`').nth(1))
    {
        let members = copy.as_object().into_iter().flatten();
        let mut names = members.filter(|(_, value)| *value == word).map(|(name, _)| name);
        if let Some(name) = names.next() {
            inner.push(name);
        }
    }
    let at = Pointer::new(format!("{at}{inner}"));
    let fault = Fault { at, message: words(&error), costs: true };
    let rest = copy.as_object().map(|members| {
        let members = members.iter().filter(|(name, value)| *name == AT || kept(name, value));
        Value::Object(members.map(|(name, value)| (name.clone(), value.clone())).collect())
    });
    Part { value: rest.and_then(|rest| parse(&rest).ok()), fault: Some(fault) }
}

/// Reads a copied structure; an error comes with the pointer to what is wrong in it.
fn parse<T: DeserializeOwned>(value: &Value) -> Result<T, (Pointer, String)> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let mut pointer = Pointer::default();
        for segment in error.path() {
            match segment {
                serde_path_to_error::Segment::Seq { index } => pointer.push_index(*index),
                serde_path_to_error::Segment::Map { key } => pointer.push(key),
                _ => {}
            }
        }
        (pointer, error.inner().to_string())
    })
}

/// How the reader's message about a word that does not count begins.
const UNKNOWN: &str = "unknown variant ";

/// The reader's message in words for who wrote the document.
fn words(message: &str) -> String {
    if let Some(name) = message.strip_prefix("missing field ") {
        return format!("{name} is missing");
    }
    if let Some((word, others)) =
        message.strip_prefix(UNKNOWN).and_then(|rest| rest.split_once(", expected "))
    {
        return format!("{word} is not {others}");
    }
    let invalid =
        ["invalid type: ", "invalid value: "].iter().find_map(|p| message.strip_prefix(p));
    let Some((seen, expected)) = invalid.and_then(|rest| rest.split_once(", expected ")) else {
        return message.to_owned();
    };
    let expected = match expected {
        "a boolean" => "`true` or `false`",
        "a sequence" => "a list",
        "a string" => "a text",
        "a map" => "an object",
        expected if expected.starts_with("struct ") => "an object",
        expected => expected,
    };
    let seen = match seen.split_once(' ') {
        Some(("string", text)) => format!("the text {text}"),
        Some(("integer" | "floating" | "boolean", value)) => value.to_owned(),
        _ if seen == "sequence" => "a list".to_owned(),
        _ if seen == "map" => "an object".to_owned(),
        _ => seen.to_owned(),
    };
    format!("{seen} where {expected} is expected")
}

/// Where a copy was taken from.
fn place(copy: &Value) -> Pointer {
    Pointer::new(copy.get(AT).and_then(Value::as_str).unwrap_or_default())
}
