//! Shapes as reports tell them, and read again.

use std::collections::{BTreeMap, BTreeSet};

use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::ValueShape;

/// The names of the types, in the order in which they are counted.
const TYPES: [&str; 7] = ["null", "boolean", "integer", "number", "string", "array", "object"];

impl Serialize for ValueShape {
    /// What is empty is left out: most values have one type and nothing in them.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // How many there were follows from the types.
        let Self { count: _, types, members, free, items, values, free_text } = self;
        let counted = TYPES.iter().zip(types).filter(|(_, count)| **count > 0);
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("types", &counted.collect::<BTreeMap<_, _>>())?;
        if !members.is_empty() {
            // In alphabetical order, whoever saw which of them first.
            map.serialize_entry("members", &members.iter().collect::<BTreeMap<_, _>>())?;
        }
        if let Some(free) = free {
            map.serialize_entry("free", free)?;
        }
        if let Some(items) = items {
            map.serialize_entry("items", items)?;
        }
        if !values.is_empty() {
            map.serialize_entry("values", values)?;
        }
        if *free_text {
            map.serialize_entry("free_text", free_text)?;
        }
        map.end()
    }
}

/// A shape as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    types: BTreeMap<String, u64>,
    #[serde(default)]
    members: BTreeMap<String, ValueShape>,
    #[serde(default)]
    free: Option<Box<ValueShape>>,
    #[serde(default)]
    items: Option<Box<ValueShape>>,
    #[serde(default)]
    values: BTreeSet<String>,
    #[serde(default)]
    free_text: bool,
}

impl<'de> Deserialize<'de> for ValueShape {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = Written::deserialize(deserializer)?;
        let mut types = [0; 7];
        let mut count: u64 = 0;
        for (name, number) in written.types {
            let place = TYPES.iter().position(|known| *known == name);
            let Some(slot) = place.and_then(|place| types.get_mut(place)) else {
                let all = TYPES.join(", ");
                let text = format!("there is no type `{name}`; the types are {all}");
                return Err(serde::de::Error::custom(text));
            };
            *slot = number;
            count = count.saturating_add(number);
        }
        let Written { members, free, items, values, free_text, .. } = written;
        let members = members.into_iter().collect();
        Ok(Self { count, types, members, free, items, values, free_text })
    }
}
