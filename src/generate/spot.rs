//! A place in a request.

use std::fmt;

use crate::contract::model::Location;

/// A place in a request: a parameter, or a place in the body.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Spot {
    /// A parameter, and a place in its value if that is a list or an object.
    Parameter {
        /// Where it is sent.
        location: Location,
        /// Its name.
        name: String,
        /// JSON Pointer within its value, mostly empty.
        pointer: String,
    },
    /// A place in the body: a JSON Pointer. In a form, its first token is the name of a field. `-`
    /// stands for any item of a list, and for the first where one is meant.
    Body(String),
}

impl Spot {
    /// A parameter of the path.
    #[must_use]
    pub fn path(name: &str) -> Self {
        Self::parameter(Location::Path, name)
    }

    /// A parameter of the query.
    #[must_use]
    pub fn query(name: &str) -> Self {
        Self::parameter(Location::Query, name)
    }

    /// A parameter as a whole.
    #[must_use]
    pub fn parameter(location: Location, name: &str) -> Self {
        Self::Parameter { location, name: name.to_owned(), pointer: String::new() }
    }

    /// A place in the body.
    #[must_use]
    pub fn body(pointer: &str) -> Self {
        Self::Body(pointer.to_owned())
    }

    /// The place that the words of `x-contract-consumes` name: `path`, `query` or `body`, and a name
    /// or a pointer.
    #[must_use]
    pub fn named(location: &str, name: &str) -> Option<Self> {
        Some(match location {
            "path" => Self::path(name),
            "query" => Self::query(name),
            "header" => Self::parameter(Location::Header, name),
            "cookie" => Self::parameter(Location::Cookie, name),
            "body" => Self::body(name),
            _ => return None,
        })
    }
}

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Parameter { location, name, pointer } => {
                write!(f, "{} parameter {name}", location.word())?;
                if pointer.is_empty() { Ok(()) } else { write!(f, " {pointer}") }
            }
            Self::Body(pointer) if pointer.is_empty() => f.write_str("body"),
            Self::Body(pointer) => write!(f, "body {pointer}"),
        }
    }
}
