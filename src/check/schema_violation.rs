//! `schema-violation`: a value breaks its schema in another way.

use super::{Check, Meta};
use crate::contract::schema::MismatchKind;
use crate::finding::Severity;

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        id: "schema-violation",
        severity: Severity::Error,
        title: "a value breaks its schema in another way",
        what: "Reports every other keyword of JSON Schema that a value breaks, such as `not` or \
               `contains`.",
        why: "What the schema rules out, clients do not expect.",
        example: "response 200 application/json /title: promised nothing that fits \
               {\"enum\":[\"untitled\"]}, seen \"untitled\"",
        remedy: "Correct the server, or the schema at the place that the finding names.",
    },
    applies: |evidence| evidence.compared(),
    judge: |evidence, out| evidence.report(&CHECK.meta, MismatchKind::Other, out),
};
