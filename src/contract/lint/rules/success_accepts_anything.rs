//! `success-accepts-anything`: a successful answer whose schema is content with `{}`.

use serde_json::{Value, json};

use crate::contract::lint::linted::{Linted, is_json, is_success};
use crate::contract::lint::{Defect, Rule};
use crate::contract::schema::{SchemaId, excerpt};
use crate::finding::Severity;

/// The rule.
pub static RULE: Rule = Rule {
    id: "success-accepts-anything",
    severity: Severity::Warning,
    title: "the schema of a successful answer accepts `{}`",
    what: "Offers `{}`, and a list with one such object, to the schemas of the JSON bodies of 2xx answers. Pure maps, \
           which may well be empty, are left alone.",
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
                if linted.contract.raw(&at).is_none() {
                    let message = format!("the body of status {} has no schema", response.statuses);
                    defects.push(linted.defect(&RULE, &media_type.at, message));
                } else if let Some(id) = linted.id(&at)
                    && !is_map(linted, id)
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

/// Whether a schema describes a map from names that nobody knows beforehand.
fn is_map(linted: &Linted<'_>, id: SchemaId) -> bool {
    let root = linted.schemas.get(id).declared.root();
    let inner = |number: usize| {
        let node = linted.schemas.get(id).declared.node(number);
        node.properties.is_empty() && node.additional.is_some()
    };
    let scalar = |number: usize| {
        let items = linted.schemas.get(id).declared.node(number);
        items.types.is_some_and(|types| !types.has("object"))
    };
    (root.properties.is_empty() && root.additional.is_some())
        || root.items.is_some_and(|items| inner(items) || scalar(items))
        || matches!(linted.schemas.normal(id), Value::Bool(false))
}
