//! `several-branches-fit`: several branches of a `oneOf` fit.

use super::{Check, Meta};
use crate::contract::schema::MismatchKind;
use crate::finding::Severity;

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        id: "several-branches-fit",
        severity: Severity::Error,
        title: "several branches of a `oneOf` fit",
        what: "Reports a value that fits more than one of the schemas of a `oneOf`, of which exactly \
               one may fit.",
        why: "Validating clients refuse the answer, others choose a branch by chance. Mostly the \
               document is at fault: its branches do not exclude each other.",
        example: "response 200 application/json /user_input_form[]: promised exactly one of 3 schemas, \
               seen 3 of them fit {\"select\":{}}",
        remedy: "Give each branch what tells it apart (a `required` member of its own, or a \
               `discriminator`), or write `anyOf`.",
    },
    applies: |evidence| evidence.compared(),
    judge: |evidence, out| evidence.report(&CHECK.meta, MismatchKind::SeveralBranches, out),
};
