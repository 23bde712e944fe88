//! `html-error`: an HTML page where an error in another form is promised.

use super::evidence::{Evidence, Target};
use super::{Check, Meta};
use crate::finding::{Basis, Disagreement, Part, Place, Severity};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        id: "html-error",
        severity: Severity::Error,
        title: "an HTML page where an error in another form is promised",
        what: "Reports an error (4xx, 5xx) of media type text/html where the documents promise \
               another one, and do not allow pages for all operations either. For paths that are not documented, the answers that any operation may \
               give are the promise; all of them make one finding.",
        why: "A client that parses JSON fails on the page, and shows a parse error in place of the \
               real one.",
        example: "response 404: promised application/json, seen text/html: <!doctype html>…",
        remedy: "Let the server answer in the documented form, also where its framework answers by \
               itself (unknown routes, malformed ids).",
    },
    applies: |evidence| {
        evidence.response.status >= 400 && evidence.own.or(evidence.general).is_some()
    },
    judge,
};

fn judge(evidence: &Evidence<'_>, out: &mut Vec<Disagreement>) {
    if !evidence.is_html_error() {
        return;
    }
    let Some(promise) = evidence.own.or(evidence.general) else { return };
    let part = Part::Response { status: evidence.response.status, media_type: None };
    let mut found = evidence.disagreement(&CHECK.meta, Place::whole(part), Basis::Schema);
    if !matches!(evidence.target, Target::Operation(_)) {
        "any other path".clone_into(&mut found.operation);
    }
    let promised: Vec<&str> = promise.content.iter().map(|m| m.name.as_str()).collect();
    found.promised = promised.join(" or ");
    let bytes = evidence.response.body.bytes().unwrap_or_default();
    let page: String =
        String::from_utf8_lossy(bytes).split_whitespace().collect::<Vec<_>>().join(" ");
    found.seen = format!("text/html: {}", page.chars().take(80).collect::<String>());
    found.promise = Some((promise.at.document, promise.at.pointer.clone()));
    out.push(found);
}
