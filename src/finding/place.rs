//! Where in an operation a finding is: a part of the exchange, and a place inside it.

use std::fmt;
use std::str::FromStr;

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
    // Few names have any of these.
    if !name.contains(['~', '/']) {
        pointer.push_str(name);
        return;
    }
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

/// The locations of parameters.
const LOCATIONS: [&str; 4] = ["path", "query", "header", "cookie"];

impl FromStr for Place {
    type Err = String;

    /// Reads what `Display` has written. Names that contain a space and a slash leave it open where the
    /// name ends and the pointer begins; whichever way it is read, it is written the same again.
    fn from_str(text: &str) -> Result<Self, String> {
        let unknown = || format!("`{text}` is no place in an exchange");
        // A pointer begins with a member, an index or a free name.
        let starts = [" /", " []", " {}"].iter().filter_map(|start| text.find(start)).min();
        let (head, pointer) = match starts {
            Some(at) => (&text[..at], &text[at + 1..]),
            None => (text, ""),
        };
        let part = match head {
            "operation" => Part::Operation,
            "request body" => Part::RequestBody,
            "request" => Part::Request,
            _ => match (head.strip_prefix("response "), head.strip_prefix("step ")) {
                (Some(rest), _) => answer(rest).ok_or_else(unknown)?,
                // A step's name has a slash, but no space before it.
                (None, Some(name)) => Part::Step { name: name.to_owned() },
                (None, None) => parameter(head).ok_or_else(unknown)?,
            },
        };
        Ok(Self { part, pointer: pointer.to_owned() })
    }
}

fn parameter(head: &str) -> Option<Part> {
    let (location, name) = head.split_once(" parameter ")?;
    let location = LOCATIONS.iter().find(|known| **known == location)?;
    Some(Part::Parameter { location, name: name.to_owned() })
}

fn answer(rest: &str) -> Option<Part> {
    let (status, rest) = rest.split_once(' ').unwrap_or((rest, ""));
    let status = status.parse().ok()?;
    let name = |kind: &str| rest.strip_prefix(kind).map(str::to_owned);
    Some(match rest {
        "" => Part::Response { status, media_type: None },
        "stream" => Part::Stream { status },
        _ => match (name("header "), name("event ")) {
            (Some(name), _) => Part::Header { status, name },
            (None, Some(name)) => Part::Event { status, name },
            (None, None) => Part::Response { status, media_type: Some(rest.to_owned()) },
        },
    })
}

impl serde::Serialize for Place {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::Place;

    #[test]
    fn a_place_that_was_written_is_read() {
        for text in [
            "operation",
            "request",
            "request body /inputs{}/name",
            "query parameter last id",
            "header parameter X-Key",
            "response 200",
            "response 404 application/json",
            "response 200 application/json /data[]/name",
            "response 200 application/json []/a b/c",
            "response 200 header X-Version",
            "response 200 event message_end /metadata/usage",
            "response 200 event a /b /c",
            "response 200 stream",
            "step lend-a-book/read",
        ] {
            assert_eq!(text.parse::<Place>().unwrap().to_string(), text);
        }
        for text in ["", "nowhere", "body parameter x", "response abc", "response"] {
            assert!(text.parse::<Place>().is_err(), "{text}");
        }
    }
}
