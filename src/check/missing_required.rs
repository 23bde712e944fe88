//! `missing-required`: a required member is missing.

use super::{Check, Meta};
use crate::contract::schema::MismatchKind;
use crate::finding::Severity;

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        id: "missing-required",
        severity: Severity::Error,
        title: "a required member is missing",
        what: "Reports every member that a schema lists under `required` and an answer does not have.",
        why: "Clients rely on required members without looking whether they are there.",
        example: "response 200 application/json /id: promised `id` is required, seen no `id` in \
               {\"name\":\"x\"}",
        remedy: "Let the server send it, or take it out of `required`.",
    },
    applies: |evidence| evidence.compared(),
    judge: |evidence, out| evidence.report(&CHECK.meta, MismatchKind::Required, out),
};
