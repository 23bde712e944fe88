//! `undocumented-media-type`: a media type that the response does not document.

use super::evidence::Evidence;
use super::{Check, Meta};
use crate::finding::{Basis, Disagreement, Place, Severity};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        id: "undocumented-media-type",
        severity: Severity::Error,
        title: "a media type that the response does not document",
        what: "Reports an answer whose `Content-Type` is none of the media types documented for its \
               status, at the operation or for all of them, or that has a body and no \
               `Content-Type`. An answer without a body has no \
               media type, and an HTML error has a check of its own.",
        why: "Clients choose how to read a body by its media type.",
        example: "response 200: promised application/octet-stream, seen image/png",
        remedy: "Document the media type (a range like `image/*` is allowed), or correct the server.",
    },
    applies: |evidence| {
        !evidence.answer.is_empty() && evidence.own.is_some_and(|own| !own.content.is_empty())
    },
    judge,
};

fn judge(evidence: &Evidence<'_>, out: &mut Vec<Disagreement>) {
    let Some(own) = evidence.own else { return };
    if evidence.promised.is_some() || evidence.generally_typed || evidence.is_html_error() {
        return;
    }
    let place = Place::whole(evidence.status_part());
    let mut found = evidence.disagreement(&CHECK.meta, place, Basis::Schema);
    let documented: Vec<&str> = own.content.iter().map(|m| m.name.as_str()).collect();
    found.promised = documented.join(" or ");
    found.seen = match &evidence.media_type {
        Some(media_type) => media_type.essence().to_owned(),
        None => "no media type".to_owned(),
    };
    found.kind.clone_from(&found.seen);
    found.promise = Some((own.at.document, format!("{}/content", own.at.pointer)));
    out.push(found);
}
