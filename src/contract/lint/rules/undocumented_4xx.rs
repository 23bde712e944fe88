//! `undocumented-4xx`: an operation that, by its document, never refuses anything.

use crate::contract::lint::{Defect, Linted, Rule};
use crate::contract::model::Statuses;
use crate::finding::Severity;

/// The rule.
pub static RULE: Rule = Rule {
    id: "undocumented-4xx",
    severity: Severity::Note,
    title: "an operation documents no 4xx answer",
    what: "Looks at operations without any answer for a 4xx status, `4XX` or `default`.",
    why: "Every operation can refuse a request, for a missing key at the least. Callers learn nothing about how.",
    example: "get: {responses: {'200': {…}}}",
    remedy: "Document the refusals that the operation knows, or a `default` answer with the error envelope.",
    check,
};

fn check(linted: &Linted<'_>, defects: &mut Vec<Defect>) {
    for operation in linted.operations() {
        let refusal = |statuses: Statuses| {
            matches!(statuses, Statuses::Code(400..=499) | Statuses::Range(4) | Statuses::Default)
        };
        if !linted.responses(operation).any(|response| refusal(response.statuses)) {
            let statuses: Vec<String> =
                linted.responses(operation).map(|response| response.statuses.to_string()).collect();
            let message = match statuses.as_slice() {
                [] => "no status is documented at all".to_owned(),
                _ => format!("no 4xx is documented, only {}", statuses.join(", ")),
            };
            defects.push(linted.defect(&RULE, &operation.at.child("responses"), message));
        }
    }
}
