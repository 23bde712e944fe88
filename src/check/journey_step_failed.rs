//! `journey-step-failed`: an answer that does not meet what a journey asks of it.

use super::{Check, Meta};
use crate::exchange::Unmet;
use crate::finding::{Basis, Disagreement, Part, Place, Severity};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        id: "journey-step-failed",
        severity: Severity::Error,
        title: "an answer that does not meet what a journey asks of it",
        what: "Reports the step at which a journey had to end: the answer did not meet a criterion \
               (`successCriteria`) of the workflow, after all the attempts that the workflow allows, \
               or did not hold what the next step needs. Where the answer breaks the documents, too, \
               that is reported alone. The criterion stands in the suite, at the line that the \
               finding names; recordings keep it in `_unmet`.",
        why: "Each call alone can be answered by the book, and people who do what the journey does \
              still do not get to its end.",
        example: "step rename-a-conversation/read-again: promised `$response.body#/name == \
                  $inputs.name`, seen `$response.body#/name` is \"New chat\"",
        remedy: "Repeat the journey alone, and look at the exchange and those before it. If the server \
                 is right, mend the suite.",
    },
    applies: |evidence| evidence.exchange.unmet.is_some(),
    judge: |evidence, out| {
        let unmet = evidence.exchange.unmet.iter();
        out.extend(unmet.map(|unmet| disagreement(&evidence.operation, unmet)));
    },
};

/// What is to be said of an answer of an operation that does not meet a criterion.
#[must_use]
pub fn disagreement(operation: &str, unmet: &Unmet) -> Disagreement {
    Disagreement {
        check: CHECK.meta.id,
        severity: CHECK.meta.severity,
        basis: Basis::Schema,
        operation: operation.to_owned(),
        place: Place::whole(Part::Step { name: unmet.step.clone() }),
        kind: unmet.criterion.clone(),
        promised: unmet.criterion.clone(),
        seen: unmet.seen.clone(),
        promise: Some(unmet.source.elsewhere()),
    }
}
