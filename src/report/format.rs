//! What all reports have in common.

use std::io::{self, Write};

use crate::check::Meta;
use crate::finding::Severity;
use crate::run::RunResult;

/// A format that a result can be written in.
#[derive(Debug, Clone, Copy)]
pub struct Format {
    /// Its name on the command line.
    pub name: &'static str,
    /// How names of its files end, without the dot.
    pub extension: &'static str,
    /// What it is, in one line.
    pub description: &'static str,
    /// Writes a result.
    pub write: fn(&RunResult, &ReportOptions, &mut dyn Write) -> io::Result<()>,
}

/// How a result is written.
#[derive(Debug, Clone)]
pub struct ReportOptions {
    /// Findings of this severity or above are failures.
    pub fail_on: Severity,
    /// The documentation of the checks.
    pub checks: Vec<&'static Meta>,
    /// The width of the console in columns.
    pub width: usize,
    /// Whether the console shows colours.
    pub color: bool,
    /// Whether the console shows everything.
    pub verbose: bool,
}

/// The width of a console that does not tell its own.
const WIDTH: usize = 80;

impl Default for ReportOptions {
    fn default() -> Self {
        Self {
            fail_on: Severity::Error,
            checks: Vec::new(),
            width: WIDTH,
            color: false,
            verbose: false,
        }
    }
}

impl ReportOptions {
    /// What a check reports, in one line; nothing for an unknown check.
    #[must_use]
    pub fn title(&self, check: &str) -> Option<&'static str> {
        self.checks.iter().find(|meta| meta.id == check).map(|meta| meta.title)
    }

    /// The same for a file: neither colours nor the width of a terminal.
    #[must_use]
    pub fn for_file(&self) -> Self {
        Self { width: WIDTH, color: false, ..self.clone() }
    }
}
