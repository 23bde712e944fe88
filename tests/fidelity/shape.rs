//! What an answer looks like: the types at every place, and the events of a stream.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use dify_contract::exchange::sse;
use serde_json::Value;

/// The types at every place. Elements of an array share the place `[]`.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Shape(BTreeMap<Vec<String>, BTreeSet<&'static str>>);

/// How two shapes differ at one place.
#[derive(Debug, PartialEq, Eq)]
pub struct Difference {
    /// The place, as a pointer with `[]` for indices.
    pub place: String,
    /// The recorded types; `absent` where there was nothing.
    pub recorded: String,
    /// The types that were seen in their stead.
    pub seen: String,
}

impl Shape {
    /// Adds what a value looks like.
    pub fn add(&mut self, value: &Value) {
        self.add_at(&mut Vec::new(), value);
    }

    fn add_at(&mut self, place: &mut Vec<String>, value: &Value) {
        self.0.entry(place.clone()).or_default().insert(kind(value));
        match value {
            Value::Array(elements) => {
                for element in elements {
                    place.push("[]".to_owned());
                    self.add_at(place, element);
                    place.pop();
                }
            }
            Value::Object(members) => {
                for (name, member) in members {
                    place.push(name.replace('~', "~0").replace('/', "~1"));
                    self.add_at(place, member);
                    place.pop();
                }
            }
            _ => {}
        }
    }

    /// How another shape differs from this one, and which places could not be compared, since an
    /// array is empty in one of the two.
    pub fn differences(&self, seen: &Self) -> (Vec<Difference>, Vec<String>) {
        let (mut differences, mut unseen) = (Vec::new(), Vec::new());
        let places: BTreeSet<&Vec<String>> = self.0.keys().chain(seen.0.keys()).collect();
        for place in places {
            let (own, other) = (self.0.get(place), seen.0.get(place));
            if own == other {
                continue;
            }
            let missing_in =
                if own.is_none() { Some(self) } else { other.is_none().then_some(seen) };
            if let Some(shape) = missing_in {
                let (last, parent) =
                    place.split_last().map_or((None, &[][..]), |(l, p)| (Some(l), p));
                let is_element = last.is_some_and(|last| last == "[]");
                let container = if is_element { "array" } else { "object" };
                let parent = shape.0.get(parent);
                if !parent.is_some_and(|kinds| kinds.contains(container)) {
                    // The parent differs, which is told there.
                    continue;
                }
                if is_element {
                    unseen.push(pointer(place));
                    continue;
                }
            }
            let (recorded, seen) = (kinds(own), kinds(other));
            differences.push(Difference { place: pointer(place), recorded, seen });
        }
        (differences, unseen)
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(text) => form(text),
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// The kind of a string: some have a form that those who read them rely on.
fn form(text: &str) -> &'static str {
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    if uuid::Uuid::try_parse(text).is_ok() && text.len() == 36 {
        "string (uuid)"
    } else if text.parse::<jiff::civil::DateTime>().is_ok() && text.contains('T') {
        "string (time)"
    } else if is_digits(whole) && is_digits(part) {
        "string (number)"
    } else {
        "string"
    }
}

fn kinds(kinds: Option<&BTreeSet<&'static str>>) -> String {
    kinds.map_or_else(
        || "absent".to_owned(),
        |kinds| kinds.iter().copied().collect::<Vec<_>>().join(" or "),
    )
}

fn pointer(place: &[String]) -> String {
    place.iter().fold(String::new(), |mut pointer, segment| {
        let _ = write!(pointer, "/{segment}");
        pointer
    })
}

/// The events of a stream.
#[derive(Debug, Default)]
pub struct Stream {
    /// Their names, in order. An event that tells of a node of a workflow has the node's type with
    /// it, `node_started llm`; a frame without data has only its own name.
    pub names: Vec<String>,
    /// Their data, beside the names; `None` where there is none, or it is no JSON.
    pub data: Vec<Option<Value>>,
}

impl Stream {
    /// Reads a stream.
    pub fn read(body: &[u8]) -> Self {
        let mut stream = Self::default();
        for frame in sse::frames(body) {
            let data: Option<Value> =
                frame.data().and_then(|data| serde_json::from_str(&data).ok());
            let text = |pointer: &str| data.as_ref()?.pointer(pointer)?.as_str();
            let name = text("/event").or(frame.event()).unwrap_or("message");
            let node = text("/data/node_type").map(|node| format!(" {node}")).unwrap_or_default();
            stream.names.push(format!("{name}{node}"));
            stream.data.push(data);
        }
        stream
    }

    /// The order of events, repeats made one. A ping after the beginning says that time passed,
    /// which no two runs have alike, so it is left out.
    pub fn order(&self) -> Vec<&str> {
        let mut order: Vec<&str> = Vec::new();
        for name in &self.names {
            let late_ping = name == "ping" && !order.is_empty();
            if !late_ping && order.last() != Some(&name.as_str()) {
                order.push(name);
            }
        }
        order
    }

    /// What the events look like, by name.
    pub fn shapes(&self) -> BTreeMap<&str, Shape> {
        let mut shapes: BTreeMap<&str, Shape> = BTreeMap::new();
        for (name, data) in self.names.iter().zip(&self.data) {
            if let Some(data) = data {
                shapes.entry(name).or_default().add(data);
            }
        }
        shapes
    }
}
