//! `truncated-body`: a body that breaks off before its end.

use super::evidence::Evidence;
use super::{Check, Meta};
use crate::exchange::End;
use crate::finding::{Basis, Disagreement, Place, Severity};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        id: "truncated-body",
        severity: Severity::Error,
        title: "a body that breaks off before its end",
        what: "Reports answers whose body or stream does not come to the end that its framing promises: \
               the connection is closed or reset, less comes than `Content-Length` says, a chunk or the \
               compression is broken. Only exchanges that this program made tell so.",
        why: "A client has half an answer, and may take it for the whole.",
        example: "response 200 application/json: promised a body that comes to its end, seen 512 bytes, \
                  then the connection was reset",
        remedy: "Correct the server; look for crashes and time limits in it and in the proxy before it.",
    },
    applies: |evidence| evidence.response.end.is_some(),
    judge,
};

fn judge(evidence: &Evidence<'_>, out: &mut Vec<Disagreement>) {
    let Some(End::CutOff { why }) = &evidence.response.end else { return };
    let place = Place::whole(evidence.body_part());
    let mut found = evidence.disagreement(&CHECK.meta, place, Basis::Standard);
    "a body that comes to its end".clone_into(&mut found.promised);
    found.seen = format!("{}, then {why}", evidence.so_far());
    out.push(found);
}
