//! Findings in few lines: what they share stands once, above them.

use std::io;
use std::path::Path;

use super::page::{BOLD, DIM, Page, style_of};
use crate::finding::{Finding, Part, Source};
use crate::report::plain::{self, Operations};
use crate::report::text;
use crate::run::RunInfo;

/// Promise and answer together take at most this many lines.
const LINES: usize = 2;

/// What all findings of a report share.
pub struct Context<'r> {
    /// The operations, to tell how many exchanges a check looked at.
    pub operations: &'r Operations<'r>,
    /// The document, if there is but one: its lines need no file.
    pub document: Option<&'r str>,
    /// What was tried, if requests were sent: exchanges have the names of cases then.
    pub run: Option<&'r RunInfo>,
}

/// Writes findings of one operation, the gravest first: a head for each check and part of the
/// exchange, below it the places.
pub fn write(page: &mut Page<'_>, findings: &[&Finding], context: &Context<'_>) -> io::Result<()> {
    let mut rest = findings;
    while let Some(first) = rest.first() {
        let same = |finding: &&Finding| {
            finding.check == first.check
                && finding.severity == first.severity
                && finding.place.part == first.place.part
        };
        let length = rest.iter().take_while(|finding| same(finding)).count();
        let (group, others) = rest.split_at(length);
        page.blank()?;
        head(page, first)?;
        for finding in group {
            row(page, finding, context)?;
        }
        rest = others;
    }
    Ok(())
}

fn head(page: &mut Page<'_>, finding: &Finding) -> io::Result<()> {
    let severity = finding.severity.word();
    let part = match &finding.place.part {
        Part::Operation => String::new(),
        part => format!(" in {}", text::clean(&part.to_string())),
    };
    let room = page.width.saturating_sub(severity.len() + 3);
    let check = text::cut(finding.check, room);
    let part = text::cut(&part, room.saturating_sub(text::width(&check))).into_owned();
    page.ready(&format!(
        "  {} {}{}",
        page.styled(style_of(finding.severity), severity),
        page.styled(BOLD, &check),
        page.styled(DIM, &part),
    ))
}

fn row(page: &mut Page<'_>, finding: &Finding, context: &Context<'_>) -> io::Result<()> {
    let pointer = text::clean(&finding.place.pointer).into_owned();
    let often = often(finding, context);
    let said = said(finding);
    let told = if pointer.is_empty() { said.as_str() } else { pointer.as_str() };
    // The count stands at the right, if there is room for it.
    let room = page.width.saturating_sub(4);
    let gap = room.saturating_sub(text::width(&often));
    if text::width(told) + 2 <= gap {
        page.ready(&format!("    {}{}", text::pad(told, gap), page.styled(DIM, &often)))?;
    } else {
        for line in text::wrap_some(told, room, LINES) {
            page.ready(&format!("    {line}"))?;
        }
        page.ready(&format!("    {}{}", " ".repeat(gap), page.styled(DIM, &often)))?;
    }
    if !pointer.is_empty() {
        for line in text::wrap_some(&said, room.saturating_sub(2), LINES) {
            page.ready(&format!("      {line}"))?;
        }
    }
    // The name of a case is long: it has lines of its own.
    if let (Some(_), Some(sample)) = (context.run, finding.samples.first()) {
        let case = text::clean(&sample.exchange);
        for line in text::wrap(&format!("in {case}"), room.saturating_sub(2)) {
            page.ready(&format!("      {}", page.styled(DIM, &line)))?;
        }
    }
    Ok(())
}

/// What was promised, and what was seen.
fn said(finding: &Finding) -> String {
    let (promised, seen) = (text::clean(&finding.promised), text::clean(&finding.seen));
    format!("{promised}; seen {seen}")
}

/// How often it was seen, in which exchange first, and the line of the promise.
fn often(finding: &Finding, context: &Context<'_>) -> String {
    let mut parts = vec![plain::briefly(finding, context.operations)];
    let named = finding.samples.first().filter(|sample| !sample.exchange.is_empty());
    if let (None, Some(sample)) = (context.run, named) {
        let number = sample.exchange.rfind('#').and_then(|at| sample.exchange.get(at..));
        parts.push(number.unwrap_or(&sample.exchange).to_owned());
    }
    if let Some(Source { file, line, .. }) = &finding.source {
        let name = Path::new(file).file_name().map(|name| name.to_string_lossy());
        parts.push(match name {
            Some(name) if context.document != Some(file) => format!("{name}:{line}"),
            _ => format!(":{line}"),
        });
    }
    parts.join("  ")
}
