//! `error-status-mismatch`: an error body that names another status than the answer has.

use super::evidence::{Answer, Evidence};
use super::{Check, Meta};
use crate::document::Pointer;
use crate::finding::{Basis, Disagreement, Place, Severity};
use serde_json::Value;

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        id: "error-status-mismatch",
        severity: Severity::Error,
        title: "an error body that names another status than the answer has",
        what: "The error envelope repeats the HTTP status. Reports where the two differ.",
        why: "Clients behind a gateway that hides the status line believe the body.",
        example: "response 400 application/json /status: promised 400, the status of the answer; \
               seen 500",
        remedy: "Correct the server: both stem from one place.",
    },
    applies: |evidence| repeated(evidence).is_some(),
    judge,
};

/// The status in the body, and the pointer to it.
fn repeated<'e>(evidence: &'e Evidence<'_>) -> Option<(&'e Value, &'e str)> {
    let pointer = evidence.enveloped()?.status.as_deref()?;
    let Answer::Json(body) = evidence.answer else { return None };
    Some((Pointer::find(body, pointer).filter(|status| status.is_number())?, pointer))
}

fn judge(evidence: &Evidence<'_>, out: &mut Vec<Disagreement>) {
    let Some((status, pointer)) = repeated(evidence) else { return };
    if status.as_u64() == Some(u64::from(evidence.response.status)) {
        return;
    }
    let place = Place { part: evidence.part(), pointer: pointer.to_owned() };
    let mut found = evidence.disagreement(&CHECK.meta, place, Basis::Example);
    found.promised = format!("{}, the status of the answer", evidence.response.status);
    found.seen = status.to_string();
    found.promise =
        evidence.enveloped().map(|envelope| (envelope.at.document, envelope.at.pointer.clone()));
    out.push(found);
}
