//! JSON text to a value and its spans.

use jiter::{Jiter, JiterError, JiterErrorType, JsonErrorType, Peek};
use serde_json::{Map, Number, Value};

use super::spans::Span;

/// Nesting beyond this is refused, so that no document can exhaust the stack.
const MAX_DEPTH: usize = 256;

/// What is wrong, and the byte offset of it.
#[derive(Debug)]
pub struct JsonError {
    /// What is wrong.
    pub message: String,
    /// Byte offset.
    pub offset: usize,
    /// What to do about it.
    pub help: Option<&'static str>,
}

/// Reads a JSON text.
///
/// # Errors
///
/// Text that is not JSON (RFC 8259), a duplicate member name, or nesting beyond 256 levels.
pub fn parse(text: &str) -> Result<(Value, Span), JsonError> {
    let mut reader = Reader { jiter: Jiter::new(text.as_bytes()), text, depth: 0 };
    let peek = reader.jiter.peek().map_err(|error| syntax(text, &error))?;
    let parsed = reader.value(peek, None)?;
    reader.jiter.finish().map_err(|error| syntax(text, &error))?;
    Ok(parsed)
}

struct Reader<'t> {
    jiter: Jiter<'t>,
    text: &'t str,
    depth: usize,
}

impl Reader<'_> {
    fn value(&mut self, peek: Peek, name: Option<usize>) -> Result<(Value, Span), JsonError> {
        let text = self.text;
        let syntax = |error| syntax(text, &error);
        let start = name.unwrap_or(self.jiter.current_index());
        if self.depth == MAX_DEPTH {
            return Err(JsonError {
                message: format!("nested deeper than {MAX_DEPTH} levels"),
                offset: start,
                help: Some("no API description needs that; is this the right file?"),
            });
        }
        self.depth += 1;
        let mut children = Vec::new();
        let value = match peek {
            Peek::Null => self.jiter.known_null().map(|()| Value::Null).map_err(syntax)?,
            Peek::True | Peek::False => {
                self.jiter.known_bool(peek).map(Value::Bool).map_err(syntax)?
            }
            Peek::String => Value::String(self.jiter.known_str().map_err(syntax)?.to_owned()),
            Peek::Array => self.array(&mut children)?,
            Peek::Object => self.object(&mut children)?,
            number => self.number(number)?,
        };
        self.depth -= 1;
        Ok((value, Span { start, children }))
    }

    fn number(&mut self, peek: Peek) -> Result<Value, JsonError> {
        let (text, offset) = (self.text, self.jiter.current_index());
        let bytes = self.jiter.known_number_bytes(peek).map_err(|error| syntax(text, &error))?;
        serde_json::from_slice::<Number>(bytes).map(Value::Number).map_err(|_| JsonError {
            message: format!("{} is a number beyond all bounds", String::from_utf8_lossy(bytes)),
            offset,
            help: None,
        })
    }

    fn array(&mut self, children: &mut Vec<Span>) -> Result<Value, JsonError> {
        let text = self.text;
        let syntax = |error| syntax(text, &error);
        let mut items = Vec::new();
        let mut next = self.jiter.known_array().map_err(syntax)?;
        while let Some(peek) = next {
            let (item, span) = self.value(peek, None)?;
            items.push(item);
            children.push(span);
            next = self.jiter.array_step().map_err(syntax)?;
        }
        Ok(Value::Array(items))
    }

    fn object(&mut self, children: &mut Vec<Span>) -> Result<Value, JsonError> {
        let text = self.text;
        let syntax = |error| syntax(text, &error);
        let mut members = Map::new();
        let mut next = self.jiter.known_object().map_err(syntax)?.map(str::to_owned);
        while let Some(name) = next {
            let start = self.start_of_name();
            if members.contains_key(&name) {
                return Err(JsonError {
                    message: format!("duplicate key `{name}`"),
                    offset: start,
                    help: Some("an object may have each key once; remove or rename one of them"),
                });
            }
            let peek = self.jiter.peek().map_err(syntax)?;
            let (member, span) = self.value(peek, Some(start))?;
            members.insert(name, member);
            children.push(span);
            next = self.jiter.next_key().map_err(syntax)?.map(str::to_owned);
        }
        Ok(Value::Object(members))
    }

    /// The offset of the name that was just read: the reader stands behind its colon.
    fn start_of_name(&self) -> usize {
        let read = self.text.as_bytes().get(..self.jiter.current_index()).unwrap_or_default();
        let quote = |end: usize| read.get(..end).and_then(|bytes| memchr::memrchr(b'"', bytes));
        let Some(mut start) = quote(read.len()).and_then(quote) else { return 0 };
        // A quote behind an odd number of backslashes is part of the name.
        while escaped(read, start) {
            let Some(before) = quote(start) else { return start };
            start = before;
        }
        start
    }
}

fn escaped(bytes: &[u8], at: usize) -> bool {
    let before = bytes.get(..at).unwrap_or_default();
    before.iter().rev().take_while(|&&byte| byte == b'\\').count() % 2 == 1
}

/// What a syntax error means, in words for who wrote the text.
fn syntax(text: &str, error: &JiterError) -> JsonError {
    use JsonErrorType as E;
    let rest = text.get(error.index..).unwrap_or_default();
    let (message, help) = match &error.error_type {
        JiterErrorType::JsonError(kind) => match kind {
            _ if rest.starts_with("//") || rest.starts_with("/*") || rest.starts_with('#') => {
                ("a comment, which JSON does not have", Some("take it out, or write YAML"))
            }
            _ if rest.starts_with('\'') => {
                ("a text in single quotes", Some("JSON texts stand in double quotes"))
            }
            E::EofWhileParsingList
            | E::EofWhileParsingObject
            | E::EofWhileParsingString
            | E::EofWhileParsingValue => {
                ("the document is cut off", Some("the file is incomplete; fetch it again"))
            }
            E::ExpectedColon => ("expected `:` between a name and its value", None),
            E::ExpectedListCommaOrEnd => ("expected `,` or `]`", None),
            E::ExpectedObjectCommaOrEnd => ("expected `,` or `}`", None),
            E::ExpectedSomeIdent | E::ExpectedSomeValue => (
                "expected a value",
                Some("a value is an object, a list, a text, a number, `true`, `false` or `null`"),
            ),
            E::InvalidEscape => (
                "an escape that JSON does not have",
                Some("a backslash within a text is written `\\\\`"),
            ),
            E::InvalidNumber => ("a number that JSON does not have", None),
            E::KeyMustBeAString => ("expected a name in double quotes", None),
            E::ControlCharacterWhileParsingString => (
                "a control character within a text",
                Some("write a line break as `\\n` and a tab as `\\t`"),
            ),
            E::InvalidUnicodeCodePoint
            | E::LoneLeadingSurrogateInHexEscape
            | E::UnexpectedEndOfHexEscape => {
                ("half of a character: a surrogate without its pair", None)
            }
            E::TrailingComma => ("a comma with nothing behind it", None),
            E::TrailingCharacters => {
                ("text behind the end of the document", Some("a file holds one document"))
            }
            _ => return other(error),
        },
        JiterErrorType::WrongType { .. } => return other(error),
    };
    // Of a word that is none, `treu`, the reader tells the first wrong letter.
    let read = text.get(..error.index).unwrap_or_default();
    let word = read.len() - read.trim_end_matches(|c: char| c.is_ascii_alphabetic()).len();
    let word =
        if error.error_type == JiterErrorType::JsonError(E::ExpectedSomeIdent) { word } else { 0 };
    JsonError { message: message.to_owned(), offset: error.index - word, help }
}

fn other(error: &JiterError) -> JsonError {
    JsonError { message: error.error_type.to_string(), offset: error.index, help: None }
}
