//! `changing-value`: a value that changes within a stream, and must not.

use super::evidence::Evidence;
use super::{Check, Meta};
use crate::contract::schema::excerpt;
use crate::finding::{Basis, Disagreement, Part, Place, Severity};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        id: "changing-value",
        severity: Severity::Error,
        title: "a value that changes within a stream, and must not",
        what: "Reports ids and other values that all events of a stream carry and that must be the \
               same in all of them (`constant` in `x-contract-stream`).",
        why: "Clients take an id from the first event and use it later.",
        example: "response 200 event message_end /message_id: promised the value of the events before, \
               \"a1…\"; seen \"b2…\"",
        remedy: "Correct the server.",
    },
    applies: |evidence| evidence.stream_rules().is_some_and(|rules| !rules.constant.is_empty()),
    judge,
};

fn judge(evidence: &Evidence<'_>, out: &mut Vec<Disagreement>) {
    let (Some(stream), Some(rules)) = (&evidence.stream, evidence.stream_rules()) else { return };
    for rule in &rules.constant {
        let carried = stream.events.iter().filter_map(|event| {
            let name = event.name.as_ref()?;
            let value = event.data.as_ref()?.pointer(&rule.pointer)?;
            (!rule.except.contains(name)).then_some((name, value))
        });
        let mut first = None;
        for (name, value) in carried {
            let expected = *first.get_or_insert(value);
            if value != expected {
                let part = Part::Event { status: evidence.response.status, name: name.clone() };
                let place = Place { part, pointer: rule.pointer.clone() };
                let mut found = evidence.disagreement(&CHECK.meta, place, Basis::Schema);
                found.promised = format!("the value of the events before, {}", excerpt(expected));
                found.seen = excerpt(value);
                found.promise = Some((rules.at.0, format!("{}/constant", rules.at.1)));
                out.push(found);
            }
        }
    }
}
