//! `value-not-in-description`: a value that the description does not list.

use super::{Check, Meta};
use crate::contract::schema::MismatchKind;
use crate::finding::Severity;

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        id: "value-not-in-description",
        severity: Severity::Warning,
        title: "a value that the description does not list",
        what: "Some schemas list the values of a string in words only: \"One of `a`, `b`.\" Where a \
               description surely lists all of them, a value outside of that list is reported. \
               Examples (\"e.g. `a`\") are no list.",
        why: "Readers program against the list they read.",
        example: "response 200 application/json /created_from: promised one of `api`, `web`, seen \
               \"rag-pipeline\"",
        remedy: "Complete the description, and better: make the list an `enum`.",
    },
    applies: |evidence| evidence.compared(),
    judge: |evidence, out| evidence.report(&CHECK.meta, MismatchKind::Prose, out),
};
