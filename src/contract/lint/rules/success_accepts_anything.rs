//! `success-accepts-anything`: a successful answer whose schema is content with `{}`.

use serde_json::{Map, Value, json};

use crate::contract::lint::linted::{Linted, is_json, is_success};
use crate::contract::lint::{Defect, Rule};
use crate::contract::schema::{Node, SchemaId, excerpt};
use crate::finding::Severity;

/// The rule.
pub static RULE: Rule = Rule {
    id: "success-accepts-anything",
    severity: Severity::Warning,
    title: "the schema of a successful answer accepts `{}`",
    what: "Offers `{}`, and a list with one such object, to the schemas of the JSON bodies of 2xx answers. Pure \
           maps, which may well be empty, and lists of what nothing describes are left alone.",
    why: "No member is required, so an answer may lack all of them and still be right: validation finds nothing, and \
          generated clients make every member optional.",
    example: "{type: object, properties: {id: {type: string}, name: {type: string}}}",
    remedy: "List under `required` the members that every answer has.",
    check,
};

fn check(linted: &Linted<'_>, defects: &mut Vec<Defect>) {
    for operation in linted.operations() {
        for response in linted.responses(operation).filter(|r| is_success(r.statuses)) {
            for media_type in response.content.iter().filter(|m| is_json(m) && linted.own(&m.at)) {
                let at = media_type.at.child("schema");
                let schema = linted.contract.raw(&at).and_then(Value::as_object);
                if schema.is_none_or(Map::is_empty) {
                    let message =
                        format!("nothing describes the body of status {}", response.statuses);
                    defects.push(linted.defect(&RULE, &media_type.at, message));
                } else if let Some(id) = linted.id(&at)
                    && !is_silent(linted, id)
                    && let Some(value) =
                        [json!({}), json!([{}])].iter().find(|value| linted.accepts(id, value))
                {
                    let message = format!(
                        "{} is a right body of status {}: no member is required",
                        excerpt(value),
                        response.statuses
                    );
                    defects.push(linted.defect(&RULE, &at, message));
                }
            }
        }
    }
}

/// Whether an empty object, in a list or not, tells nothing: the schema describes a map from names
/// that nobody knows beforehand, or a list of what it does not describe.
fn is_silent(linted: &Linted<'_>, id: SchemaId) -> bool {
    let declared = &linted.schemas.get(id).declared;
    let root = declared.root();
    let map = |node: &Node| node.properties.is_empty() && node.additional.is_some();
    match root.items {
        Some(items) if root.properties.is_empty() => declared.node(items).properties.is_empty(),
        _ => map(root),
    }
}
