//! Strings and numbers of a HAR as recorders write them, which is not always as they should.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};

/// A JSON string as bytes.
///
/// Recorders written in Python put a body's byte that is no UTF-8 into the string as a lone
/// surrogate from U+DC80 to U+DCFF ("surrogateescape", PEP 383), which JSON can write and Rust's
/// strings cannot hold. [`Text::bytes`] gives the original byte for it, and U+FFFD for other lone
/// surrogates.
#[derive(Debug, Clone, Default)]
pub struct Text<'a>(Cow<'a, [u8]>);

impl Text<'_> {
    /// The bytes the string stands for.
    pub fn bytes(&self) -> Cow<'_, [u8]> {
        let bytes: &[u8] = &self.0;
        match surrogate(bytes) {
            None => Cow::Borrowed(bytes),
            Some(first) => Cow::Owned(restore(bytes, first)),
        }
    }

    /// The text; what is no UTF-8 is replaced by U+FFFD.
    pub fn text(&self) -> Cow<'_, str> {
        match self.bytes() {
            Cow::Borrowed(bytes) => String::from_utf8_lossy(bytes),
            Cow::Owned(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
        }
    }

    /// Where the text stands in the JSON it was read from, in bytes; unknown if it was written
    /// with escapes.
    pub fn offset_in(&self, json: &[u8]) -> Option<usize> {
        let Cow::Borrowed(text) = &self.0 else { return None };
        let offset = (text.as_ptr() as usize).checked_sub(json.as_ptr() as usize)?;
        (offset <= json.len()).then_some(offset)
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Where the first surrogate is: the encoded form of U+D800 to U+DFFF, ED A0 80 to ED BF BF.
fn surrogate(bytes: &[u8]) -> Option<usize> {
    memchr::memchr_iter(0xED, bytes).find(|&at| bytes.get(at + 1).is_some_and(|next| *next >= 0xA0))
}

fn restore(bytes: &[u8], first: usize) -> Vec<u8> {
    let mut restored = Vec::with_capacity(bytes.len());
    let (mut rest, mut next) = (bytes, Some(first));
    while let Some((before, [_, second, third, after @ ..])) =
        next.and_then(|at| rest.split_at_checked(at))
    {
        restored.extend_from_slice(before);
        // U+DC80 to U+DCBF is ED B2 80 to ED B2 BF, U+DCC0 to U+DCFF is ED B3 80 to ED B3 BF.
        match second {
            0xB2 => restored.push(*third),
            0xB3 => restored.push(third | 0x40),
            _ => restored.extend_from_slice("\u{fffd}".as_bytes()),
        }
        rest = after;
        next = surrogate(rest);
    }
    restored.extend_from_slice(rest);
    restored
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes;
        impl<'de> Visitor<'de> for Bytes {
            type Value = Cow<'de, [u8]>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }
            fn visit_borrowed_bytes<E: Error>(self, bytes: &'de [u8]) -> Result<Self::Value, E> {
                Ok(Cow::Borrowed(bytes))
            }
            fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Self::Value, E> {
                Ok(Cow::Owned(bytes.to_vec()))
            }
        }
        // As bytes, since serde_json refuses lone surrogates in a `str`.
        deserializer.deserialize_bytes(Bytes).map(Self)
    }
}

/// A number where HAR wants one; null, and text that is no number, count as not given.
#[derive(Debug, Clone, Copy, Default)]
pub struct Number(pub Option<f64>);

impl Number {
    /// As a size in bytes; negative stands for unknown.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked")]
    pub fn size(self) -> Option<u64> {
        // 2^53: up to there every whole number has its own f64.
        self.0.filter(|value| (0.0..=9_007_199_254_740_992.0).contains(value)).map(|v| v as u64)
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl Visitor<'_> for Any {
            type Value = Number;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number")
            }
            fn visit_f64<E: Error>(self, value: f64) -> Result<Number, E> {
                Ok(Number(Some(value)))
            }
            #[expect(clippy::cast_precision_loss, reason = "sizes and times are below 2^53")]
            fn visit_u64<E: Error>(self, value: u64) -> Result<Number, E> {
                Ok(Number(Some(value as f64)))
            }
            #[expect(clippy::cast_precision_loss, reason = "sizes and times are below 2^53")]
            fn visit_i64<E: Error>(self, value: i64) -> Result<Number, E> {
                Ok(Number(Some(value as f64)))
            }
            fn visit_str<E: Error>(self, value: &str) -> Result<Number, E> {
                Ok(Number(value.trim().parse().ok()))
            }
            fn visit_unit<E: Error>(self) -> Result<Number, E> {
                Ok(Number(None))
            }
        }
        deserializer.deserialize_any(Any)
    }
}

#[cfg(test)]
mod tests {
    use super::{Number, Text};

    #[test]
    fn lone_surrogates_become_the_bytes_they_stand_for() {
        let json = r#""a\udcff\udc80\ud800\ud83d\ude00\ud7ff/""#;
        let text: Text = serde_json::from_str(json).unwrap();
        let expected = b"a\xff\x80\xef\xbf\xbd\xf0\x9f\x98\x80\xed\x9f\xbf/";
        assert_eq!(text.bytes().as_ref(), expected);
    }

    #[test]
    fn numbers_are_read_in_every_form() {
        let sizes = |json: &str| serde_json::from_str::<Number>(json).map(Number::size).ok();
        assert_eq!(sizes("12"), Some(Some(12)));
        assert_eq!(sizes("12.0"), Some(Some(12)));
        assert_eq!(sizes("\"12\""), Some(Some(12)));
        assert_eq!(sizes("-1"), Some(None));
        assert_eq!(sizes("null"), Some(None));
        assert_eq!(sizes("1e300"), Some(None));
        assert_eq!(sizes("[]"), None);
    }
}
