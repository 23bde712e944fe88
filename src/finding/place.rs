//! Where in an operation a finding is: a part of the exchange, and a place inside it.

use std::fmt;

/// The part of an exchange that disagrees with the documents.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// The operation itself: its path and method.
    Operation,
    /// A parameter of the request in its path, query, headers or cookies.
    Parameter {
        /// `path`, `query`, `header` or `cookie`.
        location: &'static str,
        /// The parameter's name.
        name: String,
    },
    /// The body of the request.
    RequestBody,
    /// The request as a whole.
    Request,
    /// An answer: its status line, headers and body.
    Response {
        /// HTTP status.
        status: u16,
        /// Media type without parameters, in lower case; absent where it does not matter.
        media_type: Option<String>,
    },
    /// A header of an answer.
    Header {
        /// HTTP status of the answer.
        status: u16,
        /// The header's name, as it is documented.
        name: String,
    },
    /// One kind of event of an event stream.
    Event {
        /// HTTP status of the answer that streams.
        status: u16,
        /// The event's name.
        name: String,
    },
    /// A step of a journey.
    Step {
        /// Its name: `WORKFLOW/STEP`.
        name: String,
    },
    /// An event stream as a whole.
    Stream {
        /// HTTP status of the answer that streams.
        status: u16,
    },
}

/// A part, and a place in it.
///
/// `pointer` is a JSON Pointer in which `[]` stands for any index and `{}` for any member name of a
/// free-form object, so that it is the same for every item: `/data[]/labels{}`. It is empty for the
/// part as a whole.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The part of the exchange.
    pub part: Part,
    /// The place inside the part.
    pub pointer: String,
}

/// Adds a member's name to a pointer, escaped as JSON Pointer (RFC 6901) wants it.
pub fn push_member(pointer: &mut String, name: &str) {
    pointer.push('/');
    for c in name.chars() {
        match c {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            c => pointer.push(c),
        }
    }
}

impl Place {
    /// The part as a whole.
    #[must_use]
    pub fn whole(part: Part) -> Self {
        Self { part, pointer: String::new() }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operation => f.write_str("operation"),
            Self::Parameter { location, name } => write!(f, "{location} parameter {name}"),
            Self::RequestBody => f.write_str("request body"),
            Self::Request => f.write_str("request"),
            Self::Response { status, media_type: None } => write!(f, "response {status}"),
            Self::Response { status, media_type: Some(media_type) } => {
                write!(f, "response {status} {media_type}")
            }
            Self::Header { status, name } => write!(f, "response {status} header {name}"),
            Self::Event { status, name } => write!(f, "response {status} event {name}"),
            Self::Step { name } => write!(f, "step {name}"),
            Self::Stream { status } => write!(f, "response {status} stream"),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.part.fmt(f)?;
        if !self.pointer.is_empty() {
            write!(f, " {}", self.pointer)?;
        }
        Ok(())
    }
}

impl serde::Serialize for Place {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
