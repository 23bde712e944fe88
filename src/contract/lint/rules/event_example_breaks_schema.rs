//! `event-example-breaks-schema`: an event in the example of a stream that breaks its own schema.

use serde_json::Value;

use crate::contract::StreamRules;
use crate::contract::lint::breach::breaches;
use crate::contract::lint::linted::{Linted, is_stream};
use crate::contract::lint::{Defect, Rule, sse};
use crate::contract::model::At;
use crate::contract::schema::excerpt;
use crate::finding::Severity;

/// The rule.
pub static RULE: Rule = Rule {
    id: "event-example-breaks-schema",
    severity: Severity::Error,
    title: "an event in an example breaks the schema of its kind",
    what: "Takes the text of every event stream example apart and holds each event against the schema that \
           `x-contract-stream` names for it. Where neither the document nor an overlay says which schemas a stream has, \
           nothing can be compared. Events whose schema is an overlay's are left alone.",
    why: "Readers copy the example and write parsers by it. Either the example or the schema is wrong.",
    example: "data: {\"event\": \"message\", \"task_id\": \"task123\"} where task_id is a uuid",
    remedy: "Correct the example, or let the schema allow what the server sends.",
    check,
};

fn check(linted: &Linted<'_>, defects: &mut Vec<Defect>) {
    for operation in linted.operations() {
        for media_type in linted.media_types(operation).filter(|m| is_stream(m)) {
            let Some(rules) = media_type.stream.as_ref().filter(|r| !r.events.is_empty()) else {
                continue;
            };
            for (at, value) in linted.examples(media_type) {
                let events = sse::read(value.as_str().unwrap_or_default()).events;
                for (index, event) in events.iter().enumerate() {
                    judge(linted, rules, at, index + 1, event, defects);
                }
            }
        }
    }
}

fn judge(
    linted: &Linted<'_>,
    rules: &StreamRules,
    at: &At,
    number: usize,
    event: &Value,
    defects: &mut Vec<Defect>,
) {
    let Some(name) = event.pointer(&rules.event_name).and_then(Value::as_str) else {
        let message = format!(
            "event {number} has no name at `{}`: {}",
            rules.event_name,
            excerpt(event)
        );
        defects.push(linted.defect(&RULE, at, message));
        return;
    };
    let Some(&id) = rules.events.get(name) else {
        let message = format!("event {number}, `{name}`, is none of the stream's documented events");
        defects.push(linted.defect(&RULE, at, message));
        return;
    };
    let schemas = &linted.contract.schemas;
    let (document, pointer) = schemas.place(id);
    if !linted.own(&At { document, pointer: pointer.to_owned() }) {
        return;
    }
    for breach in breaches(schemas, id, event) {
        let message = format!("event {number}, `{name}`: {}", breach.message);
        defects.push(linted.defect(&RULE, at, message));
    }
}
