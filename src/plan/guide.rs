//! What an overlay says of how to call operations: `specs/README.md` defines the words.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::cost::Costs;
use crate::contract::{Contract, Operation};
use crate::error::Problem;

/// What an app takes: the JSON Schema of it, where it told, or the kind of a required field that nothing
/// is known of.
pub type Form = Option<Result<Value, String>>;

/// What is said of the whole document (`x-contract-plan`).
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Whole {
    /// The parameter, field or member that names the user in whose name a call is made.
    #[serde(default)]
    user: Option<String>,
    /// Where an app tells what it takes.
    #[serde(default)]
    form: Option<FormRule>,
}

/// Where a deployment tells what it takes, beyond what schemas can tell.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct FormRule {
    /// The read that tells it.
    pub operation: String,
    /// JSON Pointer to the list of fields in its answer; each is an object with one member, whose name
    /// is the field's kind and whose value its settings.
    pub list: String,
    /// JSON Pointer to the field's name in its settings.
    pub name: String,
    /// JSON Pointer to whether the field is required, in its settings.
    pub required: String,
    /// JSON Pointer to the object in request bodies that the form fills.
    pub into: String,
    /// For each kind, a JSON Schema of its values. `"{/pointer}"` stands for a setting; a keyword whose
    /// setting is absent or empty is left out.
    pub kinds: BTreeMap<String, Value>,
}

/// When something that was made can be used (`x-contract-ready`).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Ready {
    /// The read that tells it.
    pub operation: String,
    /// JSON Pointer to the state in its answer; `-` for all items.
    pub pointer: String,
    /// The states in which it can be used.
    pub is: Vec<String>,
    /// The states in which it never will.
    #[serde(default)]
    pub fails: Vec<String>,
}

/// What overlays say of how to call operations.
#[derive(Debug, Clone, Default)]
pub struct Guide {
    whole: Whole,
    costs: Costs,
}

/// A place in the body whose address the server fetches (`x-contract-fetches`).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Fetch {
    /// JSON Pointer to the address; `-` for any item.
    pub pointer: String,
    /// The member beside it that tells what kind of file it is.
    #[serde(default)]
    pub member: Option<String>,
    /// How names of files end, by kind.
    #[serde(default)]
    pub endings: BTreeMap<String, String>,
    /// The kinds of which there is no file to be had.
    #[serde(default)]
    pub unserved: Vec<String>,
}

impl Guide {
    /// Reads what the documents of a contract say.
    ///
    /// # Errors
    /// Where `x-contract-plan` is not of the form that is defined for it.
    pub fn of(contract: &Contract) -> Result<Self, Problem> {
        for document in &contract.documents {
            if let Some(raw) = document.bundle.value.get("x-contract-plan") {
                let whole = Whole::deserialize(raw).map_err(|error| {
                    Problem::new(format!("x-contract-plan cannot be read: {error}"))
                        .help("specs/README.md says what may stand in it")
                })?;
                return Ok(Self { whole, costs: Costs::of(contract) });
            }
        }
        Ok(Self { whole: Whole::default(), costs: Costs::of(contract) })
    }

    /// Which requests may call a model.
    #[must_use]
    pub fn costs(&self) -> &Costs {
        &self.costs
    }

    /// The name of the parameter, field or member that names the user.
    #[must_use]
    pub fn user(&self) -> Option<&str> {
        self.whole.user.as_deref()
    }

    /// Where a deployment tells what it takes.
    #[must_use]
    pub fn form(&self) -> Option<&FormRule> {
        self.whole.form.as_ref()
    }
}

/// The body with which something is made, beyond what is required (`x-contract-make`).
#[must_use]
pub fn make<'c>(contract: &'c Contract, operation: &Operation) -> Option<&'c Value> {
    contract.raw(&operation.at)?.get("x-contract-make")
}

/// The kinds of app in which an operation has most to show (`x-contract-best`).
#[must_use]
pub fn best<'c>(contract: &'c Contract, operation: &Operation) -> Vec<&'c str> {
    let best = contract.raw(&operation.at).and_then(|raw| raw.get("x-contract-best"));
    best.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

/// The kinds of app that always stream (`x-contract-streams-only`).
#[must_use]
pub fn streams_only<'c>(contract: &'c Contract, operation: &Operation) -> Vec<&'c str> {
    let modes = contract.raw(&operation.at).and_then(|raw| raw.get("x-contract-streams-only"));
    modes.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

/// The values that a member of an operation's request body may have, where they are listed.
#[must_use]
pub fn values_of(contract: &Contract, operation: &Operation, name: &str) -> Vec<Value> {
    let content = operation.request_body.iter().flat_map(|body| &body.content);
    let schemas = content.filter_map(|content| content.schema);
    let listed = schemas.filter_map(|schema| {
        let (document, _) = contract.schemas.place(schema);
        let document = contract.schemas.document(document);
        let mut member = contract.schemas.normal(schema).pointer(&format!("/properties/{name}"))?;
        // References lead within the document, and never in a circle.
        while let Some(target) = member.get("$ref").and_then(Value::as_str) {
            member = document.pointer(target.trim_start_matches('#'))?;
        }
        member.get("enum")?.as_array().cloned()
    });
    listed.flatten().collect()
}

/// The places in the body whose addresses the server fetches (`x-contract-fetches`).
#[must_use]
pub fn fetches(contract: &Contract, operation: &Operation) -> Vec<Fetch> {
    let raw = contract.raw(&operation.at).and_then(|raw| raw.get("x-contract-fetches"));
    let entries = raw.and_then(Value::as_array).into_iter().flatten();
    entries.filter_map(|entry| Fetch::deserialize(entry).ok()).collect()
}

/// When what an operation makes can be used.
#[must_use]
pub fn ready(contract: &Contract, operation: &Operation) -> Option<Ready> {
    let raw = contract.raw(&operation.at)?.get("x-contract-ready")?;
    Ready::deserialize(raw).ok()
}

impl FormRule {
    /// The JSON Schema of what an app takes, from the answer that tells it.
    ///
    /// Fields of a kind that has no schema are left out; `Err` names one that is required.
    ///
    /// # Errors
    /// The kind of a required field that nothing is known of.
    pub fn schema(&self, answer: &Value) -> Result<Value, String> {
        let (mut properties, mut required) = (Map::new(), Vec::new());
        let fields = answer.pointer(&self.list).and_then(Value::as_array);
        for field in fields.into_iter().flatten().filter_map(Value::as_object) {
            let Some((kind, settings)) = field.iter().next() else { continue };
            let Some(name) = settings.pointer(&self.name).and_then(Value::as_str) else { continue };
            let needed = settings.pointer(&self.required).and_then(Value::as_bool) == Some(true);
            match self.kinds.get(kind) {
                Some(template) => {
                    if let Some(schema) = filled(template, settings) {
                        properties.insert(name.to_owned(), schema);
                    }
                }
                None if needed => return Err(kind.clone()),
                None => continue,
            }
            if needed {
                required.push(name.to_owned());
            }
        }
        Ok(json!({
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": false,
        }))
    }
}

/// The template with its settings; `None` for a setting that is absent or empty.
fn filled(template: &Value, settings: &Value) -> Option<Value> {
    match template {
        Value::String(text) => {
            let Some(pointer) = text.strip_prefix('{').and_then(|text| text.strip_suffix('}'))
            else {
                return Some(template.clone());
            };
            let empty = |value: &Value| match value {
                Value::Null => true,
                Value::Array(items) => items.is_empty(),
                Value::String(text) => text.is_empty(),
                _ => false,
            };
            settings.pointer(pointer).filter(|value| !empty(value)).cloned()
        }
        Value::Object(members) => {
            let filled = members
                .iter()
                .filter_map(|(name, value)| Some((name.clone(), filled(value, settings)?)));
            Some(Value::Object(filled.collect()))
        }
        other => Some(other.clone()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::FormRule;

    fn rule() -> FormRule {
        serde_json::from_value(json!({
            "operation": "GET /form", "list": "/fields", "name": "/key", "required": "/must",
            "into": "/inputs",
            "kinds": {
                "text": {"type": "string", "maxLength": "{/max}"},
                "choice": {"type": "string", "enum": "{/options}"},
            },
        }))
        .unwrap()
    }

    #[test]
    fn a_form_becomes_a_schema() {
        let answer = json!({"fields": [
            {"text": {"key": "a", "must": true, "max": 5}},
            {"choice": {"key": "b", "must": false, "options": ["x", "y"]}},
            {"choice": {"key": "c", "options": []}},
            {"file": {"key": "d"}},
        ]});
        let expected = json!({
            "type": "object",
            "properties": {
                "a": {"type": "string", "maxLength": 5},
                "b": {"type": "string", "enum": ["x", "y"]},
                "c": {"type": "string"},
            },
            "required": ["a"],
            "additionalProperties": false,
        });
        assert_eq!(rule().schema(&answer), Ok(expected));
    }

    #[test]
    fn a_required_field_of_an_unknown_kind_is_told() {
        let answer = json!({"fields": [{"file": {"key": "d", "must": true}}]});
        assert_eq!(rule().schema(&answer), Err("file".to_owned()));
    }
}
