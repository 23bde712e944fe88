//! `event-example-not-sse`: the example of an event stream that no client could read.

use crate::contract::lint::linted::{Linted, is_stream};
use crate::contract::lint::{Defect, Rule, sse};
use crate::finding::Severity;

/// The rule.
pub static RULE: Rule = Rule {
    id: "event-example-not-sse",
    severity: Severity::Error,
    title: "the example of an event stream is no event stream",
    what: "Reads the examples of `text/event-stream` bodies as a client does: fields stand on lines of their own, and a \
           blank line ends an event. Events that run together, data that is no JSON though it begins like it, and lines \
           that are no field are reported. A missing blank line at the very end is not.",
    why: "Whoever writes a parser by the example writes one that does not work with the server.",
    example: "data: {\"event\": \"message\"} data: {\"event\": \"message_end\"}",
    remedy: "Write each event on lines of its own, with a blank line behind it; in YAML by `|`, not by `>`.",
    check,
};

fn check(linted: &Linted<'_>, defects: &mut Vec<Defect>) {
    for operation in linted.operations() {
        for media_type in linted.media_types(operation).filter(|m| is_stream(m)) {
            for (at, value) in linted.examples(media_type) {
                // An example that is no text shows a single event; that is another convention.
                let example = value.as_str().map(sse::read).unwrap_or_default();
                for fault in example.faults {
                    defects.push(linted.defect(&RULE, at, fault));
                }
            }
        }
    }
}
