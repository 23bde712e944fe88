//! Shapes: what values were seen, of which types, with which members. Shapes add up: merging is
//! associative and commutative, so that recordings and threads can be merged in any order.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// An object with more different members than this is taken for a map with free names.
const MAX_MEMBERS: usize = 256;

/// A string with more different values than this is taken for free text.
const MAX_VALUES: usize = 16;

/// A string longer than this is taken for free text.
const MAX_VALUE_LENGTH: usize = 64;

/// What is nested more deeply than this is not looked into.
const MAX_DEPTH: usize = 40;

/// What was observed of an operation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperationShape {
    /// How many answers there were. Reports tell it beside the shape.
    #[serde(skip)]
    pub exchanges: u64,
    /// What was seen under each status.
    pub statuses: BTreeMap<u16, StatusShape>,
}

/// What was observed of a status.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusShape {
    /// How many answers had it.
    pub count: u64,
    /// The bodies, by media type without parameters; empty for none.
    pub bodies: BTreeMap<String, BodyShape>,
}

/// What was observed of bodies of one media type.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BodyShape {
    /// How many there were.
    pub count: u64,
    /// The values, if they were JSON.
    pub value: ValueShape,
    /// The events by name, if they were event streams.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub events: BTreeMap<String, ValueShape>,
}

/// What was observed of a value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ValueShape {
    /// How many values there were.
    pub count: u64,
    /// How many of each JSON type: null, boolean, integer, number, string, array, object.
    pub types: [u64; 7],
    /// The members of objects, in the order in which they were seen first; empty if there were so many
    /// names that they are free.
    pub members: IndexMap<String, ValueShape>,
    /// The members of an object with free names, all together.
    pub free: Option<Box<ValueShape>>,
    /// The items of arrays, all together.
    pub items: Option<Box<ValueShape>>,
    /// The values of strings, if there were few and short ones.
    pub values: BTreeSet<String>,
    /// Whether there were too many values, or too long ones, to be kept.
    pub free_text: bool,
}

impl ValueShape {
    /// Adds a value.
    pub fn add(&mut self, value: &Value) {
        self.add_at(value, 0);
    }

    fn add_at(&mut self, value: &Value, depth: usize) {
        self.count += 1;
        self.types[type_index(value)] += 1;
        match value {
            Value::String(text) => self.add_text(text),
            // Nothing is known of its members, so none of them can be missed.
            Value::Object(_) if depth == MAX_DEPTH => self.free_members(),
            Value::Array(_) if depth == MAX_DEPTH => {}
            Value::Array(items) => {
                let shape = self.items.get_or_insert_default();
                for item in items {
                    shape.add_at(item, depth + 1);
                }
            }
            Value::Object(members) => {
                for (number, (name, member)) in members.iter().enumerate() {
                    // Most objects have the members of others before them, in the same order.
                    match self.members.get_index_mut(number) {
                        Some((known, shape)) if known == name => shape.add_at(member, depth + 1),
                        _ => self.member(name).add_at(member, depth + 1),
                    }
                }
                self.limit_members();
            }
            _ => {}
        }
    }

    /// How many objects there were.
    #[must_use]
    pub fn objects(&self) -> u64 {
        self.types[6]
    }

    /// Adds what another shape saw.
    pub fn merge(&mut self, other: Self) {
        self.count += other.count;
        for (ours, theirs) in self.types.iter_mut().zip(other.types) {
            *ours += theirs;
        }
        for (name, theirs) in other.members {
            self.member(&name).merge(theirs);
        }
        if let Some(free) = other.free {
            self.free_members();
            self.free.get_or_insert_default().merge(*free);
        }
        self.limit_members();
        if let Some(items) = other.items {
            self.items.get_or_insert_default().merge(*items);
        }
        self.free_text |= other.free_text;
        self.values.extend(other.values);
        self.limit_values();
    }

    fn member(&mut self, name: &str) -> &mut Self {
        if self.free.is_some() {
            return self.free.get_or_insert_default();
        }
        // Most names are known, and looking one up costs no copy of it.
        let number = self
            .members
            .get_index_of(name)
            .unwrap_or_else(|| self.members.insert_full(name.to_owned(), Self::default()).0);
        &mut self.members[number]
    }

    fn limit_members(&mut self) {
        if self.members.len() > MAX_MEMBERS {
            self.free_members();
        }
    }

    fn free_members(&mut self) {
        let mut free = self.free.take().unwrap_or_default();
        for (_, member) in std::mem::take(&mut self.members) {
            free.merge(member);
        }
        self.free = Some(free);
    }

    fn add_text(&mut self, text: &str) {
        if self.free_text {
            return;
        }
        if text.len() > MAX_VALUE_LENGTH {
            self.free_text = true;
        } else if self.values.contains(text) {
            return;
        } else {
            self.values.insert(text.to_owned());
        }
        self.limit_values();
    }

    fn limit_values(&mut self) {
        self.free_text |= self.values.len() > MAX_VALUES;
        if self.free_text {
            self.values.clear();
        }
    }
}

impl OperationShape {
    /// Adds what another shape saw.
    pub fn merge(&mut self, other: Self) {
        self.exchanges += other.exchanges;
        for (status, theirs) in other.statuses {
            let ours = self.statuses.entry(status).or_default();
            ours.count += theirs.count;
            for (media_type, theirs) in theirs.bodies {
                let ours = ours.bodies.entry(media_type).or_default();
                ours.count += theirs.count;
                ours.value.merge(theirs.value);
                for (name, event) in theirs.events {
                    ours.events.entry(name).or_default().merge(event);
                }
            }
        }
    }
}

fn type_index(value: &Value) -> usize {
    match value {
        Value::Null => 0,
        Value::Bool(_) => 1,
        Value::Number(number) => {
            if number.is_f64() {
                3
            } else {
                2
            }
        }
        Value::String(_) => 4,
        Value::Array(_) => 5,
        Value::Object(_) => 6,
    }
}
