//! `delete-with-body`: a DELETE that documents a request body.

use crate::contract::lint::{Defect, Linted, Rule};
use crate::finding::Severity;

/// The rule.
pub static RULE: Rule = Rule {
    id: "delete-with-body",
    severity: Severity::Warning,
    title: "a DELETE has a request body",
    what: "Looks at DELETE operations with a `requestBody`.",
    why: "HTTP gives the body of a DELETE no meaning, and OpenAPI 3.0 asks tools to ignore it. Some clients cannot send \
          it and some proxies drop it, so the operation fails where the body is needed.",
    example: "delete: {requestBody: {required: true, …}}",
    remedy: "Take the values from the path or the query, or offer a POST beside it.",
    check,
};

fn check(linted: &Linted<'_>, defects: &mut Vec<Defect>) {
    for operation in linted.operations().filter(|operation| operation.method == "DELETE") {
        let Some(body) = operation.request_body.as_ref().filter(|body| linted.own(&body.at)) else {
            continue;
        };
        let kind = if body.required { "a required body" } else { "a body" };
        let types: Vec<&str> =
            body.content.iter().map(|media_type| media_type.name.as_str()).collect();
        let message =
            format!("{kind} ({}) on a DELETE, where HTTP gives it no meaning", types.join(", "));
        defects.push(linted.defect(&RULE, &operation.at.child("requestBody"), message));
    }
}
