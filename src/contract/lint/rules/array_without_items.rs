//! `array-without-items`: an array whose items have no schema, where the format asks for one.

use crate::contract::lint::{Defect, Linted, Rule};
use crate::finding::Severity;

/// The rule.
pub static RULE: Rule = Rule {
    id: "array-without-items",
    severity: Severity::Error,
    title: "an array has no `items`",
    what: "Looks at schemas with `type: array`. OpenAPI 3.0 and Swagger 2.0 demand `items` beside it; OpenAPI 3.1 does \
           not, and its documents are left alone.",
    why: "The document is not valid, and nobody learns what the array holds: generated code has a list of anything.",
    example: "tags: {type: array}",
    remedy: "Add `items` with the schema of an item; `items: {}` if it may be anything.",
    check,
};

fn check(linted: &Linted<'_>, defects: &mut Vec<Defect>) {
    for node in linted.nodes.iter().filter(|node| linted.is_30(node.document)) {
        if node.has_type("array")
            && !node.schema.contains_key("items")
            && !node.schema.contains_key("$ref")
        {
            defects.push(linted.defect(
                &RULE,
                &node.at(),
                "`type: array` has no `items` beside it",
            ));
        }
    }
}
