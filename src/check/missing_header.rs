//! `missing-header`: an answer without a header that the documents require.

use super::evidence::Evidence;
use super::{Check, Meta};
use crate::finding::{Basis, Disagreement, Part, Place, Severity};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        id: "missing-header",
        severity: Severity::Error,
        title: "an answer without a header that the documents require",
        what: "Reports answers that lack a header which is documented for them with `required: true`. \
               An answer of which no header was recorded is not judged.",
        why: "A client that reads the header finds nothing.",
        example: "response 200 header X-Version: promised `X-Version` is required, seen no such header",
        remedy: "Correct the server, or a proxy that takes the header away; or make it optional.",
    },
    applies: |evidence| evidence.headers.iter().any(|header| header.promise.required),
    judge,
};

fn judge(evidence: &Evidence<'_>, out: &mut Vec<Disagreement>) {
    for header in &evidence.headers {
        let promise = header.promise;
        if !promise.required || header.value.is_some() {
            continue;
        }
        let part = Part::Header { status: evidence.response.status, name: promise.name.clone() };
        let mut found = evidence.disagreement(&CHECK.meta, Place::whole(part), Basis::Schema);
        found.promised = format!("`{}` is required", promise.name);
        "no such header".clone_into(&mut found.seen);
        found.promise = Some((promise.at.document, promise.at.pointer.clone()));
        out.push(found);
    }
}
