//! `undocumented-operation`: a path that answers, and is not documented.

use super::evidence::{Evidence, Target};
use super::{Check, Meta};
use crate::finding::{Basis, Disagreement, Part, Place, Severity};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        id: "undocumented-operation",
        severity: Severity::Warning,
        title: "a path that answers, and is not documented",
        what: "Reports a path below the API's base path that no document describes, but that the \
               server serves: it answers with something other than 401, 403, 404, 405 or 501.",
        why: "Clients use what works. What is not documented can change or vanish without notice; \
               often it is a former name of a documented path.",
        example: "POST /datasets/{}/hit-testing: no such path is documented, answered 200",
        remedy: "Document the operation, or take it out of service.",
    },
    applies: |evidence| matches!(evidence.target, Target::Path),
    judge,
};

/// Statuses by which a server may say that it knows no such path.
const UNKNOWN: &[u16] = &[401, 403, 404, 405, 501];

fn judge(evidence: &Evidence<'_>, out: &mut Vec<Disagreement>) {
    let status = evidence.response.status;
    if UNKNOWN.contains(&status) {
        return;
    }
    let place = Place::whole(Part::Operation);
    let mut found = evidence.disagreement(&CHECK.meta, place, Basis::Silence);
    "no such path is documented".clone_into(&mut found.promised);
    found.seen = format!("answered {status}");
    out.push(found);
}
