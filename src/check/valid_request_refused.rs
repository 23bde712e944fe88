//! `valid-request-refused`: a request that keeps the documents, and was refused.

use super::evidence::{Evidence, Target};
use super::{Check, Meta, words};
use crate::finding::{Basis, Disagreement, Part, Place, Severity};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        id: "valid-request-refused",
        severity: Severity::Note,
        title: "a request that keeps the documents, and was refused",
        what: "Reports a request without a breach that was answered with 400, 415 or 422 and a code \
               by which the server calls the request wrong, and that the operation does not show for \
               this status. It is a hint: documents cannot express everything that a request may have \
               wrong. A request that was sent to be refused is not judged, nor one whose path, query \
               or body is not known completely, or that has parameters or a body that the documents \
               do not speak of.",
        why: "A client that keeps to the documents is refused: they lack a rule that the server \
               enforces.",
        example: "request: promised a request that keeps the documents is accepted, seen 400 \
               invalid_param: user must be provided",
        remedy: "Document the rule (`required`, `minLength`, a format), or the error with an example.",
    },
    applies: |evidence| {
        matches!(evidence.target, Target::Operation(_))
            && evidence.exchange.expects.is_none()
            && evidence.request.keeps()
    },
    judge,
};

fn judge(evidence: &Evidence<'_>, out: &mut Vec<Disagreement>) {
    let status = evidence.response.status;
    let Some(code) = evidence.code() else { return };
    let foreseen = evidence
        .own
        .is_some_and(|own| own.codes.iter().chain(&own.described_codes).any(|known| known == code));
    if !matches!(status, 400 | 415 | 422) || foreseen || !evidence.is_validation_code(code) {
        return;
    }
    let place = Place::whole(Part::Request);
    let mut found = evidence.disagreement(&CHECK.meta, place, Basis::Silence);
    found.kind = format!("{status} {code}");
    "a request that keeps the documents is accepted".clone_into(&mut found.promised);
    found.seen = words::error(evidence);
    if let Target::Operation(operation) = evidence.target {
        found.promise = Some((operation.at.document, operation.at.pointer.clone()));
    }
    out.push(found);
}
