//! `nullable-ineffective`: `nullable: true` where it changes nothing.

use serde_json::Value;

use crate::contract::lint::{Defect, Linted, Rule};
use crate::finding::Severity;

/// The rule.
pub static RULE: Rule = Rule {
    id: "nullable-ineffective",
    severity: Severity::Error,
    title: "`nullable` has no effect",
    what: "Looks at schemas with `nullable: true`. It counts only beside a `type` in the same schema (OpenAPI 3.0.3), \
           not beside `$ref`, and cannot undo what `allOf`, `oneOf` or `anyOf` beside it demand; OpenAPI 3.1 does not \
           know it. Where null is refused, that is a contradiction; where it is allowed anyway, a note. An `enum` \
           beside it has a rule of its own.",
    why: "The author means to allow null, and validators refuse it.",
    example: "{nullable: true, oneOf: [{type: string}, {type: integer}]}",
    remedy: "Put `type` beside it; where there is none, add a branch that allows null.",
    check,
};

fn check(linted: &Linted<'_>, defects: &mut Vec<Defect>) {
    for node in &linted.nodes {
        if node.schema.get("nullable") != Some(&Value::Bool(true)) {
            continue;
        }
        let at = node.at();
        let Some(id) = linted.id(&at) else { continue };
        let refused = linted.refuses(id, &Value::Null);
        let has = |keyword: &str| node.schema.contains_key(keyword);
        let why = if !linted.is_30(node.document) {
            "OpenAPI 3.1 does not know it"
        } else if has("$ref") {
            "what stands beside `$ref` is ignored"
        } else if !has("type") {
            "there is no `type` beside it"
        } else if refused && !has("enum") {
            "another keyword beside it demands otherwise"
        } else {
            continue;
        };
        let (severity, effect) = if refused {
            (Severity::Error, "null is refused")
        } else {
            (Severity::Note, "null is allowed anyway")
        };
        let message = format!("`nullable: true` has no effect, for {why}: {effect}");
        defects.push(linted.defect(&RULE, &at.child("nullable"), message).severity(severity));
    }
}
