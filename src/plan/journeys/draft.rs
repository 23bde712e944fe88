//! What the engine wants to send, made a draft of an operation.

use roas_arazzo_executor::HttpRequest;
use serde_json::{Map, Value};

use super::suite::MARK;
use crate::contract::model::{Location, Style};
use crate::contract::{Contract, Operation};
use crate::exchange::query;
use crate::generate::files::File;
use crate::generate::{Draft, DraftBody, FormPart, ParameterValue, PartContent, Sent};

/// The draft of a request that the engine made for an operation at a base URL. Texts that stand for
/// files become these files where a form is sent.
#[must_use]
pub fn draft(
    contract: &Contract,
    number: usize,
    request: &HttpRequest,
    base_url: &str,
    files: &[(String, File)],
) -> Draft {
    let mut draft = Draft {
        operation: number,
        parameters: Vec::new(),
        body: DraftBody::None,
        sent: Sent::AsIs,
    };
    let Some(operation) = contract.operations.get(number) else { return draft };
    let url = request.url.strip_prefix(base_url.trim_end_matches('/')).unwrap_or(&request.url);
    let (path, pairs) = url.split_once('?').unwrap_or((url, ""));
    for (name, value) in path_values(&operation.path, path) {
        draft.parameters.push(parameter(Location::Path, name, Value::String(value)));
    }
    for pair in query::pairs(pairs.as_bytes()) {
        let value = as_documented(operation, &pair.name, pair.value);
        draft.parameters.push(parameter(Location::Query, pair.name, value));
    }
    let mut media_type = None;
    for (name, value) in &request.headers {
        if name.eq_ignore_ascii_case("content-type") {
            media_type = Some(value.as_str());
        } else if !name.eq_ignore_ascii_case(MARK) {
            let value = Value::String(value.clone());
            draft.parameters.push(parameter(Location::Header, name.clone(), value));
        }
    }
    if let Some(bytes) = &request.body {
        draft.body = body(contract, operation, media_type, bytes, files);
    }
    draft
}

fn parameter(location: Location, name: String, value: Value) -> ParameterValue {
    ParameterValue { location, name, value }
}

/// The values in a path, by the names in its template.
fn path_values(template: &str, path: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (pattern, own) in template.split('/').zip(path.split('/')) {
        let (Some(open), Some(close)) = (pattern.find('{'), pattern.rfind('}')) else { continue };
        let (before, after) = (pattern.get(..open), pattern.get(close + 1..));
        let value = own.strip_prefix(before.unwrap_or_default());
        let value = value.and_then(|own| own.strip_suffix(after.unwrap_or_default()));
        if let (Some(name), Some(value)) = (pattern.get(open + 1..close), value) {
            found.push((name.to_owned(), query::decoded(value).0));
        }
    }
    found
}

/// A list is sent as the document says; the engine has it as JSON.
fn as_documented(operation: &Operation, name: &str, text: String) -> Value {
    let known = operation
        .parameters
        .iter()
        .find(|p| p.location == Location::Query && p.name == *name)
        .is_some_and(|p| p.style != Style::Other);
    match serde_json::from_str(&text) {
        Ok(list @ Value::Array(_)) if known && text.starts_with('[') => list,
        _ => Value::String(text),
    }
}

fn body(
    contract: &Contract,
    operation: &Operation,
    media_type: Option<&str>,
    bytes: &[u8],
    files: &[(String, File)],
) -> DraftBody {
    let essence = media_type.unwrap_or_default().split(';').next().unwrap_or_default();
    let essence = essence.trim().to_ascii_lowercase();
    let raw =
        || DraftBody::Raw { media_type: media_type.map(str::to_owned), bytes: bytes.to_vec() };
    match essence.as_str() {
        "application/json" => serde_json::from_slice(bytes).map_or_else(|_| raw(), DraftBody::Json),
        "application/x-www-form-urlencoded" => match serde_json::from_slice(bytes) {
            Ok(Value::Object(fields)) => DraftBody::Urlencoded(fields),
            _ => raw(),
        },
        "multipart/form-data" => match serde_json::from_slice(bytes) {
            Ok(Value::Object(fields)) => DraftBody::Form(form(contract, operation, fields, files)),
            _ => raw(),
        },
        _ => raw(),
    }
}

fn form(
    contract: &Contract,
    operation: &Operation,
    fields: Map<String, Value>,
    files: &[(String, File)],
) -> Vec<FormPart> {
    let mut parts = Vec::new();
    for (name, value) in fields {
        let binary = is_binary(contract, operation, &name);
        let values = match value {
            // Several files in one field are several parts; what is left out is null.
            Value::Array(items) if binary => items,
            Value::Null => Vec::new(),
            value => vec![value],
        };
        for value in values {
            let text = value.as_str();
            let file = files.iter().find(|(known, _)| text == Some(known.as_str()));
            let content = match (file, text) {
                (Some((_, file)), _) => PartContent::File(file.clone()),
                (None, Some(text)) if binary => {
                    let name = format!("{name}.txt");
                    PartContent::File(File::new(&name, "text/plain", text.into()))
                }
                _ => PartContent::Value(value),
            };
            parts.push(FormPart { name: name.clone(), content });
        }
    }
    parts
}

/// Whether a field of a form is documented as a file, or as a list of them.
fn is_binary(contract: &Contract, operation: &Operation, name: &str) -> bool {
    let content = operation.request_body.iter().flat_map(|body| &body.content);
    let mut schemas = content.filter_map(|content| content.schema);
    schemas.any(|schema| {
        let members = contract.schemas.normal(schema).get("properties");
        let Some(member) = members.and_then(|members| members.get(name)) else { return false };
        let binary = |schema: &Value| {
            schema.get("format").and_then(Value::as_str) == Some("binary")
                || (schema.get("contentMediaType").is_some()
                    && schema.get("contentEncoding").is_none())
        };
        binary(member) || member.get("items").is_some_and(binary)
    })
}

#[cfg(test)]
mod tests {
    use super::path_values;

    #[test]
    fn paths_give_back_their_values() {
        let found = path_values("/books/{book}/pages/{page}.html", "/books/a%2Fb/pages/7.html");
        let expected = [("book", "a/b"), ("page", "7")];
        assert_eq!(found, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert_eq!(path_values("/books/{book}", "/books/"), [("book".to_owned(), String::new())]);
    }
}
