//! JSON Pointer (RFC 6901).

use std::borrow::Cow;
use std::fmt::Write as _;

use serde_json::Value;

/// A JSON Pointer under construction, or taken apart.
///
/// The text form is kept escaped: `/paths/~1datasets/get`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Pointer(String);

impl Pointer {
    /// The pointer with the given escaped text, `""` or `/…`.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The pointer to a member or item of what this one points to.
    #[must_use]
    pub fn child(&self, token: &str) -> Self {
        let mut pointer = self.clone();
        pointer.push(token);
        pointer
    }

    /// The pointer to what the given tokens, one after the other, lead to.
    #[must_use]
    pub fn join(&self, tokens: &[&str]) -> Self {
        let mut pointer = self.clone();
        for token in tokens {
            pointer.push(token);
        }
        pointer
    }

    /// Goes to a member or item.
    pub fn push(&mut self, token: &str) {
        self.0.push('/');
        escape_into(&mut self.0, token);
    }

    /// Goes to an item.
    pub fn push_index(&mut self, index: usize) {
        // Writing to a string cannot fail.
        let _ = write!(self.0, "/{index}");
    }

    /// Goes where another pointer's text leads from here.
    pub fn extend(&mut self, text: &str) {
        self.0.push_str(text);
    }

    /// Goes back to the given length in bytes, as [`Pointer::len`] told it before.
    pub fn truncate(&mut self, len: usize) {
        self.0.truncate(len);
    }

    /// The length of the text in bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it points to the whole document.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The escaped text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The escaped text.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }

    /// What it points to in the value.
    #[must_use]
    pub fn resolve<'v>(&self, value: &'v Value) -> Option<&'v Value> {
        Self::find(value, &self.0)
    }

    /// What a pointer's text leads to, as [`Value::pointer`] finds it, without copying every token.
    #[must_use]
    pub fn find<'v>(value: &'v Value, text: &str) -> Option<&'v Value> {
        let mut rest = text;
        let mut found = value;
        while !rest.is_empty() {
            // Faster than to strip a prefix, and nearly every promise is looked up like this.
            rest = rest.get(1..).filter(|_| rest.as_bytes().first() == Some(&b'/'))?;
            let (token, more) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            found = match found {
                Value::Object(members) => members.get(&*unescape(token))?,
                Value::Array(items) => items.get(index(token)?)?,
                _ => return None,
            };
            rest = more;
        }
        Some(found)
    }

    /// The unescaped tokens of a pointer's text, from the root.
    pub fn tokens(text: &str) -> impl Iterator<Item = Cow<'_, str>> {
        text.split('/').skip(1).map(unescape)
    }

    /// The pointer's text without its last token, and that token unescaped; `None` at the root.
    #[must_use]
    pub fn split_last(text: &str) -> Option<(&str, Cow<'_, str>)> {
        text.rsplit_once('/').map(|(parent, token)| (parent, unescape(token)))
    }
}

impl std::fmt::Display for Pointer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0)
    }
}

/// The number of an item, which is written in one way only.
fn index(token: &str) -> Option<usize> {
    let plain = !token.starts_with('+') && (token == "0" || !token.starts_with('0'));
    plain.then(|| token.parse().ok()).flatten()
}

fn escape_into(text: &mut String, token: &str) {
    // Few names have anything to escape.
    if !token.bytes().any(|byte| matches!(byte, b'~' | b'/')) {
        text.push_str(token);
        return;
    }
    for c in token.chars() {
        match c {
            '~' => text.push_str("~0"),
            '/' => text.push_str("~1"),
            c => text.push(c),
        }
    }
}

fn unescape(token: &str) -> Cow<'_, str> {
    if token.contains('~') {
        Cow::Owned(token.replace("~1", "/").replace("~0", "~"))
    } else {
        Cow::Borrowed(token)
    }
}
