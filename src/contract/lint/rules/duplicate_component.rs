//! `duplicate-component`: component schemas that differ in their words only.

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::contract::lint::linted::Linted;
use crate::contract::lint::{Defect, Rule};
use crate::contract::model::At;
use crate::document::Pointer;
use crate::finding::Severity;

/// The rule.
pub static RULE: Rule = Rule {
    id: "duplicate-component",
    severity: Severity::Note,
    title: "component schemas are equal but for their descriptions",
    what: "Compares the component schemas that declare properties, leaving out titles, descriptions, examples and \
           extensions, and the order of members. One defect for each group of equal ones. Schemas with an empty part are \
           left alone: it may be what is left of a reference that leads nowhere.",
    why: "What is changed in one is forgotten in the other, and generated code has two types for one thing.",
    example: "CreateTag: {type: object, properties: {name: {type: string}}}\n\
              UpdateTag: {type: object, properties: {name: {type: string}}}",
    remedy: "Keep one and refer to it, or make the difference that is meant.",
    check,
};

/// Keywords that do not change which values a schema takes.
const WORDS: &[&str] = &["title", "description", "example", "examples", "externalDocs", "$comment"];

fn check(linted: &Linted<'_>, defects: &mut Vec<Defect>) {
    for (number, document) in linted.documents() {
        let schemas =
            document.bundle.value.pointer("/components/schemas").and_then(Value::as_object);
        let mut groups: Vec<Vec<&str>> = Vec::new();
        let mut known: HashMap<String, usize> = HashMap::new();
        for (name, schema) in schemas.into_iter().flatten() {
            if !linted.own(&at(number, name)) || !declares(schema) {
                continue;
            }
            let text = bare(schema, false).to_string();
            if text.contains(":{}") || text.contains("[{}") || text.contains(",{}") {
                continue;
            }
            let group = *known.entry(text).or_insert(groups.len());
            match groups.get_mut(group) {
                Some(names) => names.push(name),
                None => groups.push(vec![name]),
            }
        }
        for names in groups.iter().filter(|names| names.len() > 1) {
            let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            let message = format!("{} are equal but for their descriptions", quoted.join(", "));
            defects.push(linted.defect(&RULE, &at(number, names[0]), message));
        }
    }
}

fn at(document: usize, name: &str) -> At {
    let pointer = Pointer::default().join(&["components", "schemas", name]).into_string();
    At { document, pointer }
}

/// Whether a schema declares properties, itself or in a part: two equal strings are no duplicates.
fn declares(schema: &Value) -> bool {
    let own = schema.get("properties").and_then(Value::as_object).is_some_and(|p| !p.is_empty());
    let parts = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
    own || parts.into_iter().any(declares)
}

/// A schema without words, its members and sets in one order; `by_name` says that the members are
/// names, not keywords.
fn bare(value: &Value, by_name: bool) -> Value {
    match value {
        Value::Object(members) => {
            let mut sorted: Vec<_> = members.iter().collect();
            sorted.sort_unstable_by_key(|(name, _)| *name);
            let kept = sorted.into_iter().filter(|(name, _)| {
                by_name || !(WORDS.contains(&name.as_str()) || name.starts_with("x-"))
            });
            let kept = kept.map(|(name, member)| {
                let opens = matches!(name.as_str(), "properties" | "patternProperties" | "mapping");
                let mut member = bare(member, !by_name && opens);
                if let (false, "required" | "enum", Value::Array(items)) =
                    (by_name, name.as_str(), &mut member)
                {
                    items.sort_by_key(Value::to_string);
                }
                (name.clone(), member)
            });
            Value::Object(kept.collect::<Map<_, _>>())
        }
        Value::Array(items) => items.iter().map(|item| bare(item, false)).collect(),
        other => other.clone(),
    }
}
