//! `no-branch-fits`: no branch of a `oneOf` or `anyOf` fits.

use super::{Check, Meta};
use crate::contract::schema::MismatchKind;
use crate::finding::Severity;

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        id: "no-branch-fits",
        severity: Severity::Error,
        title: "no branch of a `oneOf` or `anyOf` fits",
        what: "Reports a value that fits none of the schemas of a `oneOf` or `anyOf`, and says why \
               the nearest does not fit. Where a `discriminator` names the branch, the faults of that \
               branch are reported instead.",
        why: "A client that tries one branch after the other finds none.",
        example: "response 200 application/json /items[]: promised exactly one of 3 schemas, seen \
               {\"kind\":\"new\"}",
        remedy: "Add a branch for the value, or correct the server.",
    },
    applies: |evidence| evidence.compared(),
    judge: |evidence, out| evidence.report(&CHECK.meta, MismatchKind::NoBranch, out),
};
