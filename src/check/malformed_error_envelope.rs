//! `malformed-error-envelope`: an error body that is not the error envelope.

use super::evidence::{Answer, Evidence};
use super::{Check, Meta};
use crate::finding::{Basis, Disagreement, Place, Severity};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        id: "malformed-error-envelope",
        severity: Severity::Error,
        title: "an error body that is not the error envelope",
        what: "Holds every error body against the error envelope (`x-contract-error` in an overlay), \
               where the operation has no schema of its own for it. HTML errors have a check of their \
               own.",
        why: "Clients read code and message from one place for all errors.",
        example: "response 400 application/json /code: promised `code` is required, seen no `code` in \
               {\"error\":\"…\"}",
        remedy: "Send the envelope, or document the other form with a schema.",
    },
    applies: |evidence| {
        evidence.error_envelope().is_some() && matches!(evidence.answer, Answer::Json(_))
    },
    judge,
};

fn judge(evidence: &Evidence<'_>, out: &mut Vec<Disagreement>) {
    for mismatch in &evidence.envelope {
        let place = Place { part: evidence.part(), pointer: mismatch.place.clone() };
        let mut found = evidence.of_mismatch(&CHECK.meta, place, mismatch);
        found.basis = Basis::Example;
        out.push(found);
    }
}
