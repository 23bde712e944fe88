//! The body of an answer, read as what it says it is.

use serde_json::Value;

use crate::exchange::{Body, Content, MediaType, Response};

/// The body of an answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer<'a> {
    /// There is none.
    Empty,
    /// JSON.
    Json(&'a Value),
    /// It says that it is JSON, and is not; why.
    BadJson(String),
    /// Any other content.
    Other,
    /// A stream of events.
    Stream,
    /// It cannot be judged; why.
    Unknown(String),
}

impl<'a> Answer<'a> {
    /// Reads the body of an answer of this media type.
    #[must_use]
    pub fn read(response: &'a Response, media_type: Option<&MediaType>) -> Self {
        match &response.body {
            Body::Empty | Body::Bytes(_) if response.is_partial() => {
                Self::Unknown("the body has not come to its end".to_owned())
            }
            Body::Empty => Self::Empty,
            Body::Missing { reason, .. } => Self::Unknown(format!("the body is {reason}")),
            Body::Bytes(bytes) if media_type.is_some_and(MediaType::is_json) => json(bytes),
            Body::Bytes(_) => Self::Other,
        }
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Empty)
    }
}

fn json(content: &Content) -> Answer<'_> {
    match content.json() {
        Ok(value) => Answer::Json(value),
        Err(error) if error.to_string().starts_with("recursion limit") => {
            Answer::Unknown("the body is nested too deeply to be judged".to_owned())
        }
        Err(error) => Answer::BadJson(error.to_string()),
    }
}
