//! Keywords whose value makes no sense, such as `required: true`.
//!
//! The validator would refuse every schema around such a keyword. So it is left out, and noted.

use serde_json::{Map, Value};

use super::describe::excerpt;
use crate::document::Pointer;

/// What the value of a keyword has to be.
#[derive(Debug, Clone, Copy)]
enum Shape {
    Text,
    Texts,
    Types,
    Number,
    Positive,
    Count,
    Flag,
    List,
    Schema,
    Schemas,
    Named,
    Pattern,
}

/// What the value of a keyword has to be; `None` if anything goes.
fn shape(keyword: &str) -> Option<Shape> {
    Some(match keyword {
        "$ref" | "format" => Shape::Text,
        "required" => Shape::Texts,
        "type" => Shape::Types,
        "exclusiveMaximum" | "exclusiveMinimum" | "maximum" | "minimum" => Shape::Number,
        "multipleOf" => Shape::Positive,
        "maxItems" | "maxLength" | "maxProperties" | "minItems" | "minLength" | "minProperties" => {
            Shape::Count
        }
        "uniqueItems" => Shape::Flag,
        "enum" => Shape::List,
        "additionalProperties"
        | "contains"
        | "else"
        | "if"
        | "items"
        | "not"
        | "propertyNames"
        | "then"
        | "unevaluatedItems"
        | "unevaluatedProperties" => Shape::Schema,
        "allOf" | "anyOf" | "oneOf" | "prefixItems" => Shape::Schemas,
        "dependentSchemas" | "patternProperties" | "properties" => Shape::Named,
        "pattern" => Shape::Pattern,
        _ => return None,
    })
}

const TYPES: [&str; 7] = ["null", "boolean", "integer", "number", "string", "array", "object"];

impl Shape {
    fn holds(self, value: &Value) -> bool {
        let items =
            |holds: fn(&Value) -> bool| value.as_array().is_some_and(|a| a.iter().all(holds));
        let is_type = |value: &Value| value.as_str().is_some_and(|name| TYPES.contains(&name));
        match self {
            Self::Text => value.is_string(),
            Self::Texts => items(Value::is_string),
            Self::Types => {
                is_type(value)
                    || value.as_array().is_some_and(|a| !a.is_empty() && a.iter().all(is_type))
            }
            Self::Number => value.is_number(),
            Self::Positive => value.as_f64().is_some_and(|number| number > 0.0),
            Self::Count => value.as_f64().is_some_and(|n| n >= 0.0 && n.fract() == 0.0),
            Self::Flag => value.is_boolean(),
            Self::List => value.is_array(),
            Self::Schema => is_schema(value),
            Self::Schemas => value.as_array().is_some_and(|branches| !branches.is_empty()),
            Self::Named => value.is_object(),
            Self::Pattern => value.as_str().is_some_and(is_pattern),
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Texts => "a list of names",
            Self::Types => "a type",
            Self::Number => "a number",
            Self::Positive => "a number above 0",
            Self::Count => "a whole number from 0 on",
            Self::Flag => "true or false",
            Self::List => "a list",
            Self::Schema => "a schema",
            Self::Schemas => "a list of schemas",
            Self::Named => "a map from names to schemas",
            Self::Pattern => "a regular expression",
        }
    }
}

fn is_schema(value: &Value) -> bool {
    value.is_object() || value.is_boolean()
}

/// Whether the validator can read the pattern.
fn is_pattern(pattern: &str) -> bool {
    jsonschema::options()
        .with_draft(jsonschema::Draft::Draft202012)
        .build(&serde_json::json!({ "pattern": pattern }))
        .is_ok()
}

/// Leaves out what makes no sense in a schema, and notes it with its place.
pub fn mend(schema: &mut Map<String, Value>, at: &Pointer, left_out: &mut Vec<(Pointer, String)>) {
    schema.retain(|keyword, value| {
        let Some(shape) = shape(keyword) else { return true };
        let sound = shape.holds(value);
        if !sound {
            let seen = excerpt(value);
            let message = format!("`{keyword}` is {seen}, not {}: it is left out", shape.words());
            left_out.push((at.child(keyword), message));
        }
        sound
    });
    for (keyword, value) in schema {
        let Some(shape) = shape(keyword) else { continue };
        let place = at.child(keyword);
        // A name stays declared, and a branch that is none fits nothing.
        match (shape, value) {
            (Shape::Named, Value::Object(members)) => {
                let broken = members.iter_mut().filter(|(_, member)| !is_schema(member));
                for (name, member) in broken {
                    let message = format!("`{name}` is {}, not a schema", excerpt(member));
                    left_out.push((place.child(name), message));
                    *member = Value::Bool(true);
                }
                if keyword == "patternProperties" {
                    members.retain(|pattern, _| {
                        let sound = is_pattern(pattern);
                        if !sound {
                            let message = format!("`{pattern}` is no regular expression");
                            left_out.push((place.child(pattern), message));
                        }
                        sound
                    });
                }
            }
            (Shape::Schemas, Value::Array(branches)) => {
                let choice = matches!(keyword.as_str(), "oneOf" | "anyOf");
                for (index, branch) in branches.iter_mut().enumerate() {
                    if !is_schema(branch) {
                        let message = format!("a branch is {}, not a schema", excerpt(branch));
                        left_out.push((place.child(&index.to_string()), message));
                        *branch = Value::Bool(!choice);
                    }
                }
            }
            _ => {}
        }
    }
}
