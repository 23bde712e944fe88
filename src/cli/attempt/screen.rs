//! A request and its answer on the screen, as they come.

use std::io::{self, Write};

use serde_json::Value;

use crate::cli::output::Output;
use crate::exchange::sse::FieldName;
use crate::exchange::{Body, End, Exchange, Frame, Headers, Next, Progress, Request, multipart};
use crate::report::text;

/// A body of a request that is longer is not shown, in bytes.
const LONGEST: usize = 16 << 10;

/// Shows an exchange as it goes on.
pub struct Screen<'s> {
    output: &'s Output,
    /// The body of the request was shown.
    requested: bool,
    /// How many events came.
    events: u64,
    /// What went wrong with the writing.
    pub broken: Option<io::Error>,
}

impl<'s> Screen<'s> {
    /// A screen on which nothing stands yet.
    pub fn new(output: &'s Output) -> Self {
        Self { output, requested: false, events: 0, broken: None }
    }

    /// Shows what has come; tells to stop where nobody looks.
    pub fn show(&mut self, progress: &Progress<'_>) -> Next {
        let shown = match progress {
            Progress::Request(request) if !self.requested => {
                self.requested = true;
                self.request(request)
            }
            Progress::Head { status, headers, ms } => self.head(*status, headers, *ms),
            Progress::Frame { frame, ms } => {
                self.events += u64::from(frame.data().is_some());
                self.frame(frame, *ms)
            }
            _ => Ok(()),
        };
        match shown {
            Ok(()) => Next::Read,
            Err(error) => {
                self.broken = Some(error);
                Next::Stop
            }
        }
    }

    fn request(&self, request: &Request) -> io::Result<()> {
        let mut stdout = self.output.stdout();
        let line = format!("{} {}", request.method, request.url);
        writeln!(stdout, "{}", self.output.heading(&line))?;
        for line in body_of_request(request) {
            writeln!(stdout, "  {line}")?;
        }
        stdout.flush()
    }

    fn head(&self, status: u16, headers: &Headers, ms: f64) -> io::Result<()> {
        let mut stdout = self.output.stdout();
        writeln!(stdout, "\n{} after {ms:.0} ms", self.output.heading(&status.to_string()))?;
        for header in &headers.0 {
            writeln!(stdout, "{}: {}", text::clean(&header.name), text::clean(&header.value))?;
        }
        writeln!(stdout)?;
        stdout.flush()
    }

    fn frame(&self, frame: &Frame, ms: f64) -> io::Result<()> {
        let mut stdout = self.output.stdout();
        let mut time = format!("{:>10}  ", format!("{ms:.0} ms"));
        for field in &frame.fields {
            let value = text::clean(&field.value);
            match &field.name {
                FieldName::Data => writeln!(stdout, "{time}{value}")?,
                FieldName::Comment => writeln!(stdout, "{time}: {value}")?,
                FieldName::Event => writeln!(stdout, "{time}event: {value}")?,
                FieldName::Id => writeln!(stdout, "{time}id: {value}")?,
                FieldName::Retry => writeln!(stdout, "{time}retry: {value}")?,
                FieldName::Other(name) => writeln!(stdout, "{time}{}: {value}", text::clean(name))?,
            }
            time = " ".repeat(12);
        }
        stdout.flush()
    }

    /// Shows the body of an answer that is no stream, how it ended, and how long it took.
    pub fn end(&self, exchange: &Exchange) -> io::Result<()> {
        let mut stdout = self.output.stdout();
        let total = exchange.times.total_ms;
        let Some(response) = &exchange.response else {
            let why = exchange.failure.as_ref().map_or("", |failure| failure.message.as_str());
            writeln!(stdout, "\nno answer after {total:.0} ms: {}", text::clean(why))?;
            return stdout.flush();
        };
        let mut end = format!("ended after {total:.0} ms");
        let kind = response.headers.get("content-type").unwrap_or_default();
        if kind.starts_with("text/event-stream") {
            end = format!("{end}, {}", text::count(self.events, "event"));
        } else {
            for line in body_of_answer(&response.body, kind) {
                writeln!(stdout, "{line}")?;
            }
        }
        match &response.end {
            None | Some(End::Complete) => {}
            Some(End::CutOff { why }) => end = format!("{end}; it is not complete: {why}"),
            Some(End::Silent { seconds }) => {
                end = format!("{end}; nothing came for {seconds:.0} seconds");
            }
            Some(End::TimedOut { seconds }) => {
                end = format!("{end}; it takes more than {seconds:.0} seconds");
            }
            Some(End::TooLarge) => end = format!("{end}; it is too large to be read"),
            Some(End::Stopped) => end = format!("{end}; it was not read to its end"),
        }
        writeln!(stdout, "\n{}", text::clean(&end))?;
        stdout.flush()
    }
}

/// The lines of a request's body.
fn body_of_request(request: &Request) -> Vec<String> {
    let bytes = match &request.body {
        Body::Empty => return Vec::new(),
        Body::Missing { reason, .. } => return vec![format!("a body that is {reason}")],
        Body::Bytes(bytes) => bytes,
    };
    let kind = request.headers.get("content-type").unwrap_or_default();
    if let Ok(parts) = multipart::parse(kind, bytes) {
        let line = |part: &multipart::Part| {
            let name = text::clean(part.name.as_deref().unwrap_or_default()).into_owned();
            let content = bytes.get(part.content.clone()).unwrap_or_default();
            match &part.filename {
                Some(file) => {
                    let size = text::count(content.len() as u64, "byte");
                    format!("{name}: the file {}, {size}", text::clean(file))
                }
                None => format!("{name}: {}", text::clean(&String::from_utf8_lossy(content))),
            }
        };
        return parts.iter().map(line).collect();
    }
    if bytes.len() > LONGEST {
        return vec![format!("a body of {}", text::count(bytes.len() as u64, "byte"))];
    }
    plain(bytes).unwrap_or_else(|| vec![not_text(bytes.len(), kind)])
}

fn body_of_answer(body: &Body, kind: &str) -> Vec<String> {
    match body {
        Body::Empty => Vec::new(),
        Body::Missing { reason, .. } => vec![format!("a body that is {}", text::clean(reason))],
        Body::Bytes(bytes) => plain(bytes).unwrap_or_else(|| vec![not_text(bytes.len(), kind)]),
    }
}

/// JSON with its members in lines of their own, or a text as it is.
fn plain(bytes: &[u8]) -> Option<Vec<String>> {
    let written = std::str::from_utf8(bytes).ok()?;
    let pretty = serde_json::from_str::<Value>(written).ok().map(|value| format!("{value:#}"));
    let written = pretty.as_deref().unwrap_or(written);
    Some(written.lines().map(|line| text::clean(line).into_owned()).collect())
}

fn not_text(length: usize, kind: &str) -> String {
    let size = text::count(length as u64, "byte");
    match kind {
        "" => format!("{size} that are no text"),
        kind => format!("{size} of {}", text::clean(kind)),
    }
}
