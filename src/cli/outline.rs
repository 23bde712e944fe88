//! A schema in a few lines: one for each place, written as in findings (`/data[]/name`).

use serde_json::Value;

use crate::contract::schema::{Declared, Node, SchemaId, Schemas, TypeSet};

/// At most this many values of an `enum` are shown.
const VALUES: usize = 8;

/// At most this many lines, however deep and wide the schema is.
const LINES: usize = 2000;

/// The types in the order in which they are shown.
const TYPES: [&str; 6] = ["object", "array", "string", "number", "boolean", "null"];

/// A place in a schema, and what is promised there.
pub struct Line {
    /// The place, as in findings; empty for the value as a whole.
    pub place: String,
    /// Its types, format, values, and whether it is required.
    pub words: String,
}

/// The places of a schema down to a depth.
pub fn lines(schemas: &Schemas, id: SchemaId, depth: usize) -> Vec<Line> {
    let (document, _) = schemas.place(id);
    let mut outline = Outline {
        document: schemas.document(document),
        declared: &schemas.get(id).declared,
        above: Vec::new(),
        lines: Vec::new(),
    };
    outline.visit(0, "", false, depth);
    outline.lines
}

/// The schema in a few words, as for a parameter.
pub fn words(schemas: &Schemas, id: SchemaId) -> String {
    lines(schemas, id, 0).into_iter().next().map(|line| line.words).unwrap_or_default()
}

struct Outline<'s> {
    document: &'s Value,
    declared: &'s Declared,
    /// The nodes between the root and here: a schema may contain itself.
    above: Vec<usize>,
    lines: Vec<Line>,
}

impl Outline<'_> {
    fn visit(&mut self, number: usize, place: &str, required: bool, depth: usize) {
        let node = if number == 0 { self.declared.root() } else { self.declared.node(number) };
        let leaf = node.properties.is_empty() && node.items.is_none() && node.additional.is_none();
        let recursive = self.above.contains(&number);
        let hidden = !leaf && (depth == 0 || recursive);
        let mut words = self.words(node);
        if required {
            words.push_str(", required");
        }
        if recursive {
            words.push_str(", contains itself");
        } else if hidden {
            words.push_str(" …");
        }
        self.lines.push(Line { place: place.to_owned(), words });
        if hidden || self.lines.len() >= LINES {
            return;
        }
        self.above.push(number);
        for (name, &child) in &node.properties {
            let required = node.required.contains(name);
            let name = name.replace('~', "~0").replace('/', "~1");
            self.visit(child, &format!("{place}/{name}"), required, depth - 1);
        }
        for (child, mark) in [(node.items, "[]"), (node.additional, "{}")] {
            if let Some(child) = child {
                // An item is no deeper than its list: `/data[]/name` is two levels.
                self.visit(child, &format!("{place}{mark}"), false, depth);
            }
        }
        self.above.pop();
    }

    fn words(&self, node: &Node) -> String {
        let mut words = types(node.types);
        let keyword = |name: &str| node.sources.iter().find_map(|at| self.keyword(at, name));
        if let Some(format) = keyword("format").and_then(Value::as_str) {
            words = format!("{words} ({format})");
        }
        if let Some(Value::Array(values)) = keyword("enum") {
            let shown = values.iter().take(VALUES).map(ToString::to_string).collect::<Vec<_>>();
            let more = if values.len() > VALUES { ", …" } else { "" };
            words = format!("{words}: {}{more}", shown.join(" | "));
        } else if let Some((values, _)) = &node.prose {
            let shown = values.iter().take(VALUES).map(|v| format!("`{v}`")).collect::<Vec<_>>();
            let more = if values.len() > VALUES { ", …" } else { "" };
            words = format!("{words}, described as {}{more}", shown.join(" | "));
        }
        words
    }

    /// A keyword of the schema at a pointer, behind references.
    fn keyword(&self, pointer: &str, name: &str) -> Option<&Value> {
        let mut schema = self.document.pointer(pointer)?;
        for _ in 0..32 {
            if let Some(value) = schema.get(name) {
                return Some(value);
            }
            let target = schema.get("$ref")?.as_str()?;
            schema = self.document.pointer(target.trim_start_matches('#'))?;
        }
        None
    }
}

fn types(types: Option<TypeSet>) -> String {
    let Some(set) = types else { return "any value".to_owned() };
    let mut words: Vec<&str> = TYPES.into_iter().filter(|name| set.has(name)).collect();
    if set.has("integer") && !set.has("number") {
        words.insert(0, "integer");
    }
    if words.is_empty() { "no value".to_owned() } else { words.join(" or ") }
}
