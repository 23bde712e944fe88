//! The fields of a schema, by place, with what is declared of each.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::contract::Contract;
use crate::contract::schema::{Node, SchemaId};
use crate::finding::push_member;

/// What is declared of a field.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Field {
    /// Whether null is allowed; `None` where any type is.
    pub nullable: Option<bool>,
    /// The types besides null; empty where any type is allowed.
    pub types: BTreeSet<&'static str>,
    /// The values it may have, as JSON, null left out; empty where it may have any.
    pub values: BTreeSet<String>,
}

/// All fields of a schema by their generic places; the empty place is the value itself.
pub fn fields(contract: &Contract, schema: SchemaId) -> BTreeMap<String, Field> {
    let mut all = BTreeMap::new();
    let document = contract.schemas.document(contract.schemas.place(schema).0);
    let declared = &contract.schemas.get(schema).declared;
    let mut open = vec![(0, String::new(), Vec::new())];
    while let Some((number, place, above)) = open.pop() {
        let node = declared.node(number);
        all.insert(place.clone(), field(document, node));
        // A schema that contains itself says nothing new further down.
        if above.contains(&number) {
            continue;
        }
        let mut above: Vec<usize> = above;
        above.push(number);
        for (name, &child) in &node.properties {
            let mut member = place.clone();
            push_member(&mut member, name);
            open.push((child, member, above.clone()));
        }
        if let Some(child) = node.items {
            open.push((child, format!("{place}[]"), above.clone()));
        }
        if let Some(child) = node.additional {
            open.push((child, format!("{place}{{}}"), above));
        }
    }
    all
}

fn field(document: &Value, node: &Node) -> Field {
    let mut field = Field::default();
    if let Some(types) = node.types {
        field.nullable = Some(types.has("null"));
        let names = ["boolean", "integer", "number", "string", "array", "object"];
        field.types = names.into_iter().filter(|name| types.has(name)).collect();
        // Every integer is a number.
        if field.types.contains("number") {
            field.types.remove("integer");
        }
    }
    let mut listed: Option<BTreeSet<String>> = Some(BTreeSet::new());
    for source in &node.sources {
        let values = document.pointer(source).and_then(|schema| values(document, schema, 0));
        listed = listed.zip(values).map(|(mut all, values)| {
            all.extend(values);
            all
        });
    }
    field.values = listed.unwrap_or_default();
    field
}

/// The values that a schema lists; `None` if it allows others.
fn values(document: &Value, schema: &Value, depth: usize) -> Option<BTreeSet<String>> {
    if depth > 16 {
        return None;
    }
    let get = |name: &str| schema.get(name);
    if let Some(Value::Array(values)) = get("enum") {
        return Some(values.iter().filter(|v| !v.is_null()).map(Value::to_string).collect());
    }
    if let Some(value) = get("const") {
        return Some(BTreeSet::from([value.to_string()]));
    }
    if let Some(reference) = get("$ref").and_then(Value::as_str) {
        let target = document.pointer(reference.trim_start_matches('#'))?;
        return values(document, target, depth + 1);
    }
    if let Some(Value::Array(parts)) = get("allOf") {
        return parts.iter().find_map(|part| values(document, part, depth + 1));
    }
    let branches = get("oneOf").or(get("anyOf")).and_then(Value::as_array)?;
    let mut all = BTreeSet::new();
    for branch in branches {
        if branch.get("type").is_some_and(|t| t == "null") {
            continue;
        }
        all.extend(values(document, branch, depth + 1)?);
    }
    Some(all)
}
