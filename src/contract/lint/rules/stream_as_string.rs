//! `stream-as-string`: an event stream that is described as text only.

use serde_json::Value;

use crate::contract::lint::linted::{Linted, is_stream};
use crate::contract::lint::{Defect, Rule};
use crate::finding::Severity;

/// The rule.
pub static RULE: Rule = Rule {
    id: "stream-as-string",
    severity: Severity::Warning,
    title: "an event stream is described as a plain string",
    what: "Looks at `text/event-stream` bodies whose schema is a string without further promise, or that have none.",
    why: "Nothing says which events come and what is in them. Schemas of events, if the document has any, are not \
          connected to the operation, and no tool can check or type the stream.",
    example: "text/event-stream: {schema: {type: string, description: A stream of events.}}",
    remedy: "Describe the events: `itemSchema` in OpenAPI 3.2, or before it a `oneOf` of the event schemas, and say in \
             the description that it holds for each event.",
    check,
};

fn check(linted: &Linted<'_>, defects: &mut Vec<Defect>) {
    for operation in linted.operations() {
        for media_type in linted.media_types(operation).filter(|m| is_stream(m)) {
            if let Some(raw) = linted.contract.raw(&media_type.at)
                && raw.get("itemSchema").is_some()
            {
                continue;
            }
            match linted.schema_of(&media_type.at).map(|id| linted.schemas.normal(id)) {
                None if linted.contract.raw(&media_type.at.child("schema")).is_none() => {
                    let message = "the event stream has no schema at all";
                    defects.push(linted.defect(&RULE, &media_type.at, message));
                }
                Some(Value::Object(schema))
                    if schema.get("type").is_some_and(|name| name == "string")
                        && !["const", "enum", "contentSchema"]
                            .iter()
                            .any(|k| schema.contains_key(*k)) =>
                {
                    let at = media_type.at.child("schema");
                    let message = "`type: string` is all that is promised of the event stream";
                    defects.push(linted.defect(&RULE, &at, message));
                }
                _ => {}
            }
        }
    }
}
