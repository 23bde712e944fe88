//! `wrong-format`: a string that is not of its documented format.

use super::{Check, Meta};
use crate::contract::schema::MismatchKind;
use crate::finding::Severity;

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        id: "wrong-format",
        severity: Severity::Error,
        title: "a string that is not of its documented format",
        what: "Checks the formats of JSON Schema 2020-12 and, beyond them, uuid, url, decimal and \
               byte. A format that is not known promises nothing.",
        why: "Clients parse such strings (dates above all) and fail where they are of another form.",
        example: "response 200 application/json /created_at: promised string (date-time), seen \
               \"2026-11-23T12:23:17\"",
        remedy: "Correct the server, or document the format that it really sends.",
    },
    applies: |evidence| evidence.compared(),
    judge: |evidence, out| evidence.report(&CHECK.meta, MismatchKind::Format, out),
};
