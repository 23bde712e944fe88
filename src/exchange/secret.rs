//! A key: it goes out on the wire, and nowhere else.

use std::fmt;

/// A key for the server, and the header that carries it.
#[derive(Clone)]
pub struct Secret {
    /// The header's name.
    pub name: String,
    /// The header's value.
    value: String,
}

impl Secret {
    /// A key that is sent in a header of this name, behind a prefix.
    #[must_use]
    pub fn sent(name: &str, prefix: &str, key: &str) -> Self {
        Self { name: name.to_owned(), value: format!("{prefix}{key}") }
    }

    /// The value of the header, for a request and for nothing else.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.value
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(***)")
    }
}
