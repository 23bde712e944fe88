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
//! | `format: int32` and its like | bounds, marked as such by [`RANGE`] |
//!
//! What is a schema and what only looks like one is told by the structure of the document, also in
//! the other files that it refers to.
//!
//! Nothing moves, so that a pointer into the result leads to the same keyword in the source.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::discriminator::{Bases, DISPATCH, beside_branches, is_choice};
use super::sound;
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

/// The member that lists the keywords which stand for the range of a `format`.
pub const RANGE: &str = "x-contract-range";

/// A document whose schemas were rewritten.
pub struct Normal {
    /// The document.
    pub value: Value,
    /// What makes no sense in its schemas and was left out: the place, and why.
    pub left_out: Vec<(Pointer, String)>,
}

/// A copy of a document in which all schemas are rewritten.
#[must_use]
pub fn normal(document: &Value, dialect: Dialect) -> Normal {
    let mut value = document.clone();
    let left_out = rewrite(&mut value, dialect);
    Normal { value, left_out }
}

/// Rewrites all schemas of a document; tells what makes no sense in them and was left out.
pub fn rewrite(document: &mut Value, dialect: Dialect) -> Vec<(Pointer, String)> {
    let mut rewriter = Rewriter {
        dialect,
        bases: Bases::new(document),
        elsewhere: Vec::new(),
        at: Pointer::default(),
        left_out: Vec::new(),
    };
    rewriter.visit(document, Kind::Document, Role::Inline);
    let mut seen = HashSet::new();
    while let Some((target, kind)) = rewriter.elsewhere.pop() {
        // Rewriting a part twice, alone and within another, changes nothing more.
        if seen.insert(target.clone())
            && let Some(part) = document.pointer_mut(&target)
        {
            rewriter.at = Pointer::new(target);
            rewriter.visit(part, kind, Role::Named);
        }
    }
    rewriter.left_out
}

/// What a schema is to the one around it; it tells whether a reference to a base in it means the
/// base, or the schema that the base's discriminator names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// It has a name: a discriminator may name it, so that its base is but a base.
    Named,
    /// A part of an `allOf` that extends a base by more.
    Part,
    /// Anything else.
    Inline,
}

impl Role {
    /// The role of the parts of the schema's `allOf`. An `allOf` with one part and nothing else is how
    /// OpenAPI 3.0 writes a description beside a reference.
    fn of_parts(self, members: &Map<String, Value>) -> Self {
        let lone = members.get("allOf").and_then(Value::as_array).is_some_and(|p| p.len() == 1);
        if self == Self::Inline && lone && !members.contains_key("properties") {
            Self::Inline
        } else {
            Self::Part
        }
    }
}

struct Rewriter {
    dialect: Dialect,
    bases: Bases,
    /// Places outside the structure that references lead to, and what they hold.
    elsewhere: Vec<(String, Kind)>,
    /// Where we are.
    at: Pointer,
    /// What makes no sense and was left out.
    left_out: Vec<(Pointer, String)>,
}

impl Rewriter {
    /// Goes through a part of the document.
    fn visit(&mut self, value: &mut Value, kind: Kind, role: Role) {
        let Value::Object(members) = value else { return };
        let schema = matches!(kind, Kind::Schema | Kind::SchemaPart);
        if schema && is_choice(members) {
            return;
        }
        if schema && let Some(reference) = members.shift_remove("$dynamicRef") {
            // Documents extend no schemas of others, so that it leads where a `$ref` would.
            members.entry("$ref").or_insert(reference);
        }
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
            if schema
                && role != Role::Part
                && let Some(choice) = self.bases.lead(&reference)
            {
                members.insert("$ref".to_owned(), choice.into());
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
        if schema {
            sound::mend(members, &self.at, &mut self.left_out);
            range(members);
        }
        let choice = if schema { beside_branches(members) } else { None };
        let parts = role.of_parts(members);
        let len = self.at.len();
        for (name, member) in members.iter_mut() {
            let Some((kind, named)) = child(kind, name) else { continue };
            self.at.push(name);
            match member {
                Value::Object(entries) if named => {
                    // `components.schemas`, whose entries have names to refer to.
                    let role = if schema { Role::Inline } else { Role::Named };
                    let len = self.at.len();
                    for (name, entry) in entries {
                        self.at.push(name);
                        self.visit(entry, kind, role);
                        self.at.truncate(len);
                    }
                }
                Value::Array(items) => {
                    let role = if name == "allOf" { parts } else { Role::Inline };
                    let len = self.at.len();
                    for (index, item) in items.iter_mut().enumerate() {
                        self.at.push_index(index);
                        self.visit(item, kind, role);
                        self.at.truncate(len);
                    }
                }
                _ => self.visit(member, kind, Role::Inline),
            }
            self.at.truncate(len);
        }
        if !schema {
            return;
        }
        if let Some((keyword, choice)) = choice {
            members.shift_remove(keyword);
            let parts = members.entry("allOf").or_insert_with(|| json!([]));
            if let Value::Array(parts) = parts {
                parts.push(choice);
            }
        } else if let Some(choice) = self.bases.choice(&self.at, members) {
            members.insert(DISPATCH.to_owned(), choice);
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
        Some(Value::Bool(true)) => match members.shift_remove(bound) {
            Some(limit) => {
                members.insert(keyword.to_owned(), limit);
            }
            // Without a bound there is nothing to exclude.
            None => {
                members.shift_remove(keyword);
            }
        },
        Some(Value::Bool(false)) => {
            members.shift_remove(keyword);
        }
        _ => {}
    }
}

/// Formats of numbers are ranges; the validator knows formats of strings only.
fn range(members: &mut Map<String, Value>) {
    let limits = match members.get("format").and_then(Value::as_str) {
        Some("int32") => [json!(i32::MIN), json!(i32::MAX)],
        Some("int64") => [json!(i64::MIN), json!(i64::MAX)],
        Some("float") => [json!(f32::MIN), json!(f32::MAX)],
        _ => return,
    };
    let mut added = Vec::new();
    for (keyword, limit) in ["minimum", "maximum"].into_iter().zip(limits) {
        // A bound of the schema's own is narrower, or makes no sense.
        if !members.contains_key(keyword) {
            members.insert(keyword.to_owned(), limit);
            added.push(keyword);
        }
    }
    let whole = members.get("format").is_some_and(|format| format != "float");
    let fractions = members.get("type").is_some_and(|types| match types {
        Value::Array(names) => {
            names.iter().any(|name| name == "number") && !names.iter().any(|n| n == "integer")
        }
        name => name == "number",
    });
    if whole && fractions && !members.contains_key("multipleOf") {
        members.insert("multipleOf".to_owned(), json!(1));
        added.push("multipleOf");
    }
    if !added.is_empty() {
        members.insert(RANGE.to_owned(), json!(added));
    }
}
