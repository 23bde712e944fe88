//! A key: it goes out on the wire, and nowhere else.

use std::fmt;
use std::sync::Arc;

use memchr::memmem::Finder;
use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue};

use crate::error::Problem;
use crate::exchange::record::Header;
use crate::finding::MASK;

/// A key shorter than this is not looked for in answers: it would be found everywhere.
const SHORTEST: usize = 8;

/// A key for the server, and the header that carries it. Cheap to clone.
///
/// What is kept of an exchange has [`MASK`] in its place, also where the server sends it back.
#[derive(Clone)]
pub struct Secret(Arc<Inner>);

struct Inner {
    name: HeaderName,
    value: HeaderValue,
    /// What is kept in place of the value.
    masked: String,
    /// Finds the key; `None` where it is too short to be looked for.
    finder: Option<Finder<'static>>,
}

impl Secret {
    /// A key that is sent as `Authorization: Bearer KEY`.
    ///
    /// # Errors
    /// Where it is empty, or holds what cannot stand in a header. The message does not show it.
    pub fn bearer(key: &str) -> Result<Self, Problem> {
        Self::new(AUTHORIZATION, "Bearer ", key)
    }

    /// A key that is sent as the whole value of a header of this name.
    ///
    /// # Errors
    /// Where the name is none, or as for [`Secret::bearer`].
    pub fn in_header(name: &str, key: &str) -> Result<Self, Problem> {
        Self::behind(name, "", key)
    }

    /// A key that is sent in a header of this name, behind a prefix such as `Bearer `.
    ///
    /// # Errors
    /// Where the name is none, or as for [`Secret::bearer`].
    pub fn behind(name: &str, prefix: &str, key: &str) -> Result<Self, Problem> {
        let name = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| Problem::new(format!("{name:?} cannot be the name of a header")))?;
        Self::new(name, prefix, key)
    }

    fn new(name: HeaderName, scheme: &str, key: &str) -> Result<Self, Problem> {
        let key = key.trim();
        if key.is_empty() {
            return Err(Problem::new("the key is empty"));
        }
        let value = HeaderValue::from_str(&format!("{scheme}{key}")).ok();
        let value = value.filter(|_| key.bytes().all(|byte| byte.is_ascii_graphic()));
        let Some(mut value) = value else {
            return Err(Problem::new("the key holds a character that no key has")
                .help("give it as it was issued: one line, without white space and quotes"));
        };
        value.set_sensitive(true);
        let masked = format!("{scheme}{MASK}");
        let finder = (key.len() >= SHORTEST).then(|| Finder::new(key).into_owned());
        Ok(Self(Arc::new(Inner { name, value, masked, finder })))
    }

    /// The name of its header.
    pub(super) fn name(&self) -> &HeaderName {
        &self.0.name
    }

    /// Whether this is what goes out on the wire.
    pub(super) fn is(&self, value: &HeaderValue) -> bool {
        self.0.value == value
    }

    /// What goes out on the wire: a copy. What all threads share would be counted by all of them, all the
    /// time, since on its way a request is copied several times.
    pub(super) fn value(&self) -> HeaderValue {
        let copy = HeaderValue::from_bytes(self.0.value.as_bytes());
        let mut value = copy.unwrap_or_else(|_| self.0.value.clone());
        value.set_sensitive(true);
        value
    }

    /// What is kept of it.
    pub(super) fn kept(&self) -> Header {
        Header { name: self.0.name.as_str().to_owned(), value: self.0.masked.clone() }
    }

    /// Masks the key in bytes that are to be kept; `None` if it is not in them.
    pub(super) fn masked(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let finder = self.0.finder.as_ref()?;
        let mut places = finder.find_iter(bytes).peekable();
        places.peek()?;
        let (mut masked, mut from) = (Vec::with_capacity(bytes.len()), 0);
        for at in places {
            masked.extend_from_slice(bytes.get(from..at).unwrap_or_default());
            masked.extend_from_slice(MASK.as_bytes());
            from = at + finder.needle().len();
        }
        masked.extend_from_slice(bytes.get(from..).unwrap_or_default());
        Some(masked)
    }

    /// Masks the key in a text that is to be kept.
    pub(super) fn mask_text(&self, text: &mut String) {
        if let Some(masked) = self.masked(text.as_bytes()) {
            *text = String::from_utf8_lossy(&masked).into_owned();
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(***)")
    }
}
