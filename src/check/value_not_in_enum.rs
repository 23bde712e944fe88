//! `value-not-in-enum`: a value that the `enum` or `const` does not list.

use super::{Check, Meta};
use crate::contract::schema::MismatchKind;
use crate::finding::Severity;

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        id: "value-not-in-enum",
        severity: Severity::Error,
        title: "a value that the `enum` or `const` does not list",
        what: "Holds every value against the `enum` or `const` of its schema.",
        why: "Clients turn an `enum` into a closed type, and have no case for a value outside of it.",
        example: "response 200 application/json /status: promised one of \"open\", \"closed\", seen \
               \"paused\"",
        remedy: "Add the value to the `enum`, or correct the server.",
    },
    applies: |evidence| evidence.compared(),
    judge: |evidence, out| evidence.report(&CHECK.meta, MismatchKind::Enum, out),
};
