//! `example-breaks-schema`: an example that the schema beside it refuses.

use serde_json::Value;

use crate::contract::lint::breach::breaches;
use crate::contract::lint::linted::{Linted, is_json, is_stream};
use crate::contract::lint::{Defect, Rule};
use crate::contract::model::At;
use crate::contract::schema::SchemaId;
use crate::document::Pointer;
use crate::finding::Severity;

/// The rule.
pub static RULE: Rule = Rule {
    id: "example-breaks-schema",
    severity: Severity::Error,
    title: "an example breaks its schema",
    what: "Holds the examples of requests, answers and parameters, and those within schemas, against their schemas. \
           Event streams have a rule of their own; bodies that are not JSON are compared only where the example is no \
           text.",
    why: "Either the example or the schema is wrong, and readers believe the example while programs obey the schema. It \
          is often the first sign that the server sends what the schema forbids.",
    example: "score: null in an example, where score is a number that is not nullable",
    remedy: "Find out what the server does; correct the other one.",
    check,
};

fn check(linted: &Linted<'_>, defects: &mut Vec<Defect>) {
    for operation in linted.operations() {
        for media_type in linted.media_types(operation) {
            let Some(id) = linted.schema_of(&media_type.at) else { continue };
            for (at, value) in linted.examples(media_type) {
                let text = value.is_string() && !is_json(media_type);
                let events = is_stream(media_type) && value.is_array();
                if !(text || events) {
                    judge(linted, id, at, value, defects);
                }
            }
        }
        for parameter in linted.parameters(operation) {
            let Some(id) = linted.schema_of(&parameter.at) else { continue };
            for at in parameter_examples(linted, &parameter.at) {
                if let Some(value) = linted.contract.raw(&at) {
                    judge(linted, id, &at, value, defects);
                }
            }
        }
    }
    for node in &linted.nodes {
        let at = node.at();
        let Some(id) = linted.id(&at) else { continue };
        // Beside a reference, OpenAPI 3.0 ignores it: `ref-siblings` tells.
        if node.schema.contains_key("$ref") && linted.is_30(node.document) {
            continue;
        }
        if let Some(value) = node.schema.get("example") {
            judge(linted, id, &at.child("example"), value, defects);
        }
        if !linted.is_30(node.document) {
            for (index, value) in node.list("examples").enumerate() {
                let at = at.child("examples").child(&index.to_string());
                judge(linted, id, &at, value, defects);
            }
        }
    }
}

/// The places of a parameter's examples.
fn parameter_examples(linted: &Linted<'_>, at: &At) -> Vec<At> {
    let mut places = vec![at.child("example")];
    let examples = at.child("examples");
    let named = linted.contract.raw(&examples).and_then(Value::as_object);
    for (name, example) in named.into_iter().flatten() {
        let here = match example.get("$ref").and_then(Value::as_str) {
            Some(target) => {
                let pointer = target.trim_start_matches('#').to_owned();
                At { document: at.document, pointer }
            }
            None => examples.child(name),
        };
        places.push(here.child("value"));
    }
    places.retain(|at| linted.own(at) && linted.contract.raw(at).is_some());
    places
}

fn judge(linted: &Linted<'_>, id: SchemaId, at: &At, value: &Value, defects: &mut Vec<Defect>) {
    for breach in breaches(&linted.schemas, id, value) {
        let place = Pointer::new(format!("{}{}", at.pointer, breach.pointer));
        let place = At { document: at.document, pointer: place.into_string() };
        let message = format!("the example breaks its schema: {}", breach.message);
        defects.push(linted.defect(&RULE, &place, message));
    }
}
