//! A finding in plain text, for reports that hold text: one labelled line for each of its parts.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::text;
use crate::finding::{Finding, Source};
use crate::run::{OperationResult, RunResult};

/// The operations by their names.
pub type Operations<'r> = BTreeMap<&'r str, &'r OperationResult>;

/// The operations of a result by their names.
pub fn operations(result: &RunResult) -> Operations<'_> {
    result.operations.iter().map(|operation| (operation.id.as_str(), operation)).collect()
}

/// How often, and of how many: `12 of 40 exchanges, 72 times`.
pub fn often(finding: &Finding, operations: &Operations<'_>) -> String {
    if finding.samples.is_empty() {
        // A finding over all exchanges together: its count is what was looked at.
        return format!("{} looked at", text::count(finding.exchanges, "exchange"));
    }
    let operation = operations.get(finding.operation.as_str());
    let looked_at = operation.map(|o| o.checks.get(finding.check).copied().unwrap_or(o.exchanges));
    let mut words = match looked_at.filter(|&of| of >= finding.exchanges) {
        Some(of) => {
            format!("{} of {}", text::number(finding.exchanges), text::count(of, "exchange"))
        }
        None => text::count(finding.exchanges, "exchange"),
    };
    if finding.count != finding.exchanges {
        let _ = write!(words, ", {}", text::count(finding.count, "time"));
    }
    words
}

/// How often, in as few words as can be: `12 of 40 (72×)`.
pub fn briefly(finding: &Finding, operations: &Operations<'_>) -> String {
    if finding.samples.is_empty() {
        return format!("{} looked at", text::number(finding.exchanges));
    }
    let operation = operations.get(finding.operation.as_str());
    let looked_at = operation.map(|o| o.checks.get(finding.check).copied().unwrap_or(o.exchanges));
    let exchanges = text::number(finding.exchanges);
    let mut words = match looked_at.filter(|&of| of >= finding.exchanges) {
        Some(of) => format!("{exchanges} of {}", text::number(of)),
        None => exchanges,
    };
    if finding.count != finding.exchanges {
        let _ = write!(words, " ({}×)", text::number(finding.count));
    }
    words
}

/// Where the promise stands, and what the finding contradicts.
pub fn source(finding: &Finding) -> String {
    let phrase = finding.basis.phrase();
    match &finding.source {
        Some(Source { file, line, column, .. }) => format!("{file}:{line}:{column} · {phrase}"),
        None => phrase.to_owned(),
    }
}

/// The finding in lines; only the command that repeats it may have several.
pub fn finding(finding: &Finding, operations: &Operations<'_>) -> String {
    let Finding { severity, check, fingerprint, .. } = finding;
    let mut lines = format!("{severity} {check} [{fingerprint}]\n");
    let mut line = |label: &str, value: &str| {
        let _ = writeln!(lines, "  {label:<9} {value}");
    };
    line("place", &text::clean(&finding.place.to_string()));
    line("promised", &text::clean(&finding.promised));
    line("seen", &text::clean(&finding.seen));
    line("source", &text::clean(&source(finding)));
    line("count", &often(finding, operations));
    for sample in &finding.samples {
        let seen = text::clean(&sample.seen);
        line("sample", &format!("{}: {seen}", text::clean(&sample.exchange)));
    }
    if let Some(curl) = &finding.curl {
        line("repeat", &harmless(curl));
    }
    lines
}

/// A command that can still be copied, without characters that act on a terminal.
pub fn harmless(command: &str) -> String {
    command.split('\n').map(text::clean).collect::<Vec<_>>().join("\n")
}
