//! The structure of an OpenAPI document: what each member of each object is.
//!
//! What a member means depends on what it is a member of: `schema` may be a keyword, or the name of
//! an answer or a property. So whoever looks for the schemas of a document follows this table.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::read::METHODS;

/// The kinds of object that a document consists of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The document.
    Document,
    /// Its components.
    Components,
    /// A path item.
    PathItem,
    /// An operation.
    Operation,
    /// A callback.
    Callback,
    /// A parameter or a header.
    Parameter,
    /// The body of a request.
    Body,
    /// An answer.
    Response,
    /// A media type.
    MediaType,
    /// How a part of a form is encoded.
    Encoding,
    /// The rules of an event stream (`x-contract-stream`).
    Stream,
    /// An object without schemas: an example, a link.
    Leaf,
    /// A schema.
    Schema,
    /// A schema that only adds to the one around it: a branch, a part, a condition.
    SchemaPart,
}

/// What a member of an object is, and whether it is a map from names to such things.
#[must_use]
pub fn child(kind: Kind, member: &str) -> Option<(Kind, bool)> {
    use Kind::{
        Body, Callback, Components, Document, Encoding, Leaf, MediaType, Operation, Parameter,
        PathItem, Response, Schema, SchemaPart, Stream,
    };
    Some(match (kind, member) {
        (Document, "paths" | "webhooks") | (Components, "pathItems") => (PathItem, true),
        (Document, "components") => (Components, false),
        // Our own extensions, `x-contract-…`, are described in `specs/README.md`.
        (Components, "schemas") | (Stream, "events") => (Schema, true),
        (Components | Operation, "responses") | (Document, "x-contract-any-response") => {
            (Response, true)
        }
        (Components, "parameters") | (Components | Response | Encoding, "headers") => {
            (Parameter, true)
        }
        (Components, "requestBodies") => (Body, true),
        (Components | Operation, "callbacks") => (Callback, true),
        (Components, "examples" | "links")
        | (MediaType | Parameter, "examples")
        | (Response, "links") => (Leaf, true),
        (PathItem | Operation, "parameters") => (Parameter, false),
        (PathItem, method) if METHODS.contains(&method) => (Operation, false),
        (Callback, name) if !name.starts_with("x-") => (PathItem, false),
        (Operation, "requestBody") => (Body, false),
        (Parameter | Body | Response, "content") => (MediaType, true),
        (Parameter | MediaType, "schema") => (Schema, false),
        (MediaType, "encoding") => (Encoding, true),
        (Document, "x-contract-error") => (MediaType, false),
        (MediaType, "x-contract-stream") => (Stream, false),
        (Schema | SchemaPart, keyword) => match keyword {
            "properties" | "patternProperties" | "$defs" | "definitions" => (Schema, true),
            "dependentSchemas" => (SchemaPart, true),
            "allOf" | "oneOf" | "anyOf" | "not" | "if" | "then" | "else" => (SchemaPart, false),
            "items"
            | "prefixItems"
            | "additionalProperties"
            | "contains"
            | "propertyNames"
            | "unevaluatedItems"
            | "unevaluatedProperties" => (Schema, false),
            _ => return None,
        },
        _ => return None,
    })
}

/// Whether a reference leads to a place that the way through the structure does not pass.
#[must_use]
pub fn is_elsewhere(target: &str) -> bool {
    !target.starts_with("/components/") && !target.starts_with("/paths/")
}

/// Calls `visit` with every schema of a document, also in the files it refers to, before those
/// within it.
pub fn visit_schemas(document: &mut Value, visit: &mut dyn FnMut(&mut Map<String, Value>)) {
    let mut elsewhere = Vec::new();
    descend(document, Kind::Document, visit, &mut elsewhere);
    let mut seen = HashSet::new();
    while let Some((target, kind)) = elsewhere.pop() {
        if seen.insert(target.clone())
            && let Some(part) = document.pointer_mut(&target)
        {
            descend(part, kind, visit, &mut elsewhere);
        }
    }
}

fn descend(
    value: &mut Value,
    kind: Kind,
    visit: &mut dyn FnMut(&mut Map<String, Value>),
    elsewhere: &mut Vec<(String, Kind)>,
) {
    let Value::Object(members) = value else { return };
    if let Some(reference) = members.get("$ref").and_then(Value::as_str)
        && let Some(target) = reference.strip_prefix('#')
        && is_elsewhere(target)
    {
        elsewhere.push((target.to_owned(), kind));
    }
    if matches!(kind, Kind::Schema | Kind::SchemaPart) {
        visit(members);
    }
    for (name, member) in members {
        let Some((kind, named)) = child(kind, name) else { continue };
        match member {
            Value::Object(entries) if named => {
                for (_, entry) in entries {
                    descend(entry, kind, visit, elsewhere);
                }
            }
            Value::Array(items) => {
                for item in items {
                    descend(item, kind, visit, elsewhere);
                }
            }
            _ => descend(member, kind, visit, elsewhere),
        }
    }
}
