//! `undocumented-method`: a method that is served, and is not documented.

use super::evidence::{Evidence, Target};
use super::{Check, Meta, words};
use crate::finding::{Basis, Disagreement, Part, Place, Severity};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        id: "undocumented-method",
        severity: Severity::Warning,
        title: "a method that is served, and is not documented",
        what: "Reports a documented path that also answers to a method no document mentions: with \
               something other than 401, 403, 404, 405 or 501. OPTIONS and HEAD are left out, since \
               servers answer to them by themselves.",
        why: "Clients use what works, and what is not documented can vanish.",
        example: "PATCH /datasets/{}/documents/{}: documented are DELETE, GET; answered 200",
        remedy: "Document the operation, or take it out of service.",
    },
    applies: |evidence| matches!(evidence.target, Target::Method(_)) && !is_automatic(evidence),
    judge,
};

/// Statuses by which a server may say that it knows no such method.
const UNKNOWN: &[u16] = &[401, 403, 404, 405, 501];

fn is_automatic(evidence: &Evidence<'_>) -> bool {
    matches!(evidence.exchange.request.method.as_str(), "OPTIONS" | "HEAD")
}

fn judge(evidence: &Evidence<'_>, out: &mut Vec<Disagreement>) {
    let status = evidence.response.status;
    let Target::Method(documented) = evidence.target else { return };
    if UNKNOWN.contains(&status) {
        return;
    }
    let place = Place::whole(Part::Operation);
    let mut found = evidence.disagreement(&CHECK.meta, place, Basis::Silence);
    found.promised = words::documented(documented.iter().map(String::as_str));
    found.seen = format!("answered {status}");
    out.push(found);
}
