//! The way through a document: every schema, and every reference, with its place.
//!
//! The way follows the table in `contract/structure.rs`.

use std::collections::HashSet;

use serde_json::{Map, Value};

use crate::contract::schema::Dialect;
use crate::contract::structure::{Kind, child, is_elsewhere};
use crate::document::Pointer;

/// A schema of a document; `true` and `false` are left out.
#[derive(Debug, Clone)]
pub struct Node<'c> {
    /// Number of the document.
    pub document: usize,
    /// Where it stands.
    pub pointer: String,
    /// The schema, as it stands there.
    pub schema: &'c Map<String, Value>,
    /// Whether it only adds to the schema around it: a branch, a part, a condition.
    pub part: bool,
}

/// A reference of a document: a `$ref`, or a target in a discriminator's mapping.
#[derive(Debug, Clone)]
pub struct Reference {
    /// Number of the document.
    pub document: usize,
    /// Where what has the reference stands.
    pub pointer: String,
    /// What it refers to.
    pub target: String,
}

/// Everything that was found on the way through a document.
#[derive(Debug, Default)]
pub struct Found<'c> {
    /// The schemas, in the document's order.
    pub nodes: Vec<Node<'c>>,
    /// The references, in the document's order.
    pub references: Vec<Reference>,
}

/// Goes through a document; parts that `own` refuses are left out.
pub fn walk<'c>(
    document: usize,
    value: &'c Value,
    dialect: Dialect,
    own: &dyn Fn(&str) -> bool,
) -> Found<'c> {
    let mut walker = Walker {
        document,
        dialect,
        own,
        found: Found::default(),
        elsewhere: Vec::new(),
        seen: HashSet::new(),
    };
    walker.visit(value, Kind::Document, &mut Pointer::default());
    // Parts that stand in other files, or in extensions, are of the kind that the reference to
    // them asks for.
    while let Some((target, kind)) = walker.elsewhere.pop() {
        let mut at = Pointer::new(target);
        if let Some(part) = at.clone().resolve(value)
            && walker.seen.insert(at.as_str().to_owned())
        {
            walker.visit(part, kind, &mut at);
        }
    }
    walker.found
}

struct Walker<'c, 'f> {
    document: usize,
    dialect: Dialect,
    own: &'f dyn Fn(&str) -> bool,
    found: Found<'c>,
    elsewhere: Vec<(String, Kind)>,
    seen: HashSet<String>,
}

impl<'c> Walker<'c, '_> {
    fn visit(&mut self, value: &'c Value, kind: Kind, at: &mut Pointer) {
        let Value::Object(members) = value else { return };
        if !(self.own)(at.as_str()) {
            return;
        }
        let schema = matches!(kind, Kind::Schema | Kind::SchemaPart);
        if schema {
            let pointer = at.as_str().to_owned();
            let part = kind == Kind::SchemaPart;
            self.found.nodes.push(Node { document: self.document, pointer, schema: members, part });
        }
        if let Some(target) = members.get("$ref").and_then(Value::as_str) {
            let target = self.refer(at, target);
            if is_elsewhere(&target) {
                let kind = if kind == Kind::SchemaPart { Kind::Schema } else { kind };
                self.elsewhere.push((target, kind));
            }
            // What stands beside a reference counts in the schemas of OpenAPI 3.1 only.
            if !schema || self.dialect == Dialect::OpenApi30 {
                return;
            }
        }
        if schema && let Some(mapping) = members.get("discriminator").and_then(|d| d.get("mapping"))
        {
            for target in mapping.as_object().into_iter().flatten().filter_map(|(_, t)| t.as_str())
            {
                self.refer(at, target);
            }
        }
        let len = at.len();
        for (name, member) in members {
            let Some((kind, named)) = child(kind, name) else { continue };
            at.push(name);
            match member {
                Value::Object(entries) if named => {
                    let extensible = matches!(kind, Kind::PathItem | Kind::Response);
                    let inner = at.len();
                    for (name, entry) in entries {
                        if !(extensible && name.starts_with("x-")) {
                            at.push(name);
                            self.visit(entry, kind, at);
                            at.truncate(inner);
                        }
                    }
                }
                Value::Array(items) => {
                    let inner = at.len();
                    for (index, item) in items.iter().enumerate() {
                        at.push_index(index);
                        self.visit(item, kind, at);
                        at.truncate(inner);
                    }
                }
                _ => self.visit(member, kind, at),
            }
            at.truncate(len);
        }
    }

    /// Notes a reference, and returns the pointer that it means.
    fn refer(&mut self, at: &Pointer, target: &str) -> String {
        let target = match target.strip_prefix('#') {
            Some(pointer) => pointer.to_owned(),
            // A mapping may give the bare name of a component.
            None => Pointer::default().join(&["components", "schemas", target]).into_string(),
        };
        let (document, pointer) = (self.document, at.as_str().to_owned());
        self.found.references.push(Reference { document, pointer, target: target.clone() });
        target
    }
}
