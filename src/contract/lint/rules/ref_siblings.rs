//! `ref-siblings`: members beside a `$ref`, which are ignored.

use serde_json::Value;

use crate::contract::lint::linted::Linted;
use crate::contract::lint::walk::Node;
use crate::contract::lint::{Defect, Rule};
use crate::finding::Severity;

/// The rule.
pub static RULE: Rule = Rule {
    id: "ref-siblings",
    severity: Severity::Warning,
    title: "members beside `$ref` are ignored",
    what: "Looks at schemas of OpenAPI 3.0 and Swagger 2.0 that have a `$ref` and other members. If one of these would \
           change which values are allowed, that is a warning; a description or example that is lost is a note.",
    why: "A reference replaces the whole object. Programs that follow the standard do not see what stands beside it, \
          others do: the document means different things to different readers.",
    example: "{nullable: true, $ref: '#/components/schemas/Form'}",
    remedy: "Wrap the reference: `allOf: [{$ref: …}]` beside the other members; for null, `oneOf` with a branch that \
             allows it.",
    check,
};

/// Members that only say something about the values.
const WORDS: &[&str] =
    &["title", "description", "example", "default", "deprecated", "externalDocs", "summary", "xml"];

fn check(linted: &Linted<'_>, defects: &mut Vec<Defect>) {
    for node in linted.nodes.iter().filter(|node| linted.is_30(node.document)) {
        let Some(target) = node.text("$ref") else { continue };
        let names = node.schema.keys().map(String::as_str);
        let siblings: Vec<&str> =
            names.filter(|name| *name != "$ref" && !name.starts_with("x-")).collect();
        if siblings.is_empty() {
            continue;
        }
        let changing: Vec<&str> =
            siblings.iter().filter(|name| changes(linted, node, name)).copied().collect();
        let list = |names: &[&str]| {
            names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
        };
        let message = format!("{} beside `$ref: {target}` is ignored", list(&siblings));
        let (severity, message) = if changing.is_empty() {
            (Severity::Note, message)
        } else if changing == ["nullable"] {
            (Severity::Warning, format!("{message}, so null is refused"))
        } else {
            let message =
                format!("{message}; {} would change which values are allowed", list(&changing));
            (Severity::Warning, message)
        };
        defects.push(linted.defect(&RULE, &node.at(), message).severity(severity));
    }
}

/// Whether a sibling would change which values are allowed.
fn changes(linted: &Linted<'_>, node: &Node<'_>, name: &str) -> bool {
    match (name, node.schema.get(name)) {
        ("nullable", Some(Value::Bool(true))) => {
            linted.id(&node.at()).is_some_and(|id| linted.refuses(id, &Value::Null))
        }
        ("nullable" | "readOnly" | "writeOnly", Some(Value::Bool(false))) => false,
        _ => !WORDS.contains(&name),
    }
}
