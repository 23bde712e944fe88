//! `invalid-request-accepted`: a request that breaks the documents, and was accepted.

use super::evidence::{Evidence, Target};
use super::{Check, Meta};
use crate::finding::{Basis, Disagreement, Severity};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        id: "invalid-request-accepted",
        severity: Severity::Warning,
        title: "a request that breaks the documents, and was accepted",
        what: "Holds every request against its parameters and its body (required parts, types, \
               bounds, formats, media types). Reports each breach in a request that the server \
               answered with a success. Members and parameters that are merely undocumented are no \
               breach, and a body that was not recorded as it was sent is not judged.",
        why: "Either the documents are stricter than need be, or the server does not check what it \
               should, and may do so tomorrow.",
        example: "request body /user: promised string, seen integer 7; answered 200",
        remedy: "Let the server refuse the request, or loosen the documents.",
    },
    applies: |evidence| matches!(evidence.target, Target::Operation(_)) && evidence.accepted(),
    judge,
};

fn judge(evidence: &Evidence<'_>, out: &mut Vec<Disagreement>) {
    for breach in &evidence.request.breaches {
        let mut found = evidence.of_mismatch(&CHECK.meta, breach.place.clone(), &breach.mismatch);
        found.basis = Basis::Schema;
        found.seen = format!("{}; answered {}", found.seen, evidence.response.status);
        out.push(found);
    }
}
