//! `undocumented-query-parameter`: a query parameter that is not documented, and was accepted.

use super::evidence::{Evidence, Target};
use super::{Check, Meta, words};
use crate::contract::model::Location;
use crate::finding::{Basis, Disagreement, Part, Place, Severity};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        id: "undocumented-query-parameter",
        severity: Severity::Note,
        title: "a query parameter that is not documented, and was accepted",
        what: "Reports requests with query parameters that the operation does not document, which the \
               server answered with a success: one finding for each operation.",
        why: "Servers ignore what they do not know. A client that relies on such a parameter may be \
               mistaken, or the documents lack it.",
        example: "request: documented are limit, page; seen keyword",
        remedy: "Document the parameter, or take it out of the client.",
    },
    applies: |evidence| matches!(evidence.target, Target::Operation(_)) && evidence.accepted(),
    judge,
};

fn judge(evidence: &Evidence<'_>, out: &mut Vec<Disagreement>) {
    let Target::Operation(operation) = evidence.target else { return };
    if evidence.request.undocumented_query.is_empty() {
        return;
    }
    let parameters = operation.parameters.iter().filter(|p| p.location == Location::Query);
    let documented: Vec<&str> = parameters.map(|p| p.name.as_str()).collect();
    let place = Place::whole(Part::Request);
    let mut found = evidence.disagreement(&CHECK.meta, place, Basis::Silence);
    "query".clone_into(&mut found.kind);
    found.promised = words::documented(documented);
    let names: Vec<String> =
        evidence.request.undocumented_query.iter().map(|n| format!("{:?}", clip(n))).collect();
    found.seen = names.join(", ");
    found.promise = Some((operation.at.document, operation.at.pointer.clone()));
    out.push(found);
}

fn clip(name: &str) -> String {
    name.chars().take(40).collect()
}
