//! A text file that holds a JSON or YAML document.

use std::path::Path;
use std::sync::OnceLock;

use serde_json::Value;

use super::json;
use super::spans::Span;
use super::yaml;
use crate::error::{Problem, Spot, reason};

/// At most this many characters of a line are shown.
const EXCERPT: usize = 100;

/// A line and a column, both from 1; the column counts characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// A document's text, which tells the position of everything in it.
#[derive(Debug)]
pub struct TextFile {
    /// The path, as it was given.
    pub path: String,
    text: String,
    /// Byte offsets at which lines begin; made when the first position is asked for.
    lines: OnceLock<Vec<usize>>,
    /// The value and its spans; positions are rarely asked for, so this, too, waits.
    spans: OnceLock<Option<(Value, Span)>>,
}

impl TextFile {
    /// Reads a JSON or YAML document, told apart by its first character. A path that begins with
    /// `built-in:` names one that is part of the program.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, is empty, is not UTF-8, or does not parse.
    pub fn read(path: &str) -> Result<(Self, Value), Problem> {
        Self::read_as(path, "an OpenAPI or Overlay document")
    }

    /// The same where another kind of document is expected, which is told of an empty file.
    ///
    /// # Errors
    ///
    /// See [`TextFile::read`].
    pub fn read_as(path: &str, expected: &str) -> Result<(Self, Value), Problem> {
        if let Some(builtin) = crate::builtin::read(path) {
            let file = Self::with_text(&builtin.path, builtin.text.to_owned());
            let value = match builtin.json.and_then(|json| serde_json::from_str(json).ok()) {
                Some(value) => value,
                None => file.parse_text(expected)?.0,
            };
            return Ok((file, value));
        }
        let file = Self::open(path)?;
        let (value, _) = file.parse_text(expected)?;
        Ok((file, value))
    }

    /// Reads a file as text, whatever it is.
    ///
    /// # Errors
    ///
    /// A file that cannot be read or is not UTF-8.
    pub fn open(path: &str) -> Result<Self, Problem> {
        let bytes = std::fs::read(Path::new(path))
            .map_err(|error| Problem::new(format!("cannot read {path}: {}", reason(&error))))?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            let valid = String::from_utf8_lossy(error.as_bytes().get(..at).unwrap_or_default());
            let file = Self::with_text(path, valid.into_owned());
            let wide = matches!(error.as_bytes(), [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..]);
            Problem::new(if wide { "UTF-16 text, not UTF-8" } else { "not UTF-8 text" })
                .at(file.spot(file.position_of(at)))
                .help("what is read here is UTF-8; convert the file, or give the right one")
        })?;
        Ok(Self::with_text(path, text))
    }

    /// Reads the text of a JSON or YAML document.
    ///
    /// # Errors
    ///
    /// Text that is empty or does not parse.
    pub fn parse(path: &str, text: String) -> Result<(Self, Value), Problem> {
        let file = Self::with_text(path, text);
        let (value, _) = file.parse_text("a document")?;
        Ok((file, value))
    }

    /// A text that is known to parse, for the positions of what is in it.
    #[must_use]
    pub fn known(path: &str, text: String) -> Self {
        Self::with_text(path, text)
    }

    /// The text, without a byte order mark.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    fn with_text(path: &str, text: String) -> Self {
        // RFC 8259 allows readers to ignore a byte order mark.
        let text = match text.strip_prefix('\u{feff}') {
            Some(rest) => rest.to_owned(),
            None => text,
        };
        Self { path: path.to_owned(), text, lines: OnceLock::new(), spans: OnceLock::new() }
    }

    fn parse_text(&self, expected: &str) -> Result<(Value, Span), Problem> {
        let empty = || {
            Problem::new(format!("{} is empty", self.path))
                .help(format!("expected {expected} in JSON or YAML"))
        };
        match self.text.trim_start().chars().next() {
            None => Err(empty()),
            Some('{' | '[') => json::parse(&self.text).or_else(|error| {
                // YAML may begin with a bracket, too.
                let read = self.is_named_yaml().then(|| yaml::parse(&self.text));
                read.and_then(Result::ok).ok_or_else(|| self.json_problem(error))
            }),
            Some(_) => match yaml::parse(&self.text) {
                // Nothing but remarks, or a lone `---`.
                Ok((Value::Null, _)) => Err(empty()),
                Ok(parsed) => Ok(parsed),
                Err(error) => Err(self.yaml_problem(error)),
            },
        }
    }

    fn is_named_yaml(&self) -> bool {
        let ending = Path::new(&self.path).extension();
        ending.is_some_and(|e| e.eq_ignore_ascii_case("yaml") || e.eq_ignore_ascii_case("yml"))
    }

    fn json_problem(&self, error: json::JsonError) -> Problem {
        let problem = Problem::new(error.message).at(self.spot(self.position_of(error.offset)));
        match error.help {
            Some(help) => problem.help(help),
            None => problem,
        }
    }

    fn yaml_problem(&self, error: yaml::YamlError) -> Problem {
        let problem = match error.position {
            Some((line, column)) => {
                Problem::new(error.message).at(self.spot(Position { line, column }))
            }
            None => Problem::new(format!("{}: {}", self.path, error.message)),
        };
        match error.help {
            Some(help) => problem.help(help),
            None => problem,
        }
    }

    /// The position of what the pointer leads to, or of the nearest thing above it.
    #[must_use]
    pub fn position(&self, pointer: &str) -> Position {
        let offset = match self.spans.get_or_init(|| self.parse_text("a document").ok()) {
            Some((value, span)) => span.nearest(value, pointer),
            None => 0,
        };
        self.position_of(offset)
    }

    /// The place of what the pointer leads to, with its line.
    #[must_use]
    pub fn spot_of(&self, pointer: &str) -> Spot {
        self.spot(self.position(pointer))
    }

    /// The place at a byte offset, with its line.
    #[must_use]
    pub fn spot_at(&self, offset: usize) -> Spot {
        self.spot(self.position_of(offset))
    }

    /// The position of a byte offset.
    fn position_of(&self, offset: usize) -> Position {
        let lines = self.lines();
        let line = lines.partition_point(|&start| start <= offset).max(1);
        let start = lines.get(line - 1).copied().unwrap_or(0);
        let before = self.text.as_bytes().get(start..offset.min(self.text.len()));
        let column = before.map_or(0, |bytes| String::from_utf8_lossy(bytes).chars().count()) + 1;
        Position { line, column }
    }

    /// The place at a position, with its line, of which a window is shown if it is long.
    fn spot(&self, position: Position) -> Spot {
        let line = self.line(position.line);
        let skip = if line.chars().count() > EXCERPT {
            position.column.saturating_sub(EXCERPT / 2)
        } else {
            0
        };
        Spot {
            file: self.path.clone(),
            line: position.line,
            column: position.column,
            text: line.chars().skip(skip).take(EXCERPT).collect(),
            text_column: position.column - skip.min(position.column.saturating_sub(1)),
        }
    }

    fn line(&self, line: usize) -> &str {
        let lines = self.lines();
        let start = lines.get(line.saturating_sub(1)).copied().unwrap_or(self.text.len());
        let end = lines.get(line).copied().unwrap_or(self.text.len());
        self.text.get(start..end).unwrap_or_default().trim_end_matches(['\n', '\r'])
    }

    fn lines(&self) -> &[usize] {
        self.lines.get_or_init(|| {
            let breaks = memchr::memchr_iter(b'\n', self.text.as_bytes()).map(|at| at + 1);
            std::iter::once(0).chain(breaks).collect()
        })
    }
}
