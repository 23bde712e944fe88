//! Schemas and values in a few words.

use serde_json::Value;

use super::discriminator::DISPATCH;
use crate::document::Pointer;

/// At most this many characters of a value are shown.
const EXCERPT: usize = 120;

/// A value as JSON, cut short if it is long.
#[must_use]
pub fn excerpt(value: &Value) -> String {
    shorten(&value.to_string())
}

/// A text, cut short if it is long.
pub fn shorten(text: &str) -> String {
    match text.char_indices().nth(EXCERPT) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// The JSON Schema name of a value's type; whole numbers are integers.
#[must_use]
pub fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// What a (rewritten) schema promises, in a few words: `string (uuid)`, `one of "a", "b"`.
pub fn describe(document: &Value, schema: &Value) -> String {
    words(document, schema, 0)
}

fn words(document: &Value, schema: &Value, depth: usize) -> String {
    let get = |name: &str| schema.get(name);
    if let Some(reference) = get("$ref").and_then(Value::as_str) {
        // A base goes by its name, also where the schemas that extend it are meant.
        let pointer = reference.trim_start_matches('#');
        let pointer =
            pointer.strip_suffix(DISPATCH).map_or(pointer, |base| base.trim_end_matches('/'));
        return match Pointer::find(document, pointer) {
            Some(target) if depth < 8 && target.get("properties").is_none() => {
                words(document, target, depth + 1)
            }
            _ => match Pointer::split_last(pointer) {
                Some((_, name)) => format!("{name} object"),
                None => "object".to_owned(),
            },
        };
    }
    if let Some(Value::Array(values)) = get("enum") {
        let values: Vec<String> = values.iter().map(Value::to_string).collect();
        return shorten(&format!("one of {}", values.join(", ")));
    }
    if let Some(value) = get("const") {
        return format!("exactly {value}");
    }
    for (keyword, text) in [("oneOf", "exactly one"), ("anyOf", "at least one")] {
        if let Some(Value::Array(branches)) = get(keyword) {
            if let [only] = branches.as_slice() {
                return words(document, only, depth + 1);
            }
            return format!("{text} of {} schemas", branches.len());
        }
    }
    let types = match get("type") {
        Some(Value::String(name)) => name.clone(),
        Some(Value::Array(names)) => {
            names.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" or ")
        }
        _ if get("properties").is_some() || get("allOf").is_some() => "object".to_owned(),
        _ => "any value".to_owned(),
    };
    match get("format").and_then(Value::as_str) {
        Some(format) => format!("{types} ({format})"),
        None => types,
    }
}
