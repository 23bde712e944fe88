//! `one-of-never-exclusive`: branches of a `oneOf` that nothing tells apart.

use serde_json::{Map, Value};

use crate::contract::lint::linted::Linted;
use crate::contract::lint::walk::Node;
use crate::contract::lint::{Defect, Rule, sample};
use crate::contract::schema::{SchemaId, excerpt, is_known_format};
use crate::document::Pointer;
use crate::finding::Severity;

/// The rule.
pub static RULE: Rule = Rule {
    id: "one-of-never-exclusive",
    severity: Severity::Error,
    title: "the branches of a `oneOf` do not exclude each other",
    what: "Makes values of every branch of a `oneOf`: with all its members, with the required ones, at its bounds, \
           each listed value. If another branch accepts every one of them too, the branch can never be the only one that \
           fits. The value that proves it is shown. A `discriminator` that names the branches settles the choice.",
    why: "`oneOf` demands that exactly one branch fits. Every value that the branch is there for fits two, so every \
          validator refuses it.",
    example: "oneOf: [{type: object, properties: {text: {…}}}, {type: object, properties: {select: {…}}}]",
    remedy: "Make the branches differ: `required` for the member that marks each, a `const`, or a `discriminator`. If \
             several may fit, write `anyOf`.",
    check,
};

fn check(linted: &Linted<'_>, defects: &mut Vec<Defect>) {
    for node in &linted.nodes {
        let branches: Vec<&Value> = node.list("oneOf").collect();
        // The choice by a discriminator needs branches with names.
        let named = branches.iter().all(|branch| branch.get("$ref").is_some());
        let overridden = node.schema.contains_key("$ref") && linted.is_30(node.document);
        // An empty branch is often what is left of a reference that leads nowhere.
        let empty = branches.iter().any(|branch| branch.as_object().is_none_or(Map::is_empty));
        if overridden || empty || (named && node.schema.contains_key("discriminator")) {
            continue;
        }
        if let Some(message) = shadowed(linted, node, &branches) {
            defects.push(linted.defect(&RULE, &node.at().child("oneOf"), message));
        }
    }
}

/// The first branch all of whose values fit another one, in words.
fn shadowed(linted: &Linted<'_>, node: &Node<'_>, branches: &[&Value]) -> Option<String> {
    let at = node.at().child("oneOf");
    let ids: Vec<SchemaId> =
        (0..branches.len()).filter_map(|index| linted.id(&at.child(&index.to_string()))).collect();
    if ids.len() != branches.len() {
        return None;
    }
    for (index, &id) in ids.iter().enumerate() {
        let mut values = sample::samples(&linted.schemas, id);
        values.retain(|value| linted.accepts(id, value));
        let Some(witness) = values.first() else { continue };
        // A format that we do not know may tell what we cannot.
        let fits = |other: SchemaId| {
            let format = linted.schemas.normal(other).get("format").and_then(Value::as_str);
            format.is_none_or(is_known_format)
                && values.iter().all(|value| linted.accepts(other, value))
        };
        let others: Vec<usize> =
            (0..ids.len()).filter(|other| *other != index && fits(ids[*other])).collect();
        if !others.is_empty() {
            let names: Vec<String> = others.iter().map(|other| name(branches, *other)).collect();
            return Some(format!(
                "{}, a value of branch {}, fits branch {} as well, and so does every other value of it that was tried \
                 ({})",
                excerpt(witness),
                name(branches, index),
                names.join(" and "),
                values.len()
            ));
        }
    }
    None
}

/// A branch's number, from 1, and its title or the name of its component.
fn name(branches: &[&Value], index: usize) -> String {
    let branch = branches.get(index);
    let text = |name: &str| branch.and_then(|branch| branch.get(name)).and_then(Value::as_str);
    let component = text("$ref").and_then(Pointer::split_last).map(|(_, name)| name.into_owned());
    match component.or_else(|| text("title").map(str::to_owned)) {
        Some(name) => format!("{} ({name})", index + 1),
        None => (index + 1).to_string(),
    }
}
