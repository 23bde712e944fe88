//! The schemas of a document rewritten, each where it stands, to JSON Schema 2020-12.
//!
//! OpenAPI 3.0 has a dialect of its own; so that one validator serves all, its keywords are
//! replaced by those that mean the same:
//!
//! | OpenAPI 3.0 | JSON Schema 2020-12 |
//! |---|---|
//! | `nullable: true` beside a `type` | `null` among the types |
//! | `nullable` without a `type` | nothing: it has no effect (clarified in 3.0.3) |
//! | members beside `$ref` | nothing: they are ignored |
//! | `exclusiveMinimum: true` | the bound itself |
//! | `discriminator` | for each value of the property, the schema it names |
//!
//! What is a schema and what only looks like one is told by the structure of the document, also in the
//! other files that it refers to.
//!
//! Nothing moves, so that a pointer into the result leads to the same keyword in the source.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use crate::contract::structure::{Kind, child, is_elsewhere};
use crate::document::Pointer;

/// The dialect of a document's schemas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// OpenAPI 3.0, and Swagger 2.0 rewritten to it.
    OpenApi30,
    /// OpenAPI 3.1: JSON Schema 2020-12.
    OpenApi31,
}

/// The member under which the choice by a discriminator stands.
const DISPATCH: &str = "x-contract-dispatch";

/// Rewrites all schemas of a document.
pub fn rewrite(document: &mut Value, dialect: Dialect) {
    let bases = discriminated(document);
    let mut rewriter = Rewriter { dialect, bases, elsewhere: Vec::new() };
    rewriter.visit(document, Kind::Document, false);
    let mut seen = HashSet::new();
    while let Some((target, kind)) = rewriter.elsewhere.pop() {
        // Rewriting a part twice, alone and within another, changes nothing more.
        if seen.insert(target.clone())
            && let Some(part) = document.pointer_mut(&target)
        {
            rewriter.visit(part, kind, false);
        }
    }
}

/// The component schemas that have a `discriminator` with a `mapping`, but no `oneOf` or `anyOf`:
/// what refers to one of them means the schema that the discriminator names.
fn discriminated(document: &Value) -> Vec<String> {
    let schemas = document.pointer("/components/schemas").and_then(Value::as_object);
    schemas
        .into_iter()
        .flatten()
        .filter(|(_, schema)| is_discriminated(schema))
        .map(|(name, _)| format!("#{}", Pointer::default().join(&["components", "schemas", name])))
        .collect()
}

/// Whether a schema is a base whose discriminator names the schemas that are meant.
pub fn is_discriminated(schema: &Value) -> bool {
    schema.pointer("/discriminator/mapping").is_some()
        && schema.get("oneOf").is_none()
        && schema.get("anyOf").is_none()
}

struct Rewriter {
    dialect: Dialect,
    bases: Vec<String>,
    /// Places outside the structure that references lead to, and what they hold.
    elsewhere: Vec<(String, Kind)>,
}

impl Rewriter {
    /// Goes through a part of the document. Below an `allOf` (`extends`) a reference to a base is the
    /// base itself: the schema that extends it is the one that its discriminator would name.
    fn visit(&mut self, value: &mut Value, kind: Kind, extends: bool) {
        let Value::Object(members) = value else { return };
        let schema = matches!(kind, Kind::Schema | Kind::SchemaPart);
        if let Some(Value::String(reference)) = members.get("$ref") {
            let reference = reference.clone();
            if let Some(target) = reference.strip_prefix('#')
                && is_elsewhere(target)
            {
                self.elsewhere.push((target.to_owned(), kind));
            }
            // What stands beside a reference counts in the schemas of OpenAPI 3.1 only.
            let alone = !schema || self.dialect == Dialect::OpenApi30;
            if schema && alone {
                members.retain(|name, _| name == "$ref");
            }
            if schema && !extends && self.bases.contains(&reference) {
                members.insert("$ref".to_owned(), format!("{reference}/{DISPATCH}").into());
            }
            if alone {
                return;
            }
        }
        if schema && self.dialect == Dialect::OpenApi30 {
            nullable(members);
            exclusive(members, "minimum", "exclusiveMinimum");
            exclusive(members, "maximum", "exclusiveMaximum");
        }
        for (name, member) in members.iter_mut() {
            let Some((kind, named)) = child(kind, name) else { continue };
            match member {
                Value::Object(entries) if named => {
                    for (_, entry) in entries {
                        self.visit(entry, kind, false);
                    }
                }
                Value::Array(items) => {
                    for item in items {
                        self.visit(item, kind, name == "allOf");
                    }
                }
                _ => self.visit(member, kind, false),
            }
        }
        if schema {
            discriminator(members);
        }
    }
}

fn nullable(members: &mut Map<String, Value>) {
    if members.shift_remove("nullable") == Some(Value::Bool(true))
        && let Some(types) = members.get_mut("type")
        && types.is_string()
    {
        *types = json!([types.take(), "null"]);
    }
}

fn exclusive(members: &mut Map<String, Value>, bound: &str, keyword: &str) {
    match members.get(keyword) {
        Some(Value::Bool(true)) => {
            if let Some(limit) = members.shift_remove(bound) {
                members.insert(keyword.to_owned(), limit);
            }
        }
        Some(Value::Bool(false)) => {
            members.shift_remove(keyword);
        }
        _ => {}
    }
}

/// Replaces a `discriminator` by what it means: for each value, the schema it names.
///
/// Beside `oneOf` or `anyOf` whose branches it all names it takes their place, so that a failure is told in terms of the branch
/// that was meant. Without them it stands under [`DISPATCH`], to which references were led.
fn discriminator(members: &mut Map<String, Value>) {
    let Some(discriminator) = members.get("discriminator") else { return };
    let Some(property) = discriminator.get("propertyName").and_then(Value::as_str) else { return };
    let branches = ["oneOf", "anyOf"].into_iter().find(|keyword| members.contains_key(*keyword));
    let cases: Vec<(String, String)> = discriminator
        .get("mapping")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .filter_map(|(value, target)| Some((value.clone(), component(target.as_str()?))))
        .collect();
    if let Some(keyword) = branches {
        // A branch that the mapping does not name goes by the name of its component. Authors rarely
        // mean that, and send another value: such branches are told apart by trying them all.
        let named = |branch: &Value| {
            let reference = branch.get("$ref").and_then(Value::as_str);
            cases.iter().any(|(_, target)| reference == Some(target))
        };
        if !members[keyword].as_array().is_some_and(|branches| branches.iter().all(named)) {
            return;
        }
    }
    if cases.is_empty() {
        return;
    }
    let names: Vec<&str> = cases.iter().map(|(value, _)| value.as_str()).collect();
    let condition = |value: &str| json!({ "properties": { property: { "const": value } } });
    let choice: Vec<Value> = cases
        .iter()
        .map(|(value, target)| json!({ "if": condition(value), "then": { "$ref": target } }))
        .collect();
    let chosen = json!({
        "type": "object",
        "required": [property],
        "properties": { property: { "enum": names } },
        "allOf": choice,
    });
    if let Some(keyword) = branches {
        // As a part of `allOf` its failures are told one by one.
        members.shift_remove(keyword);
        if let Some(parts) = members.entry("allOf").or_insert_with(|| json!([])).as_array_mut() {
            parts.push(chosen);
        }
    } else {
        members.insert(DISPATCH.to_owned(), chosen);
    }
}

fn component(target: &str) -> String {
    if target.contains('#') {
        target.to_owned()
    } else {
        format!("#{}", Pointer::default().join(&["components", "schemas", target]))
    }
}
