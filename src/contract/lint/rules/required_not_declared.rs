//! `required-not-declared`: a required member that no schema describes.

use std::collections::HashSet;

use serde_json::{Map, Value};

use crate::contract::lint::linted::Linted;
use crate::contract::lint::{Defect, Rule};
use crate::contract::model::At;
use crate::finding::Severity;

/// The rule.
pub static RULE: Rule = Rule {
    id: "required-not-declared",
    severity: Severity::Warning,
    title: "a required member is not declared",
    what: "Compares `required` with `properties`, all parts and branches of a schema taken together. Objects whose free \
           members have a schema (`additionalProperties`) are left alone, and so is everything below `not`. Where \
           undeclared members are forbidden, no value can be right: an error.",
    why: "The name is misspelt or its description was forgotten; nothing says what the value must be.",
    example: "{type: object, required: [naem], properties: {name: {type: string}}}",
    remedy: "Correct the name, or add the member to `properties`.",
    check,
};

fn check(linted: &Linted<'_>, defects: &mut Vec<Defect>) {
    // What is used as a part is judged where it is used, together with the other parts.
    let parts: HashSet<(usize, &str)> = (linted.nodes.iter())
        .filter(|node| node.part)
        .filter_map(|node| Some((node.document, node.text("$ref")?.trim_start_matches('#'))))
        .collect();
    for node in linted.nodes.iter().filter(|node| !node.part) {
        if parts.contains(&(node.document, node.pointer.as_str())) {
            continue;
        }
        let mut whole = Whole::default();
        whole.gather(linted, &node.at(), node.schema);
        for (at, name) in whole.required.iter().filter(|(_, name)| !whole.declared.contains(name)) {
            if whole.free || !linted.own(at) {
                continue;
            }
            let message = format!("`{name}` is required and not declared");
            let defect = if whole.closed {
                linted
                    .defect(&RULE, at, format!("{message}, while undeclared members are forbidden"))
                    .severity(Severity::Error)
            } else {
                linted.defect(&RULE, at, message)
            };
            defects.push(defect);
        }
    }
}

/// What a schema and all its parts say about members.
#[derive(Default)]
struct Whole<'c> {
    declared: HashSet<&'c str>,
    required: Vec<(At, &'c str)>,
    /// Members that are not named have a schema.
    free: bool,
    /// Members that are not declared are forbidden.
    closed: bool,
    seen: HashSet<String>,
}

impl<'c> Whole<'c> {
    fn gather(&mut self, linted: &Linted<'c>, at: &At, schema: &'c Map<String, Value>) {
        if !self.seen.insert(at.pointer.clone()) {
            return;
        }
        if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
            let pointer = target.trim_start_matches('#').to_owned();
            self.part(linted, &At { document: at.document, pointer });
            if linted.is_30(at.document) {
                return;
            }
        }
        let properties = schema.get("properties").and_then(Value::as_object);
        self.declared.extend(properties.into_iter().flatten().map(|(name, _)| name.as_str()));
        let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
        for (index, name) in required.enumerate() {
            if let Some(name) = name.as_str() {
                self.required.push((at.child("required").child(&index.to_string()), name));
            }
        }
        match schema.get("additionalProperties") {
            Some(Value::Object(_)) => self.free = true,
            Some(Value::Bool(false)) => self.closed = true,
            _ => {}
        }
        self.free |= schema.contains_key("patternProperties");
        for keyword in ["allOf", "oneOf", "anyOf"] {
            let count = schema.get(keyword).and_then(Value::as_array).map_or(0, Vec::len);
            for index in 0..count {
                self.part(linted, &at.child(keyword).child(&index.to_string()));
            }
        }
        for keyword in ["if", "then", "else"] {
            self.part(linted, &at.child(keyword));
        }
    }

    fn part(&mut self, linted: &Linted<'c>, at: &At) {
        if let Some(Value::Object(schema)) = linted.contract.raw(at) {
            self.gather(linted, at, schema);
        }
    }
}
