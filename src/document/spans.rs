//! Where every value of a document begins in its text.

use serde_json::Value;

use super::pointer::Pointer;

/// The offset at which a value begins, and the same for what it contains, in document order.
///
/// It runs parallel to the value it was read with, which holds the names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Span {
    /// Byte offset of the member's name, or of the value itself where it has none.
    pub start: usize,
    /// Members or items.
    pub children: Vec<Span>,
}

impl Span {
    /// The offset of what `pointer` leads to, or of the nearest thing above it that exists.
    #[must_use]
    pub fn nearest(&self, value: &Value, pointer: &str) -> usize {
        let (mut span, mut value) = (self, value);
        for token in Pointer::tokens(pointer) {
            let next = match value {
                Value::Object(members) => members
                    .iter()
                    .enumerate()
                    .find(|(_, (name, _))| **name == *token)
                    .map(|(index, (_, member))| (index, member)),
                Value::Array(items) => token
                    .parse::<usize>()
                    .ok()
                    .and_then(|index| items.get(index).map(|item| (index, item))),
                _ => None,
            };
            let Some((child, next)) = next.and_then(|(i, v)| Some((span.children.get(i)?, v)))
            else {
                break;
            };
            (span, value) = (child, next);
        }
        span.start
    }
}
