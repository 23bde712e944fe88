//! One exchange of an episode, read: what was sent, what came of it, and when.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::Value;

use crate::check::evidence::{self, Answer, Evidence, RequestEvidence, Stream, Target};
use crate::contract::{Contract, Hit, Operation};
use crate::document::Pointer;
use crate::exchange::{self, Body, Exchange, Expects, query};

/// What came of a request, as far as its sender can know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The server took it.
    Accepted,
    /// The server refused it, and says that it is the request's fault.
    Refused,
    /// Nobody knows: the server failed, or the answer did not come to its end.
    Unknown,
}

/// What is known of an exchange since it was judged by itself.
#[derive(Debug, Default)]
pub struct Known {
    /// Where its answer was found wrong by itself: places in its body, `[]` for any index.
    pub wrong: Vec<String>,
    /// What was read of it, and need not be read again.
    pub read: Option<Read>,
}

/// What was read of an exchange.
#[derive(Debug)]
pub struct Read {
    /// The number of its operation.
    operation: usize,
    path: Vec<(String, String)>,
    sound: bool,
    events: Arc<[Value]>,
    aborted: bool,
}

impl Read {
    /// The data of its events, in order, where it is a stream.
    #[must_use]
    pub fn events(&self) -> Arc<[Value]> {
        Arc::clone(&self.events)
    }

    /// What the evidence has read of an exchange with the operation of this number.
    #[must_use]
    pub fn of(operation: usize, evidence: Evidence<'_>) -> Self {
        let stream = evidence.stream.unwrap_or_default();
        Self {
            operation,
            path: evidence.path,
            sound: evidence.request.breaches.is_empty(),
            aborted: stream.aborted,
            events: stream.events.into_iter().filter_map(|event| event.data).collect(),
        }
    }
}

/// One exchange of an episode.
pub struct Act<'e> {
    /// The exchange.
    pub exchange: &'e Exchange,
    /// The operation that was called; of several documents, as the first describes it.
    pub operation: &'e Operation,
    /// The parameters of the path, decoded.
    pub path: Cow<'e, [(String, String)]>,
    /// The parameters of the query.
    pub query: Vec<(String, String)>,
    /// The body of the request: JSON, or the fields of a form.
    pub sent: Option<Cow<'e, Value>>,
    /// The body of the answer, where it is JSON and there to its end.
    pub answer: Option<&'e Value>,
    /// The data of the events of a stream, in order.
    pub events: Cow<'e, [Value]>,
    /// Where the answer was found wrong by itself: places in its body, `[]` for any index.
    pub wrong: &'e [String],
    /// What came of it.
    pub outcome: Outcome,
    /// Whether the request keeps the documents; what becomes of one that does not, nobody promises. Not
    /// worked out of what only reads.
    pub sound: bool,
    /// When it began and ended, in microseconds; `None` where the record does not tell.
    pub(super) span: Option<(i64, i64)>,
}

impl<'e> Act<'e> {
    /// Reads an exchange, as far as it is not known; `None` where it calls no documented operation.
    #[must_use]
    pub fn read(contract: &'e Contract, exchange: &'e Exchange, known: &'e Known) -> Option<Self> {
        let (number, path) = if let Some(read) = &known.read {
            (read.operation, Cow::Borrowed(read.path.as_slice()))
        } else {
            let request = &exchange.request;
            let Hit::Operation(variants) = contract.find(&request.method, &request.url) else {
                return None;
            };
            let (number, path) = variants.into_iter().next()?;
            (number, Cow::Owned(path))
        };
        let operation = contract.operations.get(number)?;
        let mut act = Self {
            exchange,
            operation,
            path,
            query: queried(&exchange.request.url),
            sent: evidence::sent(contract, operation, &exchange.request),
            answer: None,
            events: Cow::default(),
            wrong: &known.wrong,
            outcome: Outcome::Unknown,
            sound: true,
            span: exchange.times.span(),
        };
        if !act.reads() {
            act.sound = match &known.read {
                Some(read) => read.sound,
                None => RequestEvidence::new(contract, operation, &exchange.request, &act.path)
                    .breaches
                    .is_empty(),
            };
        }
        act.read_answer(known.read.as_ref());
        Some(act)
    }

    /// The act that one exchange is by itself; `None` where it calls no documented operation.
    #[must_use]
    pub fn of(evidence: &Evidence<'e>) -> Option<Self> {
        let Target::Operation(operation) = evidence.target else { return None };
        let answer = match evidence.answer {
            Answer::Json(value) => Some(value),
            _ => None,
        };
        let request = &evidence.exchange.request;
        let sent = evidence.request.json.map(Cow::Borrowed);
        Some(Self {
            exchange: evidence.exchange,
            operation,
            path: Cow::Owned(evidence.path.clone()),
            query: queried(&request.url),
            sent: sent.or_else(|| evidence::sent(evidence.contract, operation, request)),
            answer,
            events: Cow::default(),
            wrong: &[],
            outcome: if evidence.accepted() { Outcome::Accepted } else { Outcome::Unknown },
            sound: evidence.request.breaches.is_empty(),
            span: None,
        })
    }

    fn read_answer(&mut self, read: Option<&'e Read>) {
        let Some(response) = &self.exchange.response else { return };
        self.outcome = match response.status {
            200..300 => Outcome::Accepted,
            400..500 => Outcome::Refused,
            _ => Outcome::Unknown,
        };
        let content_type = response.headers.get("content-type");
        let media_type = content_type.and_then(|t| exchange::MediaType::parse(t).ok());
        if media_type.as_ref().is_some_and(exchange::MediaType::is_event_stream) {
            let Body::Bytes(bytes) = &response.body else { return };
            let aborted = if let Some(read) = read {
                self.events = Cow::Borrowed(&read.events);
                read.aborted
            } else {
                let contents = self.operation.response(response.status).map(|r| &r.content);
                let rules = contents.into_iter().flatten().find_map(|c| c.stream.as_ref());
                let stream = Stream::apart(rules, bytes);
                self.events = stream.events.into_iter().filter_map(|event| event.data).collect();
                stream.aborted
            };
            if aborted || response.is_partial() {
                self.outcome = Outcome::Unknown;
            }
            return;
        }
        match Answer::read(response, media_type.as_ref()) {
            Answer::Json(value) => self.answer = Some(value),
            Answer::Unknown(_) | Answer::BadJson(_) => self.outcome = Outcome::Unknown,
            Answer::Empty | Answer::Other | Answer::Stream => {}
        }
    }

    /// The status of the answer; 0 where none came.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.exchange.response.as_ref().map_or(0, |response| response.status)
    }

    /// Whether it was sent as the case's other requests are: with the key, and in the name of the user,
    /// to whom everything belongs.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        matches!(self.exchange.expects, None | Some(Expects::Ready))
    }

    /// Whether the operation only reads.
    #[must_use]
    pub fn reads(&self) -> bool {
        match self.operation.traits.safety.as_deref() {
            Some(safety) => safety == "read",
            None => matches!(self.operation.method.as_str(), "GET" | "HEAD" | "OPTIONS"),
        }
    }

    /// The value of a parameter of the query.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// The ids in the request of things of a kind (`x-contract-consumes`), with whether the server
    /// promises to know them.
    #[must_use]
    pub fn named(&self, kind: &str) -> Vec<&str> {
        let entries = self.operation.traits.consumes.iter();
        let own = entries.filter(|entry| entry.get("resource").is_some_and(|own| own == kind));
        let mut found = Vec::new();
        for entry in own {
            let Some(name) = entry.get("name") else { continue };
            match entry.get("in").map(String::as_str) {
                Some("path") => {
                    let own = self.path.iter().filter(|(own, _)| own == name);
                    found.extend(own.map(|(_, value)| value.as_str()));
                }
                Some("query") => found.extend(self.query(name)),
                Some("body") => {
                    if let Some(sent) = &self.sent {
                        select(sent, name, &mut found);
                    }
                }
                _ => {}
            }
        }
        found.retain(|id| !id.is_empty() && !evidence::is_hidden(id));
        found
    }

    /// Whether a text stands anywhere in the body of the request.
    #[must_use]
    pub fn sends(&self, text: &str) -> bool {
        fn holds(value: &Value, text: &str) -> bool {
            match value {
                Value::String(own) => own == text,
                Value::Array(items) => items.iter().any(|item| holds(item, text)),
                Value::Object(members) => members.values().any(|member| holds(member, text)),
                _ => false,
            }
        }
        self.sent.as_ref().is_some_and(|sent| holds(sent, text))
    }

    /// All ids in the request, with their kinds.
    #[must_use]
    pub fn names(&self) -> Vec<(&str, &str)> {
        let mut kinds: Vec<&str> = self
            .operation
            .traits
            .consumes
            .iter()
            .filter_map(|entry| entry.get("resource").map(String::as_str))
            .collect();
        kinds.dedup();
        let ids = |kind| self.named(kind).into_iter().map(move |id| (kind, id));
        kinds.into_iter().flat_map(ids).collect()
    }
}

fn queried(url: &str) -> Vec<(String, String)> {
    let pairs = query::split(url).query.unwrap_or_default();
    query::pairs(pairs.as_bytes()).into_iter().map(|pair| (pair.name, pair.value)).collect()
}

/// The texts at a pointer in which `-` stands for any item.
fn select<'v>(value: &'v Value, pointer: &str, found: &mut Vec<&'v str>) {
    let (here, rest) = match pointer.split_once("/-") {
        Some((here, rest)) => (here, Some(rest)),
        None => (pointer, None),
    };
    match (Pointer::find(value, here), rest) {
        (Some(Value::Array(items)), Some(rest)) => {
            for item in items {
                select(item, rest, found);
            }
        }
        (Some(Value::String(text)), None) => found.push(text),
        _ => {}
    }
}
