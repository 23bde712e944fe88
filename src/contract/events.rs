//! What is promised of an event stream (`x-contract-stream`, see `specs/README.md`).

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::laws::EventCount;
use super::order::Order;
use super::read::members;
use super::schema::{SchemaId, Schemas};
use super::told::Told;
use super::traits::texts;
use crate::document::Pointer;
use crate::error::Problem;

/// What is promised of an event stream.
#[derive(Debug, Clone)]
pub struct StreamRules {
    /// JSON Pointer to the event's name in its data.
    pub event_name: String,
    /// The schema of every documented event.
    pub events: BTreeMap<String, SchemaId>,
    /// The part of the request's body that asks for a stream, and its value.
    pub when: Option<(String, Value)>,
    /// The part of the request's body with which a single answer comes, whatever else it asks for.
    pub unless: Option<(String, Value)>,
    /// Events that do not count for the order.
    pub ignore: Vec<String>,
    /// Events that end the stream wherever they come.
    pub abort: Vec<String>,
    /// The legal orders, with their names.
    pub orders: Vec<(String, Order)>,
    /// Values that stay the same in all events of a stream.
    pub constant: Vec<Constant>,
    /// Events that come in pairs.
    pub pairs: Vec<Pair>,
    /// Events that tell of a stream which may leave pairs open.
    pub unpaired_when: Vec<Condition>,
    /// What it tells of things that can be read later.
    pub tells: Vec<Told>,
    /// Counts in its events.
    pub counts: Vec<EventCount>,
    /// Seconds after which a silent stream must have sent something.
    pub keep_alive: Option<f64>,
    /// Where the rules stand.
    pub at: (usize, String),
}

/// A value that stays the same in all events of a stream that carry it.
#[derive(Debug, Clone)]
pub struct Constant {
    /// JSON Pointer to the value.
    pub pointer: String,
    /// Events in which it may differ.
    pub except: Vec<String>,
}

/// Two events that belong together.
#[derive(Debug, Clone)]
pub struct Pair {
    /// The first.
    pub open: String,
    /// The second.
    pub close: String,
    /// JSON Pointer to the value that both share.
    pub key: String,
}

/// An event of a kind, or one with a certain value.
#[derive(Debug, Clone)]
pub struct Condition {
    /// The event's name.
    pub event: String,
    /// JSON Pointer to a value, and what it must be one of.
    pub value: Option<(String, Vec<Value>)>,
}

/// Reads the rules at a pointer.
///
/// # Errors
///
/// An order that is no expression, or a schema that is not there.
pub fn read(
    document: usize,
    value: &Value,
    at: &Pointer,
    schemas: &mut Schemas,
) -> Result<StreamRules, (Pointer, Problem)> {
    let raw = at.resolve(value).unwrap_or(&Value::Null);
    let get = |name: &str| raw.get(name);
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    let mut events = BTreeMap::new();
    if let Some(family) = family(value, get("family")) {
        let mapping = family.join(&["discriminator", "mapping"]);
        for (name, target) in members(mapping.resolve(value)) {
            let target = target.as_str().unwrap_or_default();
            let pointer = if let Some(pointer) = target.strip_prefix('#') {
                Pointer::new(pointer)
            } else {
                Pointer::default().join(&["components", "schemas", target])
            };
            if pointer.resolve(value).is_none() {
                let problem = Problem::new(format!("`{name}` is mapped to nothing: {target}"));
                return Err((mapping.child(name), problem));
            }
            events.insert(name.clone(), schemas.add(document, value, &pointer));
        }
    }
    for (name, _) in members(get("events")) {
        let pointer = at.join(&["events", name]);
        events.insert(name.clone(), schemas.add(document, value, &pointer));
    }
    let mut orders = Vec::new();
    for (name, expression) in members(get("order")) {
        let order = Order::parse(expression.as_str().unwrap_or_default())
            .map_err(|message| (at.join(&["order", name]), Problem::new(message)))?;
        orders.push((name.clone(), order));
    }
    let tells: Vec<Told> = strict(raw, at, "tells")?;
    let counts: Vec<EventCount> = strict(raw, at, "counts")?;
    let list = |name: &str| get(name).and_then(Value::as_array).into_iter().flatten();
    let asked = |name: &str| {
        let rule = get(name)?;
        Some((text(rule.get("pointer"))?, rule.get("equals").cloned().unwrap_or_default()))
    };
    Ok(StreamRules {
        event_name: text(get("event-name")).unwrap_or_else(|| "/event".to_owned()),
        events,
        when: asked("when"),
        unless: asked("unless"),
        ignore: texts(get("ignore")),
        abort: texts(get("abort")),
        orders,
        constant: list("constant")
            .filter_map(|rule| {
                Some(Constant {
                    pointer: text(rule.get("pointer"))?,
                    except: texts(rule.get("except")),
                })
            })
            .collect(),
        pairs: list("pairs")
            .filter_map(|rule| {
                Some(Pair {
                    open: text(rule.get("open"))?,
                    close: text(rule.get("close"))?,
                    key: text(rule.get("key"))?,
                })
            })
            .collect(),
        unpaired_when: list("unpaired-when")
            .filter_map(|rule| {
                let equals = rule.get("equals").and_then(Value::as_array).cloned();
                let value = text(rule.get("pointer")).zip(equals);
                Some(Condition { event: text(rule.get("event"))?, value })
            })
            .collect(),
        tells,
        counts,
        keep_alive: get("keep-alive").and_then(Value::as_f64),
        at: (document, at.as_str().to_owned()),
    })
}

/// The members of a list, each as it has to be.
fn strict<T: DeserializeOwned>(
    raw: &Value,
    at: &Pointer,
    name: &str,
) -> Result<Vec<T>, (Pointer, Problem)> {
    let list = raw.get(name).and_then(Value::as_array).into_iter().flatten().enumerate();
    let read = |(number, one): (usize, &Value)| {
        T::deserialize(one).map_err(|error| {
            let at = at.join(&[name, &number.to_string()]);
            (at, Problem::new(format!("cannot be read: {error}")))
        })
    };
    list.map(read).collect()
}

/// The first of the named component schemas that the document has, wherever it is referred to.
fn family(value: &Value, names: Option<&Value>) -> Option<Pointer> {
    let schemas = Pointer::new("/components/schemas");
    let names = texts(names);
    let mut at =
        names.iter().map(|name| schemas.child(name)).find(|at| at.resolve(value).is_some())?;
    // The bundle has no circles of references.
    while let Some(target) = at.resolve(value)?.get("$ref").and_then(Value::as_str) {
        at = Pointer::new(target.trim_start_matches('#'));
    }
    Some(at)
}
