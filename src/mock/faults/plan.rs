//! The faults of each operation, and what they remember.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde_json::Value;

use super::{Act, Door, Filter, Handler, Injection, law};
use crate::mock::call::Call;
use crate::mock::reply::{Break, Outcome, Payload, Reply};
use crate::mock::routes::Route;
use crate::mock::state::World;

/// What faults remember.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    /// Ids that no list shows.
    pub hidden: HashSet<String>,
    /// Ids of what was deleted.
    pub deleted: BTreeSet<String>,
    /// What lists have shown: items by their ids, by operation and path.
    pub listed: HashMap<String, BTreeMap<String, Value>>,
    /// The last good answer, by operation.
    pub last: HashMap<String, (u16, Value)>,
    /// How often operations were called.
    pub counts: HashMap<String, u64>,
}

/// The faults of one operation.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    injections: Vec<Injection>,
}

impl Plan {
    /// The faults that concern an operation.
    pub fn of(injections: &[Injection], route: &Route) -> Self {
        // Paths are named as documents name them.
        let path = route.path.replace(":uuid}", "}");
        let concerns = |injection: &&Injection| injection.concerns(route.method, &path);
        Self { injections: injections.iter().filter(concerns).cloned().collect() }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.injections.is_empty()
    }

    /// Whether this is wrong at the door.
    pub fn door(&self, door: Door) -> bool {
        self.of_door(door).is_some()
    }

    /// The same, where somebody comes in by it now.
    pub fn opens(&self, door: Door) -> bool {
        let injection = self.of_door(door);
        injection.inspect(|injection| injection.act()).is_some()
    }

    fn of_door(&self, door: Door) -> Option<&Injection> {
        let is = |i: &&Injection| matches!(i.fault.act, Act::Door(own) if own == door);
        self.injections.iter().find(is)
    }

    /// Runs the handler with everything around it.
    pub fn handle(
        &self,
        world: &mut World,
        call: &mut Call<'_>,
        handler: &mut Handler<'_>,
    ) -> Outcome {
        around(&self.injections, world, call, handler)
    }

    /// What becomes of an answer.
    pub fn mar(&self, reply: &mut Reply, memory: &Memory) {
        if !memory.hidden.is_empty()
            && let Payload::Json(value) = &mut reply.payload
        {
            conceal(value, &memory.hidden);
        }
        for injection in &self.injections {
            match injection.fault.act {
                Act::Value(act) => {
                    if let (200..300, Payload::Json(value)) = (reply.status, &mut reply.payload) {
                        let before = value.clone();
                        act(value, injection);
                        injection.act_if(*value != before);
                    }
                    if let Payload::Feed { .. } = reply.payload {
                        reply.filters.push(Box::new(Values { act, injection: injection.clone() }));
                    }
                }
                Act::Reply(act) => {
                    let before = Told::by(reply);
                    act(reply, injection);
                    injection.act_if(Told::by(reply) != before);
                }
                Act::Stream(filter) => {
                    if let Payload::Feed { .. } = reply.payload {
                        let counted = injection.clone();
                        reply.filters.push(Box::new(Counted(filter(injection), counted)));
                    }
                }
                Act::Around(_) | Act::Accept(_) | Act::Door(_) => {}
            }
        }
    }
}

fn around(
    injections: &[Injection],
    world: &mut World,
    call: &mut Call<'_>,
    handler: &mut Handler<'_>,
) -> Outcome {
    let Some((first, rest)) = injections.split_first() else { return handler(world, call) };
    let mut next = |world: &mut World, call: &mut Call<'_>| around(rest, world, call, handler);
    match first.fault.act {
        Act::Around(act) => act(world, call, first, &mut next),
        Act::Accept(breaches) => law::accept(breaches, first, world, call, &mut next),
        _ => next(world, call),
    }
}

/// Takes what is hidden out of lists.
fn conceal(value: &mut Value, hidden: &HashSet<String>) {
    let is_hidden = |value: &Value| value["id"].as_str().is_some_and(|id| hidden.contains(id));
    // Logs have runs within.
    let members = |item: &Value| item.as_object().is_some_and(|o| o.values().any(is_hidden));
    let seen = |item: &Value| !is_hidden(item) && !members(item);
    match value {
        Value::Array(items) => items.retain(seen),
        Value::Object(object) => {
            for name in ["data", "doc_metadata"] {
                if let Some(Value::Array(items)) = object.get_mut(name) {
                    items.retain(seen);
                }
            }
        }
        _ => {}
    }
}

/// What an answer tells, to see whether it was changed.
#[derive(PartialEq)]
struct Told {
    status: u16,
    media_type: String,
    json: Option<Value>,
    other: (std::mem::Discriminant<Payload>, usize),
    after: std::time::Duration,
    breaks: Option<Break>,
    without: Option<String>,
}

impl Told {
    fn by(reply: &Reply) -> Self {
        let size = match &reply.payload {
            Payload::Bytes(bytes) => bytes.len(),
            _ => 0,
        };
        Self {
            status: reply.status,
            media_type: reply.media_type.to_string(),
            json: match &reply.payload {
                Payload::Json(value) => Some(value.clone()),
                _ => None,
            },
            other: (std::mem::discriminant(&reply.payload), size),
            after: reply.after,
            breaks: reply.breaks,
            without: reply.without.clone(),
        }
    }
}

/// A fault of streams that counts.
#[derive(Debug)]
struct Counted(Box<dyn Filter>, Injection);

impl Filter for Counted {
    fn frame(&mut self, frame: crate::mock::state::Frame) -> Vec<super::Piece> {
        let pieces = self.0.frame(frame.clone());
        self.1.act_if(pieces != [super::Piece::Frame(frame)]);
        pieces
    }

    fn end(&mut self) -> Vec<super::Piece> {
        let pieces = self.0.end();
        self.1.act_if(!pieces.is_empty());
        pieces
    }
}

/// A fault of values, on the data of events.
#[derive(Debug)]
struct Values {
    act: fn(&mut Value, &Injection),
    injection: Injection,
}

impl Filter for Values {
    fn frame(&mut self, frame: crate::mock::state::Frame) -> Vec<super::Piece> {
        use crate::mock::state::Frame;
        let frame = match frame {
            Frame::Event(mut value) => {
                let before = value.clone();
                (self.act)(&mut value, &self.injection);
                self.injection.act_if(value != before);
                Frame::Event(value)
            }
            Frame::Ping => Frame::Ping,
        };
        vec![super::Piece::Frame(frame)]
    }
}
