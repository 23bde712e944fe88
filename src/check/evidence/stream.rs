//! An event stream taken apart: every event beside its schema.

use std::cell::OnceCell;

use serde_json::{Map, Value};

use crate::check::order::{Followed, follow};
use crate::contract::schema::{Mismatch, Side};
use crate::contract::{Contract, StreamRules};
use crate::document::Pointer;
use crate::exchange::sse::{Cut, Frame, frames};

/// An event stream.
#[derive(Debug, Default)]
pub struct Stream {
    /// Its events, comments left out.
    pub events: Vec<Event>,
    /// Whether an event ended it before its time.
    pub aborted: bool,
    followed: OnceCell<Followed>,
}

/// One event.
#[derive(Debug)]
pub struct Event {
    /// Its place among the events, from 1.
    pub number: usize,
    /// Its name: in its data, else in its `event` line.
    pub name: Option<String>,
    /// Its data; `None` where it is no JSON.
    pub data: Option<Value>,
    /// What is wrong with its framing: a word, what is promised, what was seen.
    pub framing: Vec<(&'static str, &'static str, String)>,
    /// Whether it was held against a schema.
    pub compared: bool,
    /// How it differs from its schema.
    pub mismatches: Vec<Mismatch>,
}

impl Stream {
    /// Takes a stream apart, and holds its events against their schemas. Also tells what could not
    /// be judged, and why.
    #[must_use]
    pub fn read(
        contract: &Contract,
        rules: Option<&StreamRules>,
        bytes: &[u8],
    ) -> (Self, Vec<String>) {
        let mut stream = Self::apart(rules, bytes);
        let mut unjudged = Vec::new();
        for event in &mut stream.events {
            if let Some(name) = &event.name
                && let Some(&schema) = rules.and_then(|rules| rules.events.get(name))
                && let Some(data) = &event.data
            {
                match contract.schemas.compare(schema, data, Side::Response) {
                    Ok(found) => {
                        event.compared = true;
                        event.mismatches = found;
                    }
                    Err(reason) => unjudged
                        .push(format!("event {name}: its schema does not compile: {reason}")),
                }
            }
        }
        (stream, unjudged)
    }

    /// Takes a stream apart; nothing is held against schemas.
    #[must_use]
    pub fn apart(rules: Option<&StreamRules>, bytes: &[u8]) -> Self {
        let mut stream = Self::default();
        for frame in frames(bytes).iter().filter(|frame| !frame.is_comment()) {
            let event = Event::read(stream.events.len() + 1, frame, rules);
            if let (Some(name), Some(rules)) = (&event.name, rules) {
                stream.aborted |= rules.abort.contains(name);
            }
            stream.events.push(event);
        }
        stream
    }

    /// How far it obeys the orders that are legal for it.
    pub(in crate::check) fn followed(&self, rules: &StreamRules) -> &Followed {
        self.followed.get_or_init(|| follow(rules, &self.events))
    }

    /// How many of its events came to their end.
    #[must_use]
    pub fn complete(&self) -> usize {
        let cut = |event: &&Event| event.framing.iter().any(|(kind, ..)| *kind == "unterminated");
        self.events.len() - self.events.iter().filter(cut).count()
    }
}

impl Event {
    fn read(number: usize, frame: &Frame, rules: Option<&StreamRules>) -> Self {
        let mut event = Self {
            number,
            name: frame.event().filter(|name| !name.is_empty()).map(str::to_owned),
            data: None,
            framing: Vec::new(),
            compared: false,
            mismatches: Vec::new(),
        };
        match frame.cut {
            Some(Cut::TooLarge) => {
                let seen = format!("event {number} has {} bytes", frame.length);
                event.framing.push(("too-large", "events of a size a client can hold", seen));
            }
            Some(Cut::EndOfStream) => {
                let seen = format!("the stream ends within event {number}");
                event.framing.push(("unterminated", "a blank line after every event", seen));
            }
            None => {}
        }
        if frame.invalid_utf8() {
            let seen = format!("event {number} holds bytes that are no UTF-8");
            event.framing.push(("encoding", "UTF-8", seen));
        }
        let Some(data) = frame.data() else {
            event.without_data(rules);
            return event;
        };
        match serde_json::from_str::<Value>(&data) {
            Ok(value) => event.with_data(value, rules),
            // Without rules nobody promised JSON.
            Err(_) if rules.is_none() || frame.cut.is_some() => {}
            Err(error) => {
                let start: String = data.chars().take(80).collect();
                let seen = format!("event {number} is {start:?}: {error}");
                event.framing.push(("not-json", "JSON in the data of every event", seen));
            }
        }
        event
    }

    /// An event that is nothing but its name is judged as an object that has nothing but its name.
    fn without_data(&mut self, rules: Option<&StreamRules>) {
        if let (Some(name), Some(rules)) = (&self.name, rules)
            && let Some(key) = rules.event_name.strip_prefix('/')
            && !key.contains('/')
        {
            let members = Map::from_iter([(key.to_owned(), Value::String(name.clone()))]);
            self.data = Some(Value::Object(members));
        }
    }

    fn with_data(&mut self, value: Value, rules: Option<&StreamRules>) {
        let Some(rules) = rules else {
            self.data = Some(value);
            return;
        };
        let named =
            Pointer::find(&value, &rules.event_name).and_then(Value::as_str).map(str::to_owned);
        match (&self.name, &named) {
            (Some(line), Some(data)) if line != data => {
                let number = self.number;
                let seen = format!("event {number} is `{line}`, but `{data}` in its data");
                self.framing.push(("two-names", "one name for an event", seen));
            }
            (None, None) => {
                let seen = format!("event {} has no name", self.number);
                self.framing.push(("no-name", "a name for every event", seen));
            }
            _ => {}
        }
        self.name = named.or_else(|| self.name.take());
        self.data = Some(value);
    }
}
