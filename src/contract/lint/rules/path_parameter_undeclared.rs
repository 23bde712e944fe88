//! `path-parameter-undeclared`: a template's parameter that is not described.

use crate::contract::lint::{Defect, Linted, Rule};
use crate::contract::model::{Location, Operation};
use crate::finding::Severity;

/// The rule.
pub static RULE: Rule = Rule {
    id: "path-parameter-undeclared",
    severity: Severity::Error,
    title: "a parameter of the path is not declared",
    what: "Compares the `{names}` in a path template with the path parameters that the operation and its path item \
           declare. Names are case-sensitive.",
    why: "Nothing says what to put there; generated clients cannot call the operation.",
    example: "/items/{item_id} whose operation declares no parameter `item_id` in the path",
    remedy: "Declare it with `in: path` and `required: true`, or correct the name.",
    check,
};

fn check(linted: &Linted<'_>, defects: &mut Vec<Defect>) {
    for operation in linted.operations() {
        let declared: Vec<&str> = declared(operation).collect();
        for name in names(&operation.path).filter(|name| !declared.contains(name)) {
            let message = match declared.as_slice() {
                [] => format!("`{{{name}}}` is not declared, nor is any other path parameter"),
                _ => format!("`{{{name}}}` is not declared, only {}", declared.join(", ")),
            };
            defects.push(linted.defect(&RULE, &operation.at, message));
        }
    }
}

/// The names of the path parameters that an operation declares.
pub fn declared(operation: &Operation) -> impl Iterator<Item = &str> {
    let path = operation.parameters.iter().filter(|p| p.location == Location::Path);
    path.map(|parameter| parameter.name.as_str())
}

/// The names in a path template.
pub fn names(path: &str) -> impl Iterator<Item = &str> {
    path.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
}
