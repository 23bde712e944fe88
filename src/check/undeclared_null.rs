//! `undeclared-null`: null where the documents do not allow null.

use super::{Check, Meta};
use crate::contract::schema::MismatchKind;
use crate::finding::Severity;

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        id: "undeclared-null",
        severity: Severity::Error,
        title: "null where the documents do not allow null",
        what: "Reports null for every value whose schema does not allow it. In OpenAPI 3.0 `nullable` \
               has an effect only beside a `type`, an `enum` has to list null, and what stands beside \
               a `$ref` is ignored.",
        why: "Clients that are generated from the documents fail on the first null they did not \
               expect: it is the most frequent drift of all.",
        example: "response 200 application/json /data[]/icon: promised string, not null, seen null",
        remedy: "Declare the value `nullable` where it stands (beside `type`, and null in an `enum`), \
               or let the server send a value or leave the member out.",
    },
    applies: |evidence| evidence.compared(),
    judge: |evidence, out| evidence.report(&CHECK.meta, MismatchKind::Null, out),
};
