//! `stream-framing`: an event stream that is not framed as the standard says.

use super::evidence::Evidence;
use super::{Check, Meta};
use crate::finding::{Basis, Disagreement, Part, Place, Severity};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        id: "stream-framing",
        severity: Severity::Error,
        title: "an event stream that is not framed as the standard says",
        what: "Reads event streams as the WHATWG HTML standard does (server-sent events). Reports \
               events that are not ended by a blank line (a client drops them), bytes that are no \
               UTF-8, data that is no JSON where JSON events are documented, events without a name or \
               with two.",
        why: "Clients lose such events without notice.",
        example: "response 200 stream: promised a blank line after every event, seen the stream ends \
               within event 12",
        remedy: "Correct the server, or the proxy that cuts the stream.",
    },
    applies: |evidence| evidence.stream.is_some(),
    judge,
};

/// Faults of what the documents say of the stream; the others are faults of any stream.
const OF_RULES: &[&str] = &["not-json", "no-name", "two-names"];

fn judge(evidence: &Evidence<'_>, out: &mut Vec<Disagreement>) {
    let Some(stream) = &evidence.stream else { return };
    for event in &stream.events {
        for (kind, promised, seen) in &event.framing {
            // What broke off breaks off within an event: `truncated-body` tells.
            if *kind == "unterminated" && evidence.response.is_partial() {
                continue;
            }
            let part = Part::Stream { status: evidence.response.status };
            let place = Place::whole(part);
            // The standard knows nothing of JSON, and of names in it: there the documents promise.
            let rules = evidence.stream_rules().filter(|_| OF_RULES.contains(kind));
            let basis = if rules.is_some() { Basis::Schema } else { Basis::Standard };
            let mut found = evidence.disagreement(&CHECK.meta, place, basis);
            found.promise = rules.map(|rules| rules.at.clone());
            (*kind).clone_into(&mut found.kind);
            (*promised).clone_into(&mut found.promised);
            found.seen.clone_from(seen);
            out.push(found);
        }
    }
}
