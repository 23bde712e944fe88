//! The places in answers where a fault can act, as a run without faults has shown them.

use std::collections::BTreeMap;

use dify_contract::contract::Contract;
use dify_contract::contract::model::Operation;
use dify_contract::contract::schema::{Declared, Node, SchemaId};
use dify_contract::observe::{OperationShape, ValueShape};
use serde_json::Value;

/// The names of the types, in the order in which shapes count them.
const TYPES: [&str; 7] = ["null", "boolean", "integer", "number", "string", "array", "object"];

/// A place in the successful answers of an operation, or in the data of its events.
#[derive(Default)]
pub struct Place<'c> {
    /// What the documents say of it, once for each answer and event that has it.
    pub declared: Vec<Said<'c>>,
    /// How many values of each type were seen.
    types: [u64; 7],
}

/// What a schema says of a place.
pub struct Said<'c> {
    pub node: &'c Node,
    /// The schemas as they are written.
    pub raw: Vec<&'c Value>,
}

impl Place<'_> {
    pub fn saw(&self, name: &str) -> bool {
        TYPES.iter().zip(self.types).any(|(known, count)| *known == name && count > 0)
    }

    /// Whether no schema allows this type.
    pub fn forbids(&self, name: &str) -> bool {
        let mut types = self.declared.iter().map(|said| said.node.types);
        !self.declared.is_empty() && types.all(|types| types.is_some_and(|types| !types.has(name)))
    }

    /// Whether a schema says one of these words of it.
    pub fn says(&self, words: &[&str]) -> bool {
        let raw = self.declared.iter().flat_map(|said| &said.raw);
        { raw }.any(|raw| words.iter().any(|word| raw.get(*word).is_some()))
    }

    /// Whether its values are listed.
    pub fn lists_values(&self) -> bool {
        self.says(&["enum", "const"]) || self.declared.iter().any(|said| said.node.prose.is_some())
    }

    /// Whether it is written in a form that `!?` before it breaks: it may begin a relative URL.
    pub fn has_form(&self) -> bool {
        let mut raw = self.declared.iter().flat_map(|said| &said.raw);
        raw.any(|raw| {
            raw.get("pattern").is_some()
                || raw
                    .get("format")
                    .is_some_and(|format| format != "uri-reference" && format != "binary")
        })
    }

    /// Whether no member may be added to it.
    pub fn is_closed(&self) -> bool {
        !self.declared.is_empty()
            && self.declared.iter().all(|said| {
                !said.node.open
                    && said.node.additional.is_none()
                    && !said.node.properties.is_empty()
            })
    }
}

/// All places by pointer, as faults take it: `/data[]/name`.
pub type Places<'c> = BTreeMap<String, Place<'c>>;

/// The places of an operation.
pub fn of<'c>(
    contract: &'c Contract,
    operation: &'c Operation,
    shape: &OperationShape,
) -> Places<'c> {
    let mut places = Places::new();
    for (&status, seen) in shape.statuses.iter().filter(|(status, _)| (200..300).contains(*status))
    {
        let Some(response) = operation.response(status) else { continue };
        for content in &response.content {
            let Some(body) = seen.bodies.get(&content.name) else { continue };
            if let Some(rules) = &content.stream {
                for (name, shape) in &body.events {
                    let schema = rules.events.get(name).copied();
                    add(contract, schema, shape, &mut places);
                }
            } else {
                add(contract, content.schema, &body.value, &mut places);
            }
        }
    }
    places
}

fn add<'c>(
    contract: &'c Contract,
    schema: Option<SchemaId>,
    shape: &ValueShape,
    places: &mut Places<'c>,
) {
    if shape.count == 0 {
        return;
    }
    let known = schema.map(|schema| {
        let document = contract.schemas.place(schema).0;
        let value = &contract.documents[document].bundle.value;
        (&contract.schemas.get(schema).declared, value)
    });
    walk(known, Some(0), shape, String::new(), places);
}

type Known<'c> = Option<(&'c Declared, &'c Value)>;

fn walk<'c>(
    known: Known<'c>,
    number: Option<usize>,
    shape: &ValueShape,
    pointer: String,
    places: &mut Places<'c>,
) {
    let node = known.zip(number).map(|((declared, value), number)| (declared.node(number), value));
    let place = places.entry(pointer.clone()).or_default();
    for (sum, count) in place.types.iter_mut().zip(shape.types) {
        *sum += count;
    }
    if let Some((node, value)) = node {
        let raw = node.sources.iter().filter_map(|source| value.pointer(source)).collect();
        place.declared.push(Said { node, raw });
    }
    for (name, member) in &shape.members {
        // What is not declared is data.
        let Some((node, _)) = node else { continue };
        let Some(child) = node.properties.get(name) else { continue };
        let name = name.replace('~', "~0").replace('/', "~1");
        walk(known, Some(*child), member, format!("{pointer}/{name}"), places);
    }
    if let Some(items) = &shape.items {
        let child = node.and_then(|(node, _)| node.items);
        walk(known, child, items, format!("{pointer}[]"), places);
    }
}
