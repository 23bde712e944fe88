//! Lines of limited width, with or without colours.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use crate::finding::Severity;
use crate::report::{ReportOptions, text};

/// As it is.
pub const PLAIN: Style = Style::new();
/// Headings.
pub const BOLD: Style = Style::new().bold();
/// What matters less.
pub const DIM: Style = Style::new().dimmed();
/// Good news.
pub const GOOD: Style = AnsiColor::Green.on_default().bold();

/// A page is never narrower than this, since labels and values need some room.
const NARROWEST: usize = 40;

/// The labels of values are filled up to this width.
const LABEL: usize = 11;

/// Where lines are written.
pub struct Page<'w> {
    out: &'w mut dyn Write,
    /// The width in columns.
    pub width: usize,
    color: bool,
}

impl<'w> Page<'w> {
    /// A page as wide and as colourful as the options say.
    pub fn new(options: &ReportOptions, out: &'w mut dyn Write) -> Self {
        Self { out, width: options.width.max(NARROWEST), color: options.color }
    }

    /// A text in a style, if there are styles.
    #[must_use]
    pub fn styled(&self, style: Style, text: &str) -> String {
        if self.color && style != PLAIN {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }

    /// An empty line.
    pub fn blank(&mut self) -> io::Result<()> {
        writeln!(self.out)
    }

    /// A text in as many lines as it needs.
    pub fn text(&mut self, indent: usize, style: Style, value: &str) -> io::Result<()> {
        for line in text::wrap(&text::clean(value), self.width - indent) {
            let line = self.styled(style, &line);
            writeln!(self.out, "{:indent$}{line}", "")?;
        }
        Ok(())
    }

    /// A line that is ready: measured, and styled.
    pub fn ready(&mut self, line: &str) -> io::Result<()> {
        writeln!(self.out, "{line}")
    }

    /// A label and a value in at most so many lines.
    pub fn value(
        &mut self,
        indent: usize,
        label: &str,
        value: &str,
        lines: usize,
    ) -> io::Result<()> {
        let room = self.width - indent - LABEL;
        let mut label = self.styled(DIM, &text::pad(label, LABEL));
        for line in text::wrap_some(&text::clean(value), room, lines) {
            writeln!(self.out, "{:indent$}{label}{line}", "")?;
            label = " ".repeat(LABEL);
        }
        Ok(())
    }
}

/// The style of a severity.
#[must_use]
pub fn style_of(severity: Severity) -> Style {
    match severity {
        Severity::Error => AnsiColor::Red.on_default().bold(),
        Severity::Warning => AnsiColor::Yellow.on_default().bold(),
        Severity::Note => AnsiColor::Cyan.on_default(),
    }
}
