//! `server-error`: the server failed (5xx).

use super::evidence::Evidence;
use super::{Check, Meta, words};
use crate::finding::{Basis, Disagreement, Place, Severity};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        id: "server-error",
        severity: Severity::Error,
        title: "the server failed (5xx)",
        what: "Reports every answer with a status of 500 or more, documented or not, whatever the \
               request was.",
        why: "A 5xx says that the server has a fault: a request that it does not like should be \
               answered with 4xx.",
        example: "response 500: promised an answer below 500, seen 500 unknown: Internal Server Error",
        remedy: "Correct the server; the curl line repeats the request.",
    },
    applies: |_| true,
    judge,
};

fn judge(evidence: &Evidence<'_>, out: &mut Vec<Disagreement>) {
    let status = evidence.response.status;
    if status < 500 {
        return;
    }
    let place = Place::whole(evidence.status_part());
    let mut found = evidence.disagreement(&CHECK.meta, place, Basis::Standard);
    "an answer below 500".clone_into(&mut found.promised);
    let code = evidence.code().unwrap_or_default();
    code.clone_into(&mut found.kind);
    found.seen = words::error(evidence);
    out.push(found);
}
