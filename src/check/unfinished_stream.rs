//! `unfinished-stream`: a stream that ends before its last event.

use super::evidence::Evidence;
use super::{Check, Meta};
use crate::finding::{Basis, Disagreement, Part, Place, Severity};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        id: "unfinished-stream",
        severity: Severity::Error,
        title: "a stream that ends before its last event",
        what: "Reports a stream that obeys a documented order as far as it goes, but stops where that \
               order may not end: the terminal event is missing. A stream that the recorder is known \
               to cut is not judged.",
        why: "A client waits for the end until its time limit, or takes half an answer for the \
               whole.",
        example: "response 200 stream: promised after message comes message or message_end, seen the end \
               of the stream after 12 events",
        remedy: "Correct the server or the proxy that cuts the stream.",
    },
    applies: |evidence| {
        !evidence.cut && evidence.stream_rules().is_some_and(|r| !r.orders.is_empty())
    },
    judge,
};

fn judge(evidence: &Evidence<'_>, out: &mut Vec<Disagreement>) {
    let (Some(stream), Some(rules)) = (&evidence.stream, evidence.stream_rules()) else { return };
    let Some(end) = &stream.followed(rules).unfinished else { return };
    let part = Part::Stream { status: evidence.response.status };
    let mut found = evidence.disagreement(&CHECK.meta, Place::whole(part), Basis::Schema);
    found.promised = end.promise();
    found.seen = match stream.events.len() {
        0 => "a stream without events".to_owned(),
        1 => "the end of the stream after one event".to_owned(),
        count => format!("the end of the stream after {count} events"),
    };
    found.promise = Some((rules.at.0, format!("{}/order", rules.at.1)));
    out.push(found);
}
