//! An answer, before it is on the wire.

use std::borrow::Cow;
use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;

use super::faults::Filter;
use super::refusal::Refusal;
use super::state::Frame;

/// What a handler gives.
pub type Outcome = Result<Reply, Refusal>;

/// The media type of most answers.
const JSON: &str = "application/json";

/// An answer.
#[derive(Debug)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The `Content-Type`.
    pub media_type: Cow<'static, str>,
    /// Further headers.
    pub headers: Vec<(&'static str, Cow<'static, str>)>,
    /// The body.
    pub payload: Payload,
    /// How long until it is sent: what blocks on a model takes its time.
    pub after: Duration,
    /// What changes the frames of a feed as they pass.
    pub filters: Vec<Box<dyn Filter>>,
    /// How the connection breaks.
    pub breaks: Option<Break>,
    /// A header that is left out.
    pub without: Option<String>,
    /// Whether it lacks what lets scripts of other origins read it.
    pub same_origin: bool,
}

/// How a connection breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Break {
    /// Before the answer.
    Reset,
    /// In the middle of the body.
    Truncate,
    /// It stays open, and nothing comes.
    Hang,
    /// The body does not end.
    Endless,
}

/// A body.
#[derive(Debug)]
pub enum Payload {
    /// None.
    Empty,
    /// A JSON value.
    Json(Value),
    /// Bytes, told with their length.
    Bytes(Bytes),
    /// Bytes in chunks, whose length is not told.
    Chunks(Vec<Bytes>),
    /// The events of a feed of [`Feeds`](super::state::Feeds).
    Feed(View),
}

/// What a stream shows of a feed.
#[derive(Debug, Default)]
pub struct View {
    /// The feed's name.
    pub name: String,
    /// Frames ahead of those of the feed.
    pub lead: Vec<Frame>,
    /// The number of the feed's first frame to send.
    pub from: usize,
    /// The number of the frame before which the stream ends; `None` where it ends with the feed.
    pub to: Option<usize>,
}

impl Reply {
    /// An answer with a body of this `Content-Type`.
    pub fn new(status: u16, payload: Payload, media_type: impl Into<Cow<'static, str>>) -> Self {
        let media_type = media_type.into();
        Self {
            status,
            media_type,
            headers: Vec::new(),
            payload,
            after: Duration::ZERO,
            filters: Vec::new(),
            breaks: None,
            without: None,
            same_origin: false,
        }
    }

    /// The same without what lets scripts of other origins read it: so answers the framework where it
    /// finds no operation that it could ask.
    pub fn same_origin(mut self) -> Self {
        self.same_origin = true;
        self
    }

    /// 200 with JSON.
    pub fn json(value: Value) -> Self {
        Self::new(200, Payload::Json(value), JSON)
    }

    /// 200 with JSON that is written down at once: quicker than a value where there is much of it.
    pub fn written(view: &impl serde::Serialize) -> Self {
        Self::bytes(serde_json::to_vec(view).unwrap_or_default(), JSON)
    }

    /// The same as a value again, for those who want to change it.
    pub fn opened(mut self) -> Self {
        if let (Payload::Bytes(bytes), JSON) = (&self.payload, self.media_type.as_ref())
            && let Ok(value) = serde_json::from_slice(bytes)
        {
            self.payload = Payload::Json(value);
        }
        self
    }

    /// 200 with JSON as runs answer it, with a charset.
    pub fn run(value: Value) -> Self {
        Self::new(200, Payload::Json(value), "application/json; charset=utf-8")
    }

    /// 200 `{"result": "success"}`.
    pub fn success() -> Self {
        Self::json(serde_json::json!({ "result": "success" }))
    }

    /// 204, which names a media type although there is no body.
    pub fn no_content() -> Self {
        Self::new(204, Payload::Empty, JSON)
    }

    /// 200 with the events of a feed, from its first frame.
    pub fn feed(name: impl Into<String>) -> Self {
        Self::view(View { name: name.into(), ..View::default() })
    }

    /// 200 with a part of a feed.
    pub fn view(view: View) -> Self {
        Self::new(200, Payload::Feed(view), "text/event-stream; charset=utf-8")
    }

    /// 200 with bytes of a media type.
    pub fn bytes(bytes: impl Into<Bytes>, media_type: impl Into<Cow<'static, str>>) -> Self {
        Self::new(200, Payload::Bytes(bytes.into()), media_type)
    }

    /// The same with another status.
    pub fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// The same with a header.
    pub fn header(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The same, sent later.
    pub fn after(mut self, delay: Duration) -> Self {
        self.after = delay;
        self
    }
}
