//! Finds where a JSON value ends, without understanding it.

/// What the scanner is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing of the value was seen.
    Start,
    /// Between strings, inside an object or array.
    Between,
    /// Inside a string.
    String,
    /// Behind the backslash in a string.
    Escape,
    /// Inside a number or a literal that stands alone.
    Scalar,
}

/// Finds the end of one JSON value that comes in pieces.
///
/// Only strings and the depth of brackets are followed: a `]` may close a `{`. The extent of a
/// value is right for all valid JSON, and whoever parses it finds the rest.
#[derive(Debug)]
pub struct Scan {
    state: State,
    depth: usize,
}

impl Scan {
    /// A scan whose first byte will be the first byte of the value.
    pub fn new() -> Self {
        Self { state: State::Start, depth: 0 }
    }

    /// Takes the next piece. Gives how many of its bytes belong to the value if it ends there.
    pub fn feed(&mut self, piece: &[u8]) -> Option<usize> {
        let mut at = 0;
        while let Some(rest) = piece.get(at..).filter(|rest| !rest.is_empty()) {
            at += match self.state {
                State::Start => self.start(rest),
                State::Between => self.between(rest),
                State::String => self.string(rest),
                State::Escape => {
                    self.state = State::String;
                    1
                }
                State::Scalar => {
                    let ends = |byte: &u8| b",]}: \t\r\n\"[{".contains(byte);
                    return rest.iter().position(ends).map(|length| at + length);
                }
            };
            if self.depth == 0 && self.state == State::Between {
                return Some(at);
            }
        }
        None
    }

    /// Whether the value is complete if nothing follows: a number at the end of the text is.
    pub fn may_end(&self) -> bool {
        self.state == State::Scalar
    }

    fn start(&mut self, rest: &[u8]) -> usize {
        match rest.first() {
            Some(b'"') => self.state = State::String,
            Some(b'{' | b'[') => {
                self.depth = 1;
                self.state = State::Between;
            }
            _ => self.state = State::Scalar,
        }
        1
    }

    /// Reads on to the end of a string, of the value or of the piece.
    fn between(&mut self, rest: &[u8]) -> usize {
        for (at, byte) in rest.iter().enumerate() {
            match byte {
                b'"' => {
                    self.state = State::String;
                    return at + 1;
                }
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        return at + 1;
                    }
                }
                _ => {}
            }
        }
        rest.len()
    }

    /// Reads on to the end of the string or of the piece.
    fn string(&mut self, rest: &[u8]) -> usize {
        let mut at = 0;
        while let Some(tail) = rest.get(at..) {
            let Some(found) = memchr::memchr2(b'"', b'\\', tail) else { break };
            at += found + 1;
            if tail.get(found) == Some(&b'"') {
                self.state = State::Between;
                return at;
            }
            if at == rest.len() {
                self.state = State::Escape;
                return at;
            }
            at += 1;
        }
        rest.len()
    }
}

#[cfg(test)]
mod tests {
    use super::Scan;

    /// The extent of the first value, with the text in pieces of one byte and in one piece.
    fn extents(text: &str) -> (Option<usize>, Option<usize>) {
        let mut scan = Scan::new();
        let single = text
            .bytes()
            .enumerate()
            .find_map(|(at, byte)| scan.feed(&[byte]).map(|length| at + length));
        (single, Scan::new().feed(text.as_bytes()))
    }

    #[test]
    fn values_end_where_they_should() {
        for (text, end) in [
            ("{} ,", Some(2)),
            (r#"{"a":"}\"}"},1"#, Some(12)),
            (r#"["\\"]]"#, Some(6)),
            (r#""\\\"" x"#, Some(6)),
            ("12.5,", Some(4)),
            ("null}", Some(4)),
            ("[[[[", None),
            (r#"{"a":"b"#, None),
            ("12", None),
        ] {
            assert_eq!(extents(text), (end, end), "{text}");
        }
    }
}
