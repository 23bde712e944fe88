//! The bytes of a body, which many look at.

use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use serde_json::Value;

/// The bytes of a body. Cheap to clone: clones share the bytes, and what was read of them.
#[derive(Clone)]
pub struct Content(Arc<Inner>);

struct Inner {
    bytes: Bytes,
    json: OnceLock<Result<Value, serde_json::Error>>,
}

impl Content {
    /// The JSON that it is; read when it is first asked for.
    ///
    /// # Errors
    /// Why it is none.
    pub fn json(&self) -> Result<&Value, &serde_json::Error> {
        self.0.json.get_or_init(|| read(&self.0.bytes)).as_ref()
    }

    /// The bytes, shared.
    #[must_use]
    pub fn bytes(&self) -> Bytes {
        self.0.bytes.clone()
    }

    /// The same bytes, without what was read of them.
    #[must_use]
    pub fn unread(&self) -> Self {
        self.bytes().into()
    }
}

/// A text that is known to be UTF-8 as a whole need not be looked at string by string.
fn read(bytes: &[u8]) -> Result<Value, serde_json::Error> {
    match std::str::from_utf8(bytes) {
        Ok(text) => serde_json::from_str(text),
        Err(_) => serde_json::from_slice(bytes),
    }
}

impl From<Bytes> for Content {
    fn from(bytes: Bytes) -> Self {
        Self(Arc::new(Inner { bytes, json: OnceLock::new() }))
    }
}

impl From<Vec<u8>> for Content {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes::from(bytes).into()
    }
}

impl Deref for Content {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0.bytes
    }
}

impl AsRef<[u8]> for Content {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl PartialEq for Content {
    fn eq(&self, other: &Self) -> bool {
        self.0.bytes == other.0.bytes
    }
}

impl Eq for Content {}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.bytes.as_ref().fmt(f)
    }
}
