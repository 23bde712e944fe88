//! Two contracts held against each other: what one describes and the other does not.

use std::collections::{BTreeMap, BTreeSet};

use super::fields::{Field, fields};
use crate::contract::model::{MediaType, Response};
use crate::contract::schema::SchemaId;
use crate::contract::{Contract, Operation};

/// One difference between two contracts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    /// The operation, `GET /datasets/{dataset_id}`.
    pub operation: String,
    /// Where in it: `response 200 application/json /data[]/name`.
    pub place: String,
    /// What differs: `added`, `removed`, `nullable`, `type`, `enum`, `required`, `code`.
    pub kind: &'static str,
    /// What the first contract says.
    pub before: String,
    /// What the second says.
    pub after: String,
}

/// Everything in which the second contract differs from the first: operations, parameters, fields of
/// bodies and events, their types and listed values, statuses, media types and error codes. Where
/// several documents of a contract describe an operation, the first of them counts.
#[must_use]
pub fn differences(before: &Contract, after: &Contract) -> Vec<Difference> {
    let mut all = Vec::new();
    let (old, new) = (operations(before), operations(after));
    for id in old.keys().chain(new.keys()).collect::<BTreeSet<_>>() {
        match (old.get(id), new.get(id)) {
            (Some(old), Some(new)) => {
                let mut comparison = Comparison { before, after, id, all: &mut all };
                comparison.operation(old, new);
            }
            (old, _) => all.push(Difference {
                operation: (*id).to_owned(),
                place: "operation".to_owned(),
                kind: if old.is_some() { "removed" } else { "added" },
                before: String::new(),
                after: String::new(),
            }),
        }
    }
    all.sort();
    all
}

fn operations(contract: &Contract) -> BTreeMap<&str, &Operation> {
    let first = |(id, variants): (_, Vec<_>)| Some((id, *variants.first()?));
    contract.by_id().into_iter().filter_map(first).collect()
}

struct Comparison<'c> {
    before: &'c Contract,
    after: &'c Contract,
    id: &'c str,
    all: &'c mut Vec<Difference>,
}

impl Comparison<'_> {
    fn operation(&mut self, old: &Operation, new: &Operation) {
        self.parameters(old, new);
        let body = |operation: &Operation| {
            operation.request_body.as_ref().map(|body| body.content.clone()).unwrap_or_default()
        };
        self.content("request body", &body(old), &body(new));
        let statuses = |operation: &Operation| -> BTreeMap<String, Response> {
            operation.responses.iter().map(|r| (r.statuses.to_string(), r.clone())).collect()
        };
        let (old, new) = (statuses(old), statuses(new));
        for status in old.keys().chain(new.keys()).collect::<BTreeSet<_>>() {
            let place = format!("response {status}");
            match (old.get(status), new.get(status)) {
                (Some(old), Some(new)) => {
                    self.sets(&place, "code", &old.codes, &new.codes);
                    // Error bodies are an envelope that some documents leave to examples.
                    if !status.starts_with(['4', '5']) {
                        self.content(&place, &old.content, &new.content);
                    }
                }
                (old, _) => self.presence(&place, old.is_some()),
            }
        }
    }

    fn parameters(&mut self, old: &Operation, new: &Operation) {
        let by_name = |operation: &Operation| -> BTreeMap<String, (bool, Option<SchemaId>)> {
            let named = operation.parameters.iter().map(|p| {
                let name = format!("{} parameter {}", p.location.word(), p.name);
                (name, (p.required, p.schema))
            });
            named.collect()
        };
        let (old, new) = (by_name(old), by_name(new));
        for name in old.keys().chain(new.keys()).collect::<BTreeSet<_>>() {
            match (old.get(name), new.get(name)) {
                (Some((was, old)), Some((is, new))) => {
                    if was != is {
                        self.add(name, "required", was.to_string(), is.to_string());
                    }
                    self.schemas(name, *old, *new);
                }
                (old, _) => self.presence(name, old.is_some()),
            }
        }
    }

    fn content(&mut self, place: &str, old: &[MediaType], new: &[MediaType]) {
        let find = |list: &[MediaType], name: &str| list.iter().find(|m| m.name == name).cloned();
        let names: BTreeSet<&str> = old.iter().chain(new).map(|m| m.name.as_str()).collect();
        for name in names {
            let place = format!("{place} {name}");
            match (find(old, name), find(new, name)) {
                (Some(old), Some(new)) => self.media_type(&place, &old, &new),
                (old, _) => self.presence(&place, old.is_some()),
            }
        }
    }

    fn media_type(&mut self, place: &str, old: &MediaType, new: &MediaType) {
        let (Some(was), Some(is)) = (&old.stream, &new.stream) else {
            self.schemas(place, old.schema, new.schema);
            return;
        };
        for name in was.events.keys().chain(is.events.keys()).collect::<BTreeSet<_>>() {
            let place = format!("{place} event {name}");
            match (was.events.get(name), is.events.get(name)) {
                (Some(old), Some(new)) => self.schemas(&place, Some(*old), Some(*new)),
                (old, _) => self.presence(&place, old.is_some()),
            }
        }
    }

    fn schemas(&mut self, place: &str, old: Option<SchemaId>, new: Option<SchemaId>) {
        let all = |contract, schema: Option<SchemaId>| {
            schema.map(|schema| fields(contract, schema)).unwrap_or_default()
        };
        let (old, new) = (all(self.before, old), all(self.after, new));
        for pointer in old.keys().chain(new.keys()).collect::<BTreeSet<_>>() {
            let place =
                if pointer.is_empty() { place.to_owned() } else { format!("{place} {pointer}") };
            match (old.get(pointer), new.get(pointer)) {
                (Some(old), Some(new)) => self.fields(&place, old, new),
                // What is below something that is not there is not there either.
                (Some(_), None) if has_parent(pointer, &new) => self.presence(&place, true),
                (None, Some(_)) if has_parent(pointer, &old) => self.presence(&place, false),
                _ => {}
            }
        }
    }

    fn fields(&mut self, place: &str, old: &Field, new: &Field) {
        if let (Some(was), Some(is)) = (old.nullable, new.nullable)
            && was != is
        {
            self.add(place, "nullable", was.to_string(), is.to_string());
        }
        if old.types != new.types {
            let words =
                |types: &BTreeSet<&str>| types.iter().copied().collect::<Vec<_>>().join(" ");
            self.add(place, "type", words(&old.types), words(&new.types));
        }
        let list = |values: &BTreeSet<String>| values.iter().cloned().collect::<Vec<_>>();
        self.sets(place, "enum", &list(&old.values), &list(&new.values));
    }

    fn sets(&mut self, place: &str, kind: &'static str, old: &[String], new: &[String]) {
        if old != new {
            self.add(place, kind, old.join(" "), new.join(" "));
        }
    }

    fn presence(&mut self, place: &str, was: bool) {
        self.add(place, if was { "removed" } else { "added" }, String::new(), String::new());
    }

    fn add(&mut self, place: &str, kind: &'static str, before: String, after: String) {
        let (operation, place) = (self.id.to_owned(), place.to_owned());
        self.all.push(Difference { operation, place, kind, before, after });
    }
}

/// Whether the field around a field is among the fields.
fn has_parent(pointer: &str, fields: &BTreeMap<String, Field>) -> bool {
    let end = pointer.rfind(['/', '[', '{']).unwrap_or(0);
    fields.contains_key(pointer.get(..end).unwrap_or_default())
}
