//! `undocumented-status`: a status that the operation does not document.

use super::evidence::{Evidence, Target};
use super::{Check, Meta, words};
use crate::finding::{Basis, Disagreement, Place, Severity};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        id: "undocumented-status",
        severity: Severity::Warning,
        title: "a status that the operation does not document",
        what: "Reports a status that is neither among the responses of the operation (its own, a \
               range like 4XX, or `default`) nor among those that any operation may answer \
               (`x-contract-any-response` in an overlay).",
        why: "Clients handle the statuses that they read about.",
        example: "response 400: documented are 200, 404; seen 400 invalid_param: limit must be positive",
        remedy: "Add the status to the operation's responses, or correct the server.",
    },
    applies: |evidence| matches!(evidence.target, Target::Operation(_)),
    judge,
};

fn judge(evidence: &Evidence<'_>, out: &mut Vec<Disagreement>) {
    let Target::Operation(operation) = evidence.target else { return };
    if evidence.own.is_some() || evidence.general.is_some() {
        return;
    }
    let documented: Vec<String> =
        operation.responses.iter().map(|r| r.statuses.to_string()).collect();
    let place = Place::whole(evidence.status_part());
    let mut found = evidence.disagreement(&CHECK.meta, place, Basis::Silence);
    found.promised = words::documented(documented.iter().map(String::as_str));
    found.seen = words::error(evidence);
    found.promise = Some((operation.at.document, format!("{}/responses", operation.at.pointer)));
    out.push(found);
}
