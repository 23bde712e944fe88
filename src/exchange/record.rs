//! One request and its answer, as they were on the wire. An exchange judges nothing.

use std::sync::Arc;

use serde_json::Value;

use super::content::Content;
use super::outcome::{End, Failure};
use crate::finding::Source;

/// A name and a value, in the order and spelling of the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The name as it was spelled.
    pub name: String,
    /// The value; bytes that are no UTF-8 are replaced.
    pub value: String,
}

/// The headers of a message, in their order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Headers(pub Vec<Header>);

impl Headers {
    /// The first value of the named header; names are compared without regard to case.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|h| h.name.eq_ignore_ascii_case(name)).map(|h| h.value.as_str())
    }
}

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The method, in the spelling of the wire.
    pub method: String,
    /// The absolute URL, with its query, percent-encoded as on the wire.
    pub url: String,
    /// The headers.
    pub headers: Headers,
    /// The body as it was sent.
    pub body: Body,
}

/// An answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: Headers,
    /// The body, content codings (`gzip`, …) and transfer codings removed. Where it has not come to
    /// its end, what came of it.
    pub body: Body,
    /// How the body ended; `None` where the record does not tell.
    pub end: Option<End>,
}

impl Response {
    /// Whether the record tells that the body has not come to its end.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        self.end.as_ref().is_some_and(|end| *end != End::Complete)
    }
}

/// A body.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Body {
    /// There was none, or it was empty.
    #[default]
    Empty,
    /// Its bytes.
    Bytes(Content),
    /// It was there, but the record does not hold it, or it is larger than the tool judges.
    Missing {
        /// Its size in bytes, where the record tells.
        size: Option<u64>,
        /// Why: "larger than 16 MiB", "not recorded".
        reason: String,
    },
}

impl Body {
    /// A body of these bytes; no bytes are an empty body.
    #[must_use]
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        if bytes.is_empty() { Self::Empty } else { Self::Bytes(bytes.into()) }
    }

    /// The JSON that it is, if it is any.
    #[must_use]
    pub fn json(&self) -> Option<&Value> {
        match self {
            Self::Bytes(content) => content.json().ok(),
            Self::Empty | Self::Missing { .. } => None,
        }
    }

    /// The bytes, where there are any.
    #[must_use]
    pub fn bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            Self::Empty | Self::Missing { .. } => None,
        }
    }
}

/// Times of an exchange.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Times {
    /// When the request began, as RFC 3339 with an offset; empty if unknown.
    pub started: String,
    /// Milliseconds from the first byte sent to the last byte received.
    pub total_ms: f64,
    /// Milliseconds until the head of the answer was there; `None` where the record does not tell.
    pub first_byte_ms: Option<f64>,
    /// Milliseconds until each frame of an event stream was there, in order, comments counted;
    /// empty where the record does not tell.
    pub events_ms: Vec<f64>,
}

impl Times {
    /// When the exchange began and ended, in microseconds since 1970; `None` where the record does not
    /// tell.
    #[must_use]
    pub fn span(&self) -> Option<(i64, i64)> {
        let began = self.started.parse::<jiff::Timestamp>().ok()?.as_microsecond();
        // A time of more than a century is none that a record could tell.
        let took = self.total_ms.clamp(0.0, 4e12) * 1000.0;
        #[expect(clippy::cast_possible_truncation, reason = "clamped to what fits")]
        Some((began, began.saturating_add(took.ceil() as i64)))
    }
}

/// One request and its answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Exchange {
    /// Its number in the record it was read from, counted from 0.
    pub index: u64,
    /// The request.
    pub request: Request,
    /// The answer; `None` where none came.
    pub response: Option<Response>,
    /// Why no answer came, where the record tells.
    pub failure: Option<Failure>,
    /// What the sender expects, where that does not follow from the request and the documents.
    pub expects: Option<Expects>,
    /// What the sender went on to ask of the answer in vain.
    pub unmet: Option<Box<Unmet>>,
    /// The name of the episode that it is a part of, together with others: what one case made, changed
    /// and read again.
    pub case: Option<Arc<str>>,
    /// The environment variable that holds the key that was sent, where it is known. No record tells it.
    pub variable: Option<String>,
    /// The times.
    pub times: Times,
}

impl Exchange {
    /// The same, without what was read of the bodies: that takes several times their room.
    #[must_use]
    pub fn unread(&self) -> Self {
        let mut unread = self.clone();
        let answer = unread.response.as_mut().map(|response| &mut response.body);
        for body in answer.into_iter().chain([&mut unread.request.body]) {
            if let Body::Bytes(content) = body {
                *content = content.unread();
            }
        }
        unread
    }
}

/// A criterion that the answer had to meet for a journey to go on, and did not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmet {
    /// The step of the journey: `WORKFLOW/STEP`.
    pub step: String,
    /// The criterion.
    pub criterion: String,
    /// What was seen of what it is about.
    pub seen: String,
    /// Where it stands.
    pub source: Source,
}

/// What a sender expects of an answer, where that does not follow from the request and the documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Expects {
    /// A refusal: the request carries no key.
    NoKey,
    /// A refusal: the request carries a key that is not known, or does not open the operation.
    WrongKey,
    /// A refusal: the request names something that is not there.
    UnknownId,
    /// Nothing of the things of another user: a refusal, or an empty list.
    OtherUser,
    /// The end of a job, which was waited for as long as may be.
    Ready,
}

impl Expects {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::NoKey, Self::WrongKey, Self::UnknownId, Self::OtherUser, Self::Ready];

    /// The word that stands for it in records.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::NoKey => "no-key",
            Self::WrongKey => "wrong-key",
            Self::UnknownId => "unknown-id",
            Self::OtherUser => "other-user",
            Self::Ready => "ready",
        }
    }

    /// What a word of a record stands for; `None` for an unknown one.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|expects| expects.word() == word)
    }
}
