//! `nullable-enum-without-null`: null is allowed by `nullable` and refused by `enum`.

use serde_json::Value;

use crate::contract::lint::{Defect, Linted, Rule};
use crate::contract::schema::excerpt;
use crate::finding::Severity;

/// The rule.
pub static RULE: Rule = Rule {
    id: "nullable-enum-without-null",
    severity: Severity::Error,
    title: "a nullable enum does not list null",
    what: "Looks at schemas with `nullable: true` (or, in OpenAPI 3.1, `null` among the types) and an `enum` without \
           null.",
    why: "Both keywords must hold, so null is refused although it is meant to be allowed. Validators reject the nulls \
          that the server sends.",
    example: "{type: string, nullable: true, enum: [a, b]}",
    remedy: "Add `null` to the `enum`, or take the `nullable` away.",
    check,
};

fn check(linted: &Linted<'_>, defects: &mut Vec<Defect>) {
    for node in &linted.nodes {
        let nullable = if linted.is_30(node.document) {
            node.schema.get("nullable") == Some(&Value::Bool(true)) && node.text("type").is_some()
        } else {
            node.list("type").any(|name| name == "null")
        };
        let Some(values @ Value::Array(items)) = node.schema.get("enum") else { continue };
        if nullable && !node.schema.contains_key("$ref") && !items.contains(&Value::Null) {
            let message = format!(
                "null is allowed by the type and refused by the enum, which does not list it: {}",
                excerpt(values)
            );
            defects.push(linted.defect(&RULE, &node.at().child("enum"), message));
        }
    }
}
