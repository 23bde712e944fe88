//! Refusals that a sender expected, and did not get.

use serde_json::Value;

use super::Meta;
use super::evidence::{Answer, Evidence, Target};
use crate::contract::Operation;
use crate::document::Pointer;
use crate::exchange::Expects;
use crate::finding::{Basis, Disagreement, Place};

/// Whether the sender expected this of an answer, and the server took the request all the same.
pub fn taken_despite(evidence: &Evidence<'_>, expects: Expects) -> bool {
    expected(evidence, expects) && evidence.accepted() && !tells_error(evidence)
}

/// Whether a documented operation was called, and this was expected of its answer. What serves
/// other paths and methods may well be open to everybody.
pub fn expected(evidence: &Evidence<'_>, expects: Expects) -> bool {
    evidence.exchange.expects == Some(expects) && matches!(evidence.target, Target::Operation(_))
}

/// The disagreement of an answer that should have been a refusal with this status.
pub fn disagreement(evidence: &Evidence<'_>, meta: &Meta, refusal: u16) -> Disagreement {
    let place = Place::whole(evidence.status_part());
    let mut found = evidence.disagreement(meta, place, Basis::Schema);
    found.seen = format!("answered {}", evidence.response.status);
    if let Target::Operation(operation) = evidence.target {
        found.promise = Some(promise(evidence, operation, refusal));
    }
    found
}

/// Where the documents speak of the refusal, or of the operation, if they do not.
fn promise(evidence: &Evidence<'_>, operation: &Operation, refusal: u16) -> (usize, String) {
    let any = || evidence.contract.any_response(operation.at.document, refusal);
    let at = operation.response(refusal).or_else(any).map_or(&operation.at, |found| &found.at);
    (at.document, at.pointer.clone())
}

/// Whether the body of a success tells an error in the API's own envelope: such an answer is wrong,
/// but it is a refusal.
fn tells_error(evidence: &Evidence<'_>) -> bool {
    let document = evidence.contract.documents.get(evidence.document);
    let Some(envelope) = document.and_then(|document| document.error.as_ref()) else {
        return false;
    };
    let Answer::Json(value) = evidence.answer else { return false };
    let status = envelope.status.as_deref().and_then(|status| Pointer::find(value, status));
    evidence.code().is_some() && status.and_then(Value::as_u64).is_some_and(|s| s >= 400)
}
