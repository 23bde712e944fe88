//! `undocumented-body`: a body where none is documented.

use super::evidence::Evidence;
use super::{Check, Meta};
use crate::finding::{Basis, Disagreement, Place, Severity};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        id: "undocumented-body",
        severity: Severity::Warning,
        title: "a body where none is documented",
        what: "Reports an answer with a body where the response documents no `content`.",
        why: "Nobody can rely on what the documents do not describe, and nothing of such a body can \
               be judged.",
        example: "response 200: no body is documented, seen application/json, 116 bytes",
        remedy: "Document the body, or do not send one.",
    },
    applies: |evidence| evidence.own.is_some_and(|own| own.content.is_empty()),
    judge,
};

fn judge(evidence: &Evidence<'_>, out: &mut Vec<Disagreement>) {
    let Some(own) = evidence.own else { return };
    let Some(bytes) = evidence.response.body.bytes() else { return };
    let place = Place::whole(evidence.status_part());
    let mut found = evidence.disagreement(&CHECK.meta, place, Basis::Silence);
    "no body is documented".clone_into(&mut found.promised);
    let media_type = evidence.media_type.as_ref().map_or("no media type", |m| m.essence());
    found.seen = format!("{media_type}, {} bytes", bytes.len());
    found.promise = Some((own.at.document, own.at.pointer.clone()));
    out.push(found);
}
