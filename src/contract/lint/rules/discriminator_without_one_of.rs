//! `discriminator-without-one-of`: a discriminator that no validator can act upon.

use serde_json::{Map, Value};

use crate::contract::lint::{Defect, Linted, Rule};
use crate::finding::Severity;

/// The rule.
pub static RULE: Rule = Rule {
    id: "discriminator-without-one-of",
    severity: Severity::Warning,
    title: "a `discriminator` has no `oneOf` or `anyOf` beside it",
    what: "Looks at schemas with a `discriminator` alone. Swagger 2.0 knows no other way and is left alone.",
    why: "The base schema is all that a validator applies: the schemas in the mapping are never chosen, so whatever they \
          promise is not checked. Many generators ignore such a discriminator as well.",
    example: "Event: {type: object, discriminator: {propertyName: event, mapping: {…}}}",
    remedy: "List the schemas of the mapping under `oneOf`, in the base schema or where it is used.",
    check,
};

fn check(linted: &Linted<'_>, defects: &mut Vec<Defect>) {
    for node in linted.nodes.iter().filter(|node| !linted.is_swagger(node.document)) {
        let Some(discriminator) = node.schema.get("discriminator") else { continue };
        if ["oneOf", "anyOf"].iter().any(|keyword| node.schema.contains_key(*keyword)) {
            continue;
        }
        let mapped = discriminator.get("mapping").and_then(Value::as_object).map_or(0, Map::len);
        let name = discriminator.get("propertyName").and_then(Value::as_str).unwrap_or_default();
        let schemas = match mapped {
            0 => "the schemas that extend this one are".to_owned(),
            1 => "the schema that it maps to is".to_owned(),
            _ => format!("the {mapped} schemas that it maps to are"),
        };
        let message =
            format!("the discriminator `{name}` stands without `oneOf`: {schemas} never applied");
        defects.push(linted.defect(&RULE, &node.at().child("discriminator"), message));
    }
}
