//! `wrong-type`: a value of another JSON type than documented.

use super::{Check, Meta};
use crate::contract::schema::MismatchKind;
use crate::finding::Severity;

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        id: "wrong-type",
        severity: Severity::Error,
        title: "a value of another JSON type than documented",
        what: "Holds every value of an answer, and of every event of a stream, against the `type` of \
               its schema. An integer is a number; a number with a fraction is no integer. Null has a \
               check of its own.",
        why: "A typed client cannot read the answer at all.",
        example: "response 200 application/json /created_at: promised integer, seen number 1795436633.43",
        remedy: "Correct the server, or the schema at the place that the finding names.",
    },
    applies: |evidence| evidence.compared(),
    judge: |evidence, out| evidence.report(&CHECK.meta, MismatchKind::Type, out),
};
