//! A place in a file: byte offset, line and column.

use std::fmt;

/// A place in a text, kept up while the text is read.
///
/// Lines end at LF. In a compressed file all three count in the text that was compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// Bytes before the place.
    pub offset: u64,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl Spot {
    /// The beginning of a text.
    pub const START: Self = Self { offset: 0, line: 1, column: 1 };

    /// Moves the place behind these bytes.
    pub fn advance(&mut self, bytes: &[u8]) {
        self.offset += bytes.len() as u64;
        self.line += memchr::memchr_iter(b'\n', bytes).count();
        let tail = match memchr::memrchr(b'\n', bytes) {
            None => bytes,
            Some(at) => {
                self.column = 1;
                bytes.get(at + 1..).unwrap_or_default()
            }
        };
        // Every byte of UTF-8 that does not continue a character begins one.
        self.column += tail.iter().filter(|&&byte| byte & 0xC0 != 0x80).count();
    }

    /// The place behind these bytes.
    #[must_use]
    pub fn after(mut self, bytes: &[u8]) -> Self {
        self.advance(bytes);
        self
    }
}

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

#[cfg(test)]
mod tests {
    use super::Spot;

    #[test]
    fn columns_count_characters_and_lines_begin_anew() {
        let spot = Spot::START.after("ab\nĦé".as_bytes());
        assert_eq!(spot, Spot { offset: 7, line: 2, column: 3 });
        assert_eq!(spot.after(b"\n").to_string(), "3:1");
    }
}
