//! Errors for people: what is wrong, where, and what to do about it.

use std::{fmt, io};

/// A place in a text file, with the line that stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// Path of the file, as it was given.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// The text of the line, or a window of it if it is long; empty where there is nothing to show.
    pub text: String,
    /// Column of the place within `text`, from 1.
    pub text_column: usize,
}

/// Something that is wrong with what the user gave us.
///
/// The message is a fragment in lower case that reads well after `error: `.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub message: String,
    /// Where.
    pub spot: Option<Box<Spot>>,
    /// What to do about it.
    pub help: Option<String>,
}

impl Problem {
    /// A problem without a place.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), spot: None, help: None }
    }

    /// The same problem, at a place.
    #[must_use]
    pub fn at(mut self, spot: Spot) -> Self {
        self.spot = Some(Box::new(spot));
        self
    }

    /// The same problem, with advice.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// The reason of an I/O error in words, without the number of the operating system's error.
#[must_use]
pub fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::IsADirectory => "it is a folder, not a file".to_owned(),
        io::ErrorKind::NotADirectory => "a part of the path is a file, not a folder".to_owned(),
        _ => error.to_string(),
    }
}

impl std::error::Error for Problem {}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if let Some(spot) = &self.spot {
            write!(f, "\n{spot}")?;
        }
        if let Some(help) = &self.help {
            write!(f, "\n  help: {help}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let gutter = self.line.to_string();
        let blank = " ".repeat(gutter.len());
        write!(f, "{blank}--> {}:{}:{}", self.file, self.line, self.column)?;
        if self.text.is_empty() {
            return Ok(());
        }
        // Tabs are kept, so that the caret stands below its character whatever a tab's width is.
        let indent: String = (self.text.chars().take(self.text_column.saturating_sub(1)))
            .map(|c| if c == '\t' { '\t' } else { ' ' })
            .collect();
        write!(f, "\n{blank} |\n{gutter} | {}\n{blank} | {indent}^", self.text)
    }
}
