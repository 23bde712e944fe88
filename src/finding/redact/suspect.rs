//! Tells quickly that no secret name can stand in a text, as in nearly every one.

use memchr::memmem;
use regex::bytes::{Regex, RegexBuilder};

use super::RedactError;

/// The Kelvin sign in UTF-8: the one letter beyond ASCII whose lower case is an ASCII one.
const KELVIN: &[u8] = b"\xE2\x84\xAA";

/// Finds texts in which a secret name may stand.
pub struct Suspect {
    /// Finds each name in any case, and the escapes with which JSON could write one.
    anywhere: Regex,
    /// The names, where they are all ASCII.
    plain: Option<Plain>,
}

impl Suspect {
    /// What looks for these names, which are in lower case; `None` where there are none.
    ///
    /// # Errors
    /// Where they are too many to be looked for.
    pub fn of(names: &[String]) -> Result<Option<Self>, RedactError> {
        if names.is_empty() {
            return Ok(None);
        }
        let ascii = names.iter().all(|name| name.is_ascii());
        let mut alternatives: Vec<String> = names.iter().map(|name| regex::escape(name)).collect();
        // The printable ASCII characters; nearly all real escapes are above or below these.
        alternatives.push(if ascii { r"\\u00[2-7]" } else { r"\\u" }.to_owned());
        if ascii {
            alternatives.extend([r"\xE2\x84\xAA", r"\\u212a"].map(str::to_owned));
        }
        let text = alternatives.join("|");
        // The cases of letters beyond ASCII are many, and would make it slow.
        match RegexBuilder::new(&text).case_insensitive(true).unicode(!ascii).build() {
            Ok(anywhere) => Ok(Some(Self { anywhere, plain: ascii.then(|| Plain::of(names)) })),
            Err(cause) => Err(RedactError { pattern: text, cause: Some(cause) }),
        }
    }

    /// Whether a secret name may stand anywhere.
    pub fn anywhere(&self, text: &[u8]) -> bool {
        self.anywhere.is_match(text)
    }

    /// Whether a secret name may stand where JSON has names, wherever there is JSON in the text: behind a
    /// name comes a quote, the backslash of one within a string, or the end of the line.
    pub fn in_json(&self, text: &[u8]) -> bool {
        let Some(plain) = &self.plain else { return self.anywhere(text) };
        if memmem::find(text, KELVIN).is_some() {
            return true;
        }
        let mut before = 0;
        // A look at two bytes tells that it is neither, nearly always.
        text.iter().enumerate().any(|(at, byte)| {
            let class = plain.classes[usize::from(*byte)];
            let pair = (before << 1) & class & (ENDS | U) != 0;
            before = class;
            pair && plain.is_suspect(text, at)
        })
    }
}

/// Names of ASCII characters alone.
struct Plain {
    names: Vec<String>,
    /// What each byte may be.
    classes: [u8; 256],
}

/// The last letter of a name, in any case.
const LAST: u8 = 1;
/// What may follow a name.
const ENDS: u8 = LAST << 1;
/// A backslash.
const ESCAPES: u8 = 4;
/// The letter that follows it where a character is told by its number.
const U: u8 = ESCAPES << 1;

impl Plain {
    fn of(names: &[String]) -> Self {
        let mut classes = [0; 256];
        for last in names.iter().filter_map(|name| name.bytes().last()) {
            for case in [last.to_ascii_lowercase(), last.to_ascii_uppercase()] {
                classes[usize::from(case)] |= LAST;
            }
        }
        for (byte, class) in [(b'"', ENDS), (b'\\', ENDS | ESCAPES), (b'\n', ENDS), (b'u', U)] {
            classes[usize::from(byte)] |= class;
        }
        Self { names: names.to_vec(), classes }
    }

    /// Whether a name ends before this byte, or a letter of one may be escaped there.
    fn is_suspect(&self, text: &[u8], at: usize) -> bool {
        let (before, behind) = text.split_at(at);
        let ends = |name: &String| {
            let from = before.len().checked_sub(name.len());
            let own = from.and_then(|from| before.get(from..));
            own.is_some_and(|own| own.eq_ignore_ascii_case(name.as_bytes()))
        };
        let escaped = match behind {
            [b'u', b'0', b'0', b'2'..=b'7', ..] => true,
            [b'u', b'2', b'1', b'2', last, ..] => last.eq_ignore_ascii_case(&b'a'),
            _ => false,
        };
        escaped || self.names.iter().any(ends)
    }
}
