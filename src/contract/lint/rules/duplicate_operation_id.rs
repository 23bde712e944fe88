//! `duplicate-operation-id`: two operations with one id.

use std::collections::HashMap;

use crate::contract::lint::{Defect, Linted, Rule};
use crate::finding::Severity;

/// The rule.
pub static RULE: Rule = Rule {
    id: "duplicate-operation-id",
    severity: Severity::Error,
    title: "operations share an `operationId`",
    what: "Compares the `operationId`s within each document; they are case-sensitive.",
    why: "The id must be unique. Generated clients name their functions by it, so one of the operations is lost.",
    example: "two operations with operationId: getItem",
    remedy: "Rename one of them.",
    check,
};

fn check(linted: &Linted<'_>, defects: &mut Vec<Defect>) {
    let mut first: HashMap<(usize, &str), &str> = HashMap::new();
    for operation in linted.operations() {
        let Some(id) = operation.operation_id.as_deref() else { continue };
        match first.get(&(operation.at.document, id)) {
            Some(other) => {
                let message = format!("`{id}` is the id of {other} already");
                defects.push(linted.defect(&RULE, &operation.at.child("operationId"), message));
            }
            None => {
                first.insert((operation.at.document, id), &operation.id);
            }
        }
    }
}
