//! The `$ref`s of a document: finding them, and telling them from text that only looks like one.

use serde_json::Value;

use super::pointer::Pointer;

/// Whether the members of a member of this name are names that the author chose, so that none of them is
/// a keyword.
fn has_named(name: &str) -> bool {
    matches!(
        name,
        "$defs"
            | "callbacks"
            | "content"
            | "definitions"
            | "dependentSchemas"
            | "examples"
            | "headers"
            | "links"
            | "parameters"
            | "pathItems"
            | "paths"
            | "patternProperties"
            | "properties"
            | "requestBodies"
            | "responses"
            | "schemas"
            | "securityDefinitions"
            | "securitySchemes"
            | "variables"
            | "webhooks"
    )
}

/// Calls `visit` with every `$ref` and every reference in a `discriminator`'s `mapping`.
///
/// `pointer` is where `value` stands; the callback gets the pointer to the string itself, and may
/// change it.
pub fn visit(
    value: &mut Value,
    pointer: &mut Pointer,
    visit: &mut dyn FnMut(&Pointer, &mut String),
) {
    walk(value, pointer, false, visit);
}

fn walk(
    value: &mut Value,
    pointer: &mut Pointer,
    named: bool,
    visit: &mut dyn FnMut(&Pointer, &mut String),
) {
    let len = pointer.len();
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                pointer.push_index(index);
                walk(item, pointer, false, visit);
                pointer.truncate(len);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                pointer.push(name);
                match member {
                    Value::String(reference) if is_reference(name) && !named => {
                        visit(pointer, reference);
                    }
                    _ if named => walk(member, pointer, false, visit),
                    Value::Object(_) if name == "discriminator" => {
                        mapping(member, pointer, visit);
                    }
                    // A list of examples (OpenAPI 3.1) is data; a map of them holds references.
                    Value::Array(_) if name == "examples" => {}
                    _ if is_data(name) => {}
                    _ => walk(member, pointer, has_named(name), visit),
                }
                pointer.truncate(len);
            }
        }
        _ => {}
    }
}

fn is_reference(name: &str) -> bool {
    name == "$ref" || name == "$dynamicRef"
}

/// Whether a member holds data, in which a `$ref` is data too.
fn is_data(name: &str) -> bool {
    matches!(name, "const" | "default" | "enum" | "example" | "value")
        || (name.starts_with("x-") && !name.starts_with("x-contract-"))
}

/// The values of a mapping are references, or bare names of components, which are left alone.
fn mapping(
    discriminator: &mut Value,
    pointer: &mut Pointer,
    visit: &mut dyn FnMut(&Pointer, &mut String),
) {
    let len = pointer.len();
    let Some(Value::Object(mapping)) = discriminator.get_mut("mapping") else { return };
    for (name, target) in mapping {
        if let Value::String(reference) = target
            && reference.contains(['#', '/', '.'])
        {
            pointer.push("mapping");
            pointer.push(name);
            visit(pointer, reference);
            pointer.truncate(len);
        }
    }
}

/// Collects `$id`, `$anchor` and `$dynamicAnchor` of every schema, with the pointer to it, and takes them out: once
/// every reference is a pointer, an id could only change what a pointer is relative to.
pub fn take_ids(value: &mut Value, pointer: &mut Pointer, found: &mut Vec<(String, Pointer)>) {
    take(value, pointer, false, found);
}

fn take(value: &mut Value, pointer: &mut Pointer, named: bool, found: &mut Vec<(String, Pointer)>) {
    let len = pointer.len();
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                pointer.push_index(index);
                take(item, pointer, false, found);
                pointer.truncate(len);
            }
        }
        Value::Object(members) => {
            if !named {
                for (key, prefix) in [("$id", ""), ("$anchor", "#"), ("$dynamicAnchor", "#")] {
                    if members.get(key).is_some_and(Value::is_string)
                        && let Some(Value::String(id)) = members.shift_remove(key)
                    {
                        found.push((format!("{prefix}{id}"), pointer.clone()));
                    }
                }
            }
            for (name, member) in members {
                if named || !is_data(name) {
                    pointer.push(name);
                    take(member, pointer, !named && has_named(name), found);
                    pointer.truncate(len);
                }
            }
        }
        _ => {}
    }
}
