//! Masks what is kept of an exchange, whether it was read from a recording or sent by us.

use std::borrow::Cow;

use super::outcome::{End, Failure};
use super::record::{Body, Header};
use crate::finding::Redactor;

/// A header as it may be kept.
pub fn header(name: &str, value: &str, redactor: &Redactor) -> Header {
    let value = redactor.header(name, value).into_owned();
    Header { name: redactor.text(name).into_owned(), value }
}

/// A body as it may be kept; `content_type` is the value of its header.
pub fn body(body: Body, content_type: Option<&str>, redactor: &Redactor) -> Body {
    match body {
        Body::Bytes(bytes) => {
            let changed = match redactor.body(content_type, &bytes) {
                Cow::Borrowed(_) => None,
                Cow::Owned(masked) => Some(masked),
            };
            changed.map_or(Body::Bytes(bytes), Body::from_bytes)
        }
        Body::Missing { size, reason } => {
            Body::Missing { size, reason: redactor.text(&reason).into_owned() }
        }
        Body::Empty => Body::Empty,
    }
}

/// How a body ended, as it may be kept.
pub fn end(end: End, redactor: &Redactor) -> End {
    match end {
        End::CutOff { why } => End::CutOff { why: redactor.text(&why).into_owned() },
        end => end,
    }
}

/// A failure as it may be kept.
pub fn failure(failure: Failure, redactor: &Redactor) -> Failure {
    Failure {
        kind: failure.kind,
        message: redactor.text(&failure.message).into_owned(),
        help: failure.help.map(|help| redactor.text(&help).into_owned()),
    }
}
