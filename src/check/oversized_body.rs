//! `oversized-body`: a body that goes on beyond what is read of one.

use super::evidence::Evidence;
use super::{Check, Meta};
use crate::exchange::End;
use crate::finding::{Basis, Disagreement, Place, Severity};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        id: "oversized-body",
        severity: Severity::Warning,
        title: "a body that goes on and on",
        what: "Reports answers of which more came than is read of a body (16 MiB), without their end and \
               without a `Content-Length` that announces one: they may never end. Only exchanges that this \
               program made tell so.",
        why: "A client that reads to the end runs out of memory or of time.",
        example: "response 200 application/json: promised a body that comes to its end, seen more than is \
                  read of a body, of no announced length",
        remedy: "Look for a loop in the server, or for a proxy that repeats what it gets. Where an answer \
                 may be that large, serve it in pages, or announce its length.",
    },
    applies: |evidence| evidence.response.end.is_some(),
    judge,
};

fn judge(evidence: &Evidence<'_>, out: &mut Vec<Disagreement>) {
    let announced = evidence.response.headers.get("content-length").is_some();
    if announced || evidence.response.end != Some(End::TooLarge) {
        return;
    }
    let place = Place::whole(evidence.body_part());
    let mut found = evidence.disagreement(&CHECK.meta, place, Basis::Silence);
    "a body that comes to its end".clone_into(&mut found.promised);
    "more than is read of a body, of no announced length".clone_into(&mut found.seen);
    out.push(found);
}
