//! `silent-stream`: an answer that goes silent, or on and on, and does not end.

use super::evidence::Evidence;
use super::{Check, Meta};
use crate::exchange::End;
use crate::finding::{Basis, Disagreement, Place, Severity};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        id: "silent-stream",
        severity: Severity::Error,
        title: "an answer that begins and does not end",
        what: "Reports answers whose body or stream sends nothing for longer than the silence limit, and \
               is still not at its end; and event streams that go on for longer than a stream may. Only \
               exchanges that this program made tell so.",
        why: "A client waits for ever.",
        example: "response 200 stream: promised something, or the end, seen 12 events, then nothing for \
                  30 seconds",
        remedy: "Correct the server, so that it ends the stream, or shows signs of life (a comment or a \
                 ping); look for a proxy that holds it back. If the server may take so long, raise the \
                 limit.",
    },
    applies: |evidence| evidence.response.end.is_some(),
    judge,
};

fn judge(evidence: &Evidence<'_>, out: &mut Vec<Disagreement>) {
    let streams = evidence.is_event_stream();
    let (kind, promised, seen) = match &evidence.response.end {
        Some(End::Silent { seconds }) => {
            ("silent", "something, or the end", format!("nothing for {seconds} seconds"))
        }
        Some(End::TimedOut { seconds }) if streams => {
            ("endless", "an end", format!("no end after {seconds} seconds"))
        }
        _ => return,
    };
    let place = Place::whole(evidence.body_part());
    let mut found = evidence.disagreement(&CHECK.meta, place, Basis::Standard);
    kind.clone_into(&mut found.kind);
    promised.clone_into(&mut found.promised);
    found.seen = format!("{}, then {seen}", evidence.so_far());
    out.push(found);
}
