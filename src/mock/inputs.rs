//! What apps are given: the values of their form, and files.
//!
//! A form is the `user_input_form` that `GET /parameters` tells: each item an object whose one member
//! is the kind of a field, with the field's settings.

use std::fmt::Display;

use serde_json::{Map, Number, Value};

use super::refusal::{Breach, Refusal};
use super::uploads::{Uploads, check_file};

/// A setting of a field.
fn list<'v>(field: &'v Value, name: &str) -> &'v [Value] {
    field[name].as_array().map_or(&[], Vec::as_slice)
}

/// Holds the inputs of a call against the form of its app. Gives a value for every field of the form, in
/// its order, null where there is none; what the form does not know is left out.
///
/// # Errors
/// 400 `invalid_param` for the first field that does not get what it takes.
pub fn check_inputs(
    form: &[Value],
    inputs: &Map<String, Value>,
    uploads: &Uploads<'_>,
) -> Result<Map<String, Value>, Refusal> {
    let fields = form.iter().filter_map(Value::as_object).flatten();
    let fields =
        fields.map(|(kind, field)| (kind, field, field["variable"].as_str().unwrap_or("")));
    let mut values = Map::new();
    // Files are looked up last.
    for (kind, field, name) in fields.clone() {
        values.insert(name.to_owned(), value(kind, field, name, inputs.get(name))?);
    }
    for (kind, field, name) in fields {
        let Some(value) = values.get_mut(name) else { continue };
        match (kind.as_str(), &*value) {
            ("file", Value::Object(mapping)) => *value = check_file(mapping, field, uploads)?,
            ("file-list", Value::Array(items)) => {
                let mappings = items.iter().filter_map(Value::as_object);
                let files = mappings.map(|mapping| check_file(mapping, field, uploads));
                *value = files.collect::<Result<_, _>>()?;
            }
            _ => {}
        }
    }
    Ok(values)
}

/// The value of one field, files not looked up yet.
fn value(kind: &str, field: &Value, name: &str, given: Option<&Value>) -> Result<Value, Refusal> {
    let required = field["required"] == Value::Bool(true);
    let given = match given.filter(|given| !given.is_null()) {
        Some(given) => given,
        None if required => {
            return Err(Refusal::field(Breach::Missing, format!("The app needs `{name}`.")));
        }
        None if field["default"].is_null() => return Ok(Value::Null),
        None => &field["default"],
    };
    let refuse = |breach, what: &dyn Display| {
        Err(Refusal::field(breach, format!("`{name}` of the inputs has to {what}.")))
    };
    let most = field["max_length"].as_u64().filter(|most| *most > 0).unwrap_or(u64::MAX);
    match kind {
        "text-input" | "paragraph" => {
            let Value::String(text) = given else {
                return refuse(Breach::Type, &"be a text");
            };
            if text.chars().count() as u64 > most {
                return refuse(Breach::Bounds, &format!("have at most {most} characters"));
            }
            Ok(Value::String(text.replace('\0', "")))
        }
        "select" => {
            if !given.is_string() {
                return refuse(Breach::Type, &"be a text");
            }
            if !list(field, "options").contains(given) {
                return refuse(Breach::Enum, &"be one of the options");
            }
            Ok(given.clone())
        }
        "number" => match given {
            Value::Number(_) | Value::Bool(_) => Ok(given.clone()),
            Value::String(text) if text.trim().is_empty() => Ok(Value::Null),
            Value::String(text) => match number(text) {
                Some(number) => Ok(Value::Number(number)),
                None => refuse(Breach::Format, &"be a number"),
            },
            _ => refuse(Breach::Type, &"be a number"),
        },
        // Forms send an empty text where no file was chosen.
        "file" | "file-list" if given == "" && !required => Ok(Value::Null),
        "file" if !given.is_object() => refuse(Breach::Type, &"be a file"),
        "file-list" => {
            let items = given.as_array().filter(|items| items.iter().all(Value::is_object));
            let Some(items) = items else { return refuse(Breach::Type, &"be a list of files") };
            if items.len() as u64 > most {
                return refuse(Breach::Bounds, &format!("have at most {most} files"));
            }
            Ok(given.clone())
        }
        "checkbox" => Ok(checkbox(given).map_or_else(|| given.clone(), Value::Bool)),
        "json_object" if !given.is_object() && truthy(given) => {
            refuse(Breach::Type, &"be an object")
        }
        _ => Ok(given.clone()),
    }
}

/// The number that a text spells: with a point it is a float.
fn number(text: &str) -> Option<Number> {
    let text = text.trim();
    if text.contains('.') {
        Number::from_f64(text.parse().ok()?)
    } else {
        text.parse().ok().map(i64::into)
    }
}

/// What a box is set to, where it can be told.
fn checkbox(given: &Value) -> Option<bool> {
    match given {
        Value::Bool(set) => Some(*set),
        Value::String(text) => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "on" => Some(true),
            "false" | "0" | "no" | "off" => Some(false),
            _ => None,
        },
        given => match given.as_f64()? {
            1.0 => Some(true),
            0.0 => Some(false),
            _ => None,
        },
    }
}

/// Whether there is something in a value.
pub fn truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(members) => !members.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::check_inputs;
    use crate::mock::state::Files;
    use crate::mock::uploads::Uploads;

    fn check(inputs: &Value) -> Result<Value, String> {
        let form = json!([
            {"paragraph": {"variable": "text", "required": true, "max_length": 5}},
            {"select": {"variable": "tone", "options": ["low", "high"], "default": "low"}},
            {"number": {"variable": "count", "default": null}},
            {"file": {"variable": "picture", "allowed_file_types": ["image"]}},
            {"checkbox": {"variable": "loud"}},
        ]);
        let uploads = Uploads { files: &Files::default(), user: "" };
        let form = form.as_array().map(Vec::as_slice).unwrap_or_default();
        let inputs = inputs.as_object().cloned().unwrap_or_default();
        check_inputs(form, &inputs, &uploads).map(Value::Object).map_err(|refusal| refusal.message)
    }

    #[test]
    fn values_are_read_as_their_fields_want_them() {
        let given =
            json!({"text": "a\u{0}b", "count": " 7 ", "loud": "Yes", "other": 1, "picture": ""});
        let read = json!({"text": "ab", "tone": "low", "count": 7, "picture": null, "loud": true});
        assert_eq!(check(&given), Ok(read));
        assert_eq!(
            check(&json!({"text": "", "count": "1.50"})).map(|v| v["count"].clone()),
            Ok(json!(1.5))
        );
    }

    #[test]
    fn wrong_values_are_refused() {
        for (inputs, told) in [
            (json!({}), "needs `text`"),
            (json!({"text": null}), "needs `text`"),
            (json!({"text": 5}), "be a text"),
            (json!({"text": "éééééé"}), "at most 5 characters"),
            (json!({"text": "a", "tone": "medium"}), "one of the options"),
            (json!({"text": "a", "count": "many"}), "be a number"),
            (json!({"text": "a", "count": []}), "be a number"),
            (json!({"text": "a", "picture": "b"}), "be a file"),
            (json!({"text": "a", "picture": {}}), "needs its `transfer_method`"),
            (
                json!({"text": "a", "picture": {"transfer_method": "local_file"}}),
                "needs its `upload_file_id`",
            ),
            (
                json!({"text": "a", "picture": {"transfer_method": "remote_url", "url": "http://h/a.pdf", "type": "document"}}),
                "does not take",
            ),
        ] {
            let refused = check(&inputs).expect_err(told);
            assert!(refused.contains(told), "{inputs}: {refused}");
        }
    }
}
