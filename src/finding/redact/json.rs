//! Secrets in JSON, found without parsing: the text may be broken, deep, or only JSON in parts (an
//! event stream, a form with a JSON field).

use std::ops::Range;

use super::MASK;

/// How deep JSON inside a JSON string is looked into.
const NESTING: usize = 4;

/// The text with strings and numbers behind secret names masked; `None` if there are none.
pub fn masked(text: &[u8], is_secret: &dyn Fn(&str) -> bool) -> Option<Vec<u8>> {
    nested(text, is_secret, NESTING)
}

/// What may follow: the scanner's whole memory.
enum Expect {
    /// Nothing in particular.
    Any,
    /// A string that may be the name of a secret was read.
    Colon,
    /// The value of a secret.
    Secret,
}

fn nested(text: &[u8], is_secret: &dyn Fn(&str) -> bool, nesting: usize) -> Option<Vec<u8>> {
    let mut masked = Masked { text, output: Vec::new(), copied: 0 };
    let mut expect = Expect::Any;
    // The depth of brackets, and at which depth the value of a secret began.
    let (mut depth, mut secret): (usize, Option<usize>) = (0, None);
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => {
                let inner = string(text, at);
                let literal = text.get(inner.clone()).unwrap_or_default();
                at = inner.end + 1;
                let is_name = next_is_colon(text, at);
                if is_name {
                    let hit = is_secret(&decoded(literal));
                    expect = if hit { Expect::Colon } else { Expect::Any };
                } else if secret.is_some() || matches!(expect, Expect::Secret) {
                    masked.replace(inner, MASK.as_bytes());
                    expect = Expect::Any;
                } else {
                    expect = Expect::Any;
                    if let Some(changed) = inside(literal, is_secret, nesting) {
                        masked.replace(inner, &changed);
                    }
                }
                continue;
            }
            b':' if matches!(expect, Expect::Colon) => expect = Expect::Secret,
            b'{' | b'[' => {
                depth += 1;
                if matches!(expect, Expect::Secret) && secret.is_none() {
                    secret = Some(depth);
                }
                expect = Expect::Any;
            }
            b'}' | b']' => {
                if secret == Some(depth) {
                    secret = None;
                }
                depth = depth.saturating_sub(1);
                expect = Expect::Any;
            }
            b'-' | b'0'..=b'9' if secret.is_some() || matches!(expect, Expect::Secret) => {
                let rest = text.get(at..).unwrap_or_default();
                let inside = |b: &&u8| b.is_ascii_alphanumeric() || b"+-._".contains(b);
                let length = rest.iter().take_while(inside).count().max(1);
                masked.replace(at..at + length, b"0");
                at += length;
                expect = Expect::Any;
                continue;
            }
            b' ' | b'\t' | b'\r' | b'\n' => {}
            _ => expect = Expect::Any,
        }
        at += 1;
    }
    masked.finish()
}

/// What is inside the quotes of the string that begins here. A string ends at the end of the line
/// at the latest, so that a stray quote does no harm beyond it.
fn string(text: &[u8], quote: usize) -> Range<usize> {
    let start = quote + 1;
    let mut end = start;
    while let Some(found) =
        text.get(end..).and_then(|rest| memchr::memchr3(b'"', b'\\', b'\n', rest))
    {
        end += found;
        if text.get(end) != Some(&b'\\') {
            return start..end;
        }
        end += 2;
    }
    start..text.len()
}

fn next_is_colon(text: &[u8], at: usize) -> bool {
    text.get(at..).unwrap_or_default().trim_ascii_start().first() == Some(&b':')
}

/// The string a JSON literal without its quotes stands for.
fn decoded(literal: &[u8]) -> String {
    if memchr::memchr(b'\\', literal).is_some() {
        let quoted = [b"\"", literal, b"\""].concat();
        if let Ok(text) = serde_json::from_slice(&quoted) {
            return text;
        }
    }
    String::from_utf8_lossy(literal).into_owned()
}

/// JSON inside a string, masked and written as the inside of a string again.
fn inside(literal: &[u8], is_secret: &dyn Fn(&str) -> bool, nesting: usize) -> Option<Vec<u8>> {
    // A member's name inside a string has escaped quotes.
    if nesting == 0 || memchr::memchr2(b'{', b'[', literal).is_none() {
        return None;
    }
    memchr::memchr(b'\\', literal)?;
    let text = decoded(literal);
    let changed = nested(text.as_bytes(), is_secret, nesting - 1)?;
    let quoted = serde_json::to_vec(&String::from_utf8_lossy(&changed)).ok()?;
    Some(quoted.strip_prefix(b"\"")?.strip_suffix(b"\"")?.to_vec())
}

/// A text that is copied as far as something in it is replaced.
struct Masked<'a> {
    text: &'a [u8],
    output: Vec<u8>,
    copied: usize,
}

impl Masked<'_> {
    fn replace(&mut self, range: Range<usize>, with: &[u8]) {
        if self.text.get(range.clone()) == Some(with) || range.is_empty() {
            return;
        }
        self.output.extend_from_slice(self.text.get(self.copied..range.start).unwrap_or_default());
        self.output.extend_from_slice(with);
        self.copied = range.end;
    }

    fn finish(mut self) -> Option<Vec<u8>> {
        if self.copied == 0 {
            return None;
        }
        self.output.extend_from_slice(self.text.get(self.copied..).unwrap_or_default());
        Some(self.output)
    }
}
