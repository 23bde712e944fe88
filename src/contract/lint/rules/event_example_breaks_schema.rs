//! `event-example-breaks-schema`: an event in the example of a stream that breaks its own schema.

use serde_json::Value;

use crate::contract::StreamRules;
use crate::contract::lint::breach::breaches;
use crate::contract::lint::linted::{Linted, is_stream};
use crate::contract::lint::{Defect, Rule, sse};
use crate::contract::model::At;
use crate::contract::schema::{SchemaId, excerpt};
use crate::document::Pointer;
use crate::finding::Severity;

/// The rule.
pub static RULE: Rule = Rule {
    id: "event-example-breaks-schema",
    severity: Severity::Error,
    title: "an event in an example breaks the schema of its kind",
    what: "Takes the text of every event stream example apart and holds each event against the schema that \
           `x-contract-stream` names for it; of several families, the first that knows all events of the example. Where \
           neither the document nor an overlay says which schemas a stream has, nothing can be compared. Events whose \
           schema is an overlay's are left alone.",
    why: "Readers copy the example and write parsers by it. Either the example or the schema is wrong.",
    example: "data: {\"event\": \"message\", \"task_id\": \"task123\"} where task_id is a uuid",
    remedy: "Correct the example, or let the schema allow what the server sends.",
    check,
};

fn check(linted: &Linted<'_>, defects: &mut Vec<Defect>) {
    for operation in linted.operations() {
        for media_type in linted.media_types(operation).filter(|m| is_stream(m)) {
            let Some(rules) = media_type.stream.as_ref() else { continue };
            for (at, value) in linted.examples(media_type) {
                let events = sse::read(value.as_str().unwrap_or_default()).events;
                judge(linted, rules, at, &events, defects);
            }
        }
    }
}

fn judge(
    linted: &Linted<'_>,
    rules: &StreamRules,
    at: &At,
    events: &[Value],
    defects: &mut Vec<Defect>,
) {
    let name = |event: &'_ Value| event.pointer(&rules.event_name)?.as_str().map(str::to_owned);
    let names: Vec<Option<String>> = events.iter().map(name).collect();
    let family = family(linted, rules, &names);
    for (index, (event, name)) in events.iter().zip(&names).enumerate() {
        let number = index + 1;
        let Some(name) = name else {
            let place = &rules.event_name;
            let message = format!("event {number} has no name at `{place}`: {}", excerpt(event));
            defects.push(linted.defect(&RULE, at, message));
            continue;
        };
        let schema = match family.iter().find(|(known, _)| known == name) {
            Some((_, id)) => Some((&linted.schemas, *id)),
            None => rules.events.get(name).map(|id| (&linted.contract.schemas, *id)),
        };
        let Some((schemas, id)) = schema else {
            if !rules.events.is_empty() {
                let message =
                    format!("event {number}, `{name}`, is none of the stream's documented events");
                defects.push(linted.defect(&RULE, at, message));
            }
            continue;
        };
        let (document, pointer) = schemas.place(id);
        if linted.own(&At { document, pointer: pointer.to_owned() }) {
            for breach in breaches(schemas, id, event) {
                let message = format!("event {number}, `{name}`: {}", breach.message);
                defects.push(linted.defect(&RULE, at, message));
            }
        }
    }
}

/// The schemas of the first of the stream's families that knows all these events. An example shows
/// one stream, and all its events are of one family.
fn family(
    linted: &Linted<'_>,
    rules: &StreamRules,
    names: &[Option<String>],
) -> Vec<(String, SchemaId)> {
    let (document, pointer) = rules.at.clone();
    let families = linted.contract.raw(&At { document, pointer }.child("family"));
    let families =
        families.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let families = families.map(|component| members(linted, document, component));
    let mut families = families.filter(|family| !family.is_empty());
    let knows = |family: &[(String, SchemaId)], name: &str| family.iter().any(|(n, _)| n == name);
    families
        .find(|family| names.iter().flatten().all(|name| knows(family, name)))
        .unwrap_or_default()
}

/// The names of a family's events, and their schemas.
fn members(linted: &Linted<'_>, document: usize, component: &str) -> Vec<(String, SchemaId)> {
    let base = Pointer::default().join(&["components", "schemas", component]);
    let pointer = base.join(&["discriminator", "mapping"]).into_string();
    let mapping = linted.contract.raw(&At { document, pointer }).and_then(Value::as_object);
    mapping
        .into_iter()
        .flatten()
        .filter_map(|(name, target)| {
            let pointer = target.as_str()?.strip_prefix('#')?.to_owned();
            Some((name.clone(), linted.id(&At { document, pointer })?))
        })
        .collect()
}
