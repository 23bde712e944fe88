//! Colours, widths, standard output and error.

use std::io::{self, BufWriter, Write};
#[cfg(unix)]
use std::os::fd::AsFd as AsHandle;
#[cfg(windows)]
use std::os::windows::io::AsHandle;

use anstream::stream::RawStream;
use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use clap::ValueEnum;
use terminal_size::{Width, terminal_size_of};

use crate::report::text;

/// Lines longer than this are hard to read, however wide the terminal is.
const WIDEST: usize = 120;

/// Some terminals tell a width of nothing.
const NARROWEST: usize = 40;

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ColorWhen {
    /// On a terminal, unless `NO_COLOR` or `CLICOLOR` says otherwise.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Standard output and error.
#[derive(Debug, Clone)]
pub struct Output {
    stdout: Stream,
    stderr: Stream,
}

#[derive(Debug, Clone)]
struct Stream {
    choice: ColorChoice,
    /// The width of the terminal, if it is one.
    width: Option<usize>,
}

impl Output {
    /// With colours when the user wants them.
    pub fn new(when: ColorWhen) -> Self {
        Self { stdout: stream(when, io::stdout()), stderr: stream(when, io::stderr()) }
    }

    /// Standard output, buffered; the caller flushes.
    pub fn stdout(&self) -> impl Write + use<> {
        BufWriter::new(AutoStream::new(io::stdout().lock(), self.stdout.choice))
    }

    /// Standard error, buffered; the caller flushes.
    pub fn stderr(&self) -> impl Write + use<> {
        BufWriter::new(AutoStream::new(io::stderr().lock(), self.stderr.choice))
    }

    /// Whether standard output shows colours.
    pub fn stdout_has_color(&self) -> bool {
        self.stdout.choice != ColorChoice::Never
    }

    /// Whether standard error shows colours.
    pub fn stderr_has_color(&self) -> bool {
        self.stderr.choice != ColorChoice::Never
    }

    /// The width of the terminal on standard output, if it is one.
    pub fn stdout_width(&self) -> Option<usize> {
        self.stdout.width
    }

    /// The width of the terminal on standard error, if it is one.
    pub fn stderr_width(&self) -> Option<usize> {
        self.stderr.width
    }

    /// The word before a problem.
    pub fn error_word(&self) -> String {
        let style = AnsiColor::Red.on_default().bold();
        if self.stderr_has_color() { format!("{style}error{style:#}") } else { "error".to_owned() }
    }

    /// A heading on standard output.
    pub fn heading(&self, text: &str) -> String {
        let style = Style::new().bold();
        let text = text::clean(text);
        if self.stdout_has_color() { format!("{style}{text}{style:#}") } else { text.into_owned() }
    }
}

/// What a problem says, without characters that act on a terminal.
pub fn harmless(problem: &impl ToString) -> String {
    problem.to_string().lines().map(text::clean).collect::<Vec<_>>().join("\n")
}

fn stream<S: RawStream + AsHandle>(when: ColorWhen, stream: S) -> Stream {
    let choice = match when {
        ColorWhen::Auto => AutoStream::choice(&stream),
        ColorWhen::Always => ColorChoice::Always,
        ColorWhen::Never => ColorChoice::Never,
    };
    let size = stream.is_terminal().then(|| terminal_size_of(stream)).flatten();
    Stream {
        choice,
        width: size.map(|(Width(columns), _)| usize::from(columns).clamp(NARROWEST, WIDEST)),
    }
}
