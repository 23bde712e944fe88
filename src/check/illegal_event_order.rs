//! `illegal-event-order`: an event where it may not come.

use super::evidence::Evidence;
use super::{Check, Meta};
use crate::finding::{Basis, Disagreement, Part, Place, Severity};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        id: "illegal-event-order",
        severity: Severity::Error,
        title: "an event where it may not come",
        what: "Follows the events of a stream through the documented orders (`order` in \
               `x-contract-stream`) and reports the first event that none of them allows. Events that \
               do not count for the order are passed over; an event that ends the stream may come \
               anywhere.",
        why: "Clients are state machines: an event out of order finds them in the wrong state.",
        example: "response 200 event message: promised after message_end comes tts_message_end or the \
               end, seen `message`, event 14 of the stream",
        remedy: "Correct the server, or the documented order.",
    },
    applies: |evidence| evidence.stream_rules().is_some_and(|rules| !rules.orders.is_empty()),
    judge,
};

fn judge(evidence: &Evidence<'_>, out: &mut Vec<Disagreement>) {
    let (Some(stream), Some(rules)) = (&evidence.stream, evidence.stream_rules()) else { return };
    let Some(illegal) = &stream.followed(rules).illegal else { return };
    let promised = illegal.promise();
    let part = Part::Event { status: evidence.response.status, name: illegal.event.clone() };
    let mut found = evidence.disagreement(&CHECK.meta, Place::whole(part), Basis::Schema);
    found.kind = format!("after {}", illegal.after);
    found.promised = promised;
    found.seen = format!("`{}`, event {} of the stream", illegal.event, illegal.number);
    found.promise = Some((rules.at.0, format!("{}/order", rules.at.1)));
    out.push(found);
}
