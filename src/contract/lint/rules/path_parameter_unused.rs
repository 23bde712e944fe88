//! `path-parameter-unused`: a declared path parameter that the path does not have.

use super::path_parameter_undeclared::names;
use crate::contract::lint::{Defect, Linted, Rule};
use crate::contract::model::Location;
use crate::finding::Severity;

/// The rule.
pub static RULE: Rule = Rule {
    id: "path-parameter-unused",
    severity: Severity::Error,
    title: "a declared path parameter is not in the path",
    what: "Compares the declared path parameters of an operation with the `{names}` in its path template.",
    why: "There is no place to put its value. Most often a name is misspelt, or the parameter is meant for the query.",
    example: "a parameter `item_id` with `in: path` below /items",
    remedy: "Correct the name or the location, or remove the parameter.",
    check,
};

fn check(linted: &Linted<'_>, defects: &mut Vec<Defect>) {
    for operation in linted.operations() {
        for parameter in linted.parameters(operation).filter(|p| p.location == Location::Path) {
            if !names(&operation.path).any(|name| name == parameter.name) {
                let message = format!("`{}` is no part of `{}`", parameter.name, operation.path);
                defects.push(linted.defect(&RULE, &parameter.at, message));
            }
        }
    }
}
