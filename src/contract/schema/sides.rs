//! `readOnly` and `writeOnly`: a member that is required, but of one side only.
//!
//! OpenAPI 3.0.3: a property that is `readOnly` and in the `required` list is required in the answer
//! only, one that is `writeOnly` in the request only.

use serde_json::Value;

use super::compare::Side;
use crate::document::Pointer;

/// Members that hold data, not schemas.
const DATA: &[&str] = &["const", "default", "enum", "example", "examples"];

/// The document as one side has to obey it: without what is required of the other side; `None` if
/// that makes no difference.
#[must_use]
pub fn of(document: &Value, side: Side) -> Option<Value> {
    let keyword = match side {
        Side::Request => "readOnly",
        Side::Response => "writeOnly",
    };
    let mut lists = Vec::new();
    collect(document, document, keyword, &mut Pointer::default(), &mut lists);
    if lists.is_empty() {
        return None;
    }
    let mut copy = document.clone();
    for (at, exempt) in lists {
        if let Some(Value::Array(names)) = copy.pointer_mut(at.as_str()) {
            names.retain(|name| !exempt.iter().any(|exempt| name == exempt.as_str()));
        }
    }
    Some(copy)
}

/// Collects the `required` lists that name members of the other side, with those names.
fn collect(
    document: &Value,
    value: &Value,
    keyword: &str,
    at: &mut Pointer,
    lists: &mut Vec<(Pointer, Vec<String>)>,
) {
    let len = at.len();
    match value {
        Value::Object(members) => {
            if let Some(Value::Array(names)) = members.get("required") {
                // Parts of an `allOf` speak of the members that its other parts declare.
                let whole = whole(at.as_str());
                let exempt: Vec<String> = names
                    .iter()
                    .filter_map(Value::as_str)
                    .filter(|name| is_marked(document, whole, name, keyword, 0))
                    .map(str::to_owned)
                    .collect();
                if !exempt.is_empty() {
                    lists.push((at.child("required"), exempt));
                }
            }
            for (name, member) in members {
                if !DATA.contains(&name.as_str()) && (member.is_object() || member.is_array()) {
                    at.push(name);
                    collect(document, member, keyword, at, lists);
                    at.truncate(len);
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                at.push_index(index);
                collect(document, item, keyword, at, lists);
                at.truncate(len);
            }
        }
        _ => {}
    }
}

/// The schema that a part of an `allOf` is a part of.
fn whole(mut pointer: &str) -> &str {
    while let Some((parent, index)) = pointer.rsplit_once('/')
        && index.bytes().all(|byte| byte.is_ascii_digit())
        && let Some(holder) = parent.strip_suffix("/allOf")
    {
        pointer = holder;
    }
    pointer
}

/// Whether a schema declares a member of this name that is marked with the keyword.
fn is_marked(document: &Value, schema: &str, name: &str, keyword: &str, depth: usize) -> bool {
    // Deeper than this it is a circle.
    if depth > 16 {
        return false;
    }
    let Some(Value::Object(members)) = Pointer::find(document, schema) else { return false };
    let property = members.get("properties").and_then(|properties| properties.get(name));
    if property.is_some_and(|property| has(document, property, keyword)) {
        return true;
    }
    let parts = members.get("allOf").and_then(Value::as_array).map_or(0, Vec::len);
    let parts = (0..parts).map(|index| format!("{schema}/allOf/{index}"));
    let reference = members.get("$ref").and_then(Value::as_str);
    let target = reference.and_then(|reference| reference.strip_prefix('#')).map(str::to_owned);
    parts.chain(target).any(|part| is_marked(document, &part, name, keyword, depth + 1))
}

/// Whether a property is marked with the keyword, itself or behind references.
fn has<'d>(document: &'d Value, mut property: &'d Value, keyword: &str) -> bool {
    for _ in 0..16 {
        if property.get(keyword) == Some(&Value::Bool(true)) {
            return true;
        }
        let reference = property.get("$ref").and_then(Value::as_str);
        let target =
            reference.and_then(|reference| Pointer::find(document, reference.strip_prefix('#')?));
        let Some(target) = target else { return false };
        property = target;
    }
    false
}
