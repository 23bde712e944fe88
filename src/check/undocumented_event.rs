//! `undocumented-event`: an event that the stream does not document.

use super::evidence::Evidence;
use super::{Check, Meta, words};
use crate::finding::{Basis, Disagreement, Part, Place, Severity};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        id: "undocumented-event",
        severity: Severity::Error,
        title: "an event that the stream does not document",
        what: "Reports an event whose name is not among the documented events of the stream.",
        why: "Clients that switch on the name have no case for it.",
        example: "response 200 event agent_log: documented are message, message_end, …",
        remedy: "Document the event with its schema.",
    },
    applies: |evidence| evidence.stream_rules().is_some_and(|rules| !rules.events.is_empty()),
    judge,
};

fn judge(evidence: &Evidence<'_>, out: &mut Vec<Disagreement>) {
    let (Some(stream), Some(rules)) = (&evidence.stream, evidence.stream_rules()) else { return };
    for event in &stream.events {
        let Some(name) = event.name.as_ref().filter(|name| !rules.events.contains_key(*name))
        else {
            continue;
        };
        let part = Part::Event { status: evidence.response.status, name: name.clone() };
        let mut found = evidence.disagreement(&CHECK.meta, Place::whole(part), Basis::Schema);
        found.promised = words::documented(rules.events.keys().map(String::as_str));
        found.seen = format!("`{name}`");
        found.promise = Some(rules.at.clone());
        out.push(found);
    }
}
