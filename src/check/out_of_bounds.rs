//! `out-of-bounds`: a value beyond a documented bound.

use super::{Check, Meta};
use crate::contract::schema::MismatchKind;
use crate::finding::Severity;

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        id: "out-of-bounds",
        severity: Severity::Error,
        title: "a value beyond a documented bound",
        what: "Checks minimum and maximum, the length of strings, the number of items and members, \
               multiples, and patterns.",
        why: "Clients size fields, columns and buffers by the documented bounds.",
        example: "response 200 application/json /limit: promised at most 100, seen 100000",
        remedy: "Correct the server, or the schema at the place that the finding names.",
    },
    applies: |evidence| evidence.compared(),
    judge: |evidence, out| evidence.report(&CHECK.meta, MismatchKind::Bounds, out),
};
