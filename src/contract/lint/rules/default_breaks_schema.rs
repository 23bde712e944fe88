//! `default-breaks-schema`: a default that its own schema refuses.

use crate::contract::lint::breach::breaches;
use crate::contract::lint::{Defect, Linted, Rule};
use crate::finding::Severity;

/// The rule.
pub static RULE: Rule = Rule {
    id: "default-breaks-schema",
    severity: Severity::Error,
    title: "a `default` breaks its own schema",
    what: "Holds every `default` against the schema that it stands in.",
    why: "Whoever leaves the value out gets one that they must not send. Generated clients fail to start, or send a \
          request that is refused.",
    example: "limit: {type: integer, minimum: 1, default: 0}",
    remedy: "Correct the default, or let the schema allow it.",
    check,
};

fn check(linted: &Linted<'_>, defects: &mut Vec<Defect>) {
    for node in &linted.nodes {
        let at = node.at();
        // Beside a reference, OpenAPI 3.0 ignores it: `ref-siblings` tells.
        let ignored = node.schema.contains_key("$ref") && linted.is_30(node.document);
        let (Some(value), Some(id), false) = (node.schema.get("default"), linted.id(&at), ignored)
        else {
            continue;
        };
        for breach in breaches(&linted.schemas, id, value) {
            let message = format!("the default breaks its schema: {}", breach.message);
            defects.push(linted.defect(&RULE, &at.child("default"), message));
        }
    }
}
