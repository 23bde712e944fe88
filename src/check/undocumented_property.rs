//! `undocumented-property`: a member that the documents do not declare.

use super::evidence::Evidence;
use super::{Check, Meta};
use crate::contract::schema::MismatchKind;
use crate::finding::{Basis, Disagreement, Severity};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        id: "undocumented-property",
        severity: Severity::Warning,
        title: "a member that the documents do not declare",
        what: "Looks for members that no part of the schema declares, all branches of `allOf`, \
               `oneOf` and `anyOf` together. An object without declared members, or with \
               `additionalProperties`, may hold anything. Where `additionalProperties: false` forbids \
               the member, the finding contradicts the schema, and is an error.",
        why: "What is not documented cannot be relied on, and strict clients refuse it. Often it is \
               news that the documents lack.",
        example: "response 200 application/json /data[]/maintainer: the Dataset object declares no \
               `maintainer`, seen null",
        remedy: "Document the member, or do not send it.",
    },
    applies: |evidence| evidence.compared(),
    judge,
};

fn judge(evidence: &Evidence<'_>, out: &mut Vec<Disagreement>) {
    let before = out.len();
    evidence.report(&CHECK.meta, MismatchKind::Undeclared, out);
    for found in out.iter_mut().skip(before).filter(|found| found.basis == Basis::Schema) {
        found.severity = Severity::Error;
    }
}
