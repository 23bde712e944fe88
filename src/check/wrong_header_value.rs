//! `wrong-header-value`: a header of an answer whose value is not as documented.

use super::evidence::Evidence;
use super::{Check, Meta};
use crate::finding::{Disagreement, Part, Place, Severity};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        id: "wrong-header-value",
        severity: Severity::Error,
        title: "a header of an answer whose value is not as documented",
        what: "Holds the values of documented headers against their schemas: a number where a number is \
               documented, a value of the `enum`, a string of the `format`. Values that a recorder hid \
               are not judged.",
        why: "A client cannot read the header.",
        example: "response 429 header Retry-After: promised integer, seen string \"soon\"",
        remedy: "Correct the server or the documents.",
    },
    applies: |evidence| {
        evidence.headers.iter().any(|h| h.value.is_some() && h.promise.schema.is_some())
    },
    judge,
};

fn judge(evidence: &Evidence<'_>, out: &mut Vec<Disagreement>) {
    for header in &evidence.headers {
        for mismatch in &header.mismatches {
            let (status, name) = (evidence.response.status, header.promise.name.clone());
            let part = Part::Header { status, name };
            let place = Place { part, pointer: mismatch.place.clone() };
            out.push(evidence.of_mismatch(&CHECK.meta, place, mismatch));
        }
    }
}
