//! `malformed-body`: a body that cannot be read as what it says it is.

use super::evidence::{Answer, Evidence};
use super::{Check, Meta};
use crate::finding::{Basis, Disagreement, Place, Severity};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        id: "malformed-body",
        severity: Severity::Error,
        title: "a body that cannot be read as what it says it is",
        what: "Reports an answer that calls itself JSON and is not, and a success without a body \
               where a body is documented (but not for HEAD, 204 and 304).",
        why: "Clients fail to read the answer.",
        example: "response 200 application/json: promised JSON, seen no JSON: EOF while parsing a value at line 1 \
               column 0",
        remedy: "Correct the server.",
    },
    applies: |evidence| {
        matches!(evidence.answer, Answer::Json(_) | Answer::BadJson(_)) || is_missing(evidence)
    },
    judge,
};

/// Whether a documented body is not there.
fn is_missing(evidence: &Evidence<'_>) -> bool {
    let status = evidence.response.status;
    evidence.answer.is_empty()
        && evidence.exchange.request.method != "HEAD"
        && (200..300).contains(&status)
        && status != 204
        && evidence.own.is_some_and(|own| !own.content.is_empty())
}

fn judge(evidence: &Evidence<'_>, out: &mut Vec<Disagreement>) {
    let (promised, seen, basis) = match &evidence.answer {
        Answer::BadJson(error) => ("JSON", format!("no JSON: {error}"), Basis::Standard),
        Answer::Empty => ("a body", "no body".to_owned(), Basis::Schema),
        _ => return,
    };
    let mut found = evidence.disagreement(&CHECK.meta, Place::whole(evidence.part()), basis);
    promised.clone_into(&mut found.promised);
    found.seen = seen;
    found.promise = evidence.own.map(|own| (own.at.document, own.at.pointer.clone()));
    out.push(found);
}
