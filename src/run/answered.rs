//! What came of a request, for those who sent it.

use std::sync::{Arc, OnceLock};

use serde_json::Value;

use super::judge::Said;
use crate::exchange::{Exchange, sse};

/// What came of a request.
pub struct Answered {
    /// The exchange.
    pub exchange: Arc<Exchange>,
    /// What was found in it.
    pub said: Vec<Said>,
    events: OnceLock<Arc<[Value]>>,
}

impl Answered {
    /// An exchange, and what was found in it.
    pub(super) fn new(exchange: Arc<Exchange>, said: Vec<Said>) -> Self {
        Self { exchange, said, events: OnceLock::new() }
    }

    /// The same, of which the judge has read the events.
    pub(super) fn with(self, events: Option<Arc<[Value]>>) -> Self {
        Self { events: events.map(OnceLock::from).unwrap_or_default(), ..self }
    }

    /// The body, where it is JSON.
    pub fn json(&self) -> Option<&Value> {
        self.exchange.response.as_ref()?.body.json()
    }

    /// The data of its events, where it is a stream and they are JSON.
    pub fn events(&self) -> &[Value] {
        self.events.get_or_init(|| {
            let body = self.exchange.response.as_ref().and_then(|response| response.body.bytes());
            // An answer that is no stream has no frames with data.
            let frames = sse::frames(body.unwrap_or_default()).into_iter();
            frames.filter_map(|frame| serde_json::from_str(&frame.data()?).ok()).collect()
        })
    }

    /// The status; 0 where there was no answer.
    pub fn status(&self) -> u16 {
        self.exchange.response.as_ref().map_or(0, |response| response.status)
    }

    /// Whether it succeeded.
    pub fn succeeded(&self) -> bool {
        (200..300).contains(&self.status())
    }

    /// Why it did not, in a few words.
    pub fn why_not(&self) -> String {
        if let Some(failure) = &self.exchange.failure {
            return failure.message.clone();
        }
        let text = |name: &str| self.json().and_then(|json| json.get(name)).and_then(Value::as_str);
        match (text("code"), text("message")) {
            (Some(code), Some(message)) => format!("{} {code}: {message}", self.status()),
            _ => format!("answered {}", self.status()),
        }
    }
}
