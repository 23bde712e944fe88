//! The whole report, in its order.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::brief::Context;
use super::operation::{Section, folds};
use super::page::{BOLD, PLAIN, Page};
use super::summary;
use crate::finding::Finding;
use crate::report::{Format, ReportOptions, plain};
use crate::run::RunResult;

/// The format.
pub const FORMAT: Format = Format {
    name: "console",
    extension: "txt",
    description: "for people: findings by operation, then a summary",
    write,
};

/// Writes the result for people.
pub fn write(result: &RunResult, options: &ReportOptions, out: &mut dyn Write) -> io::Result<()> {
    findings(result, options, out)?;
    summary::write(&mut Page::new(options, out), result, options)
}

/// Writes the findings alone, by operation.
pub fn findings(
    result: &RunResult,
    options: &ReportOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut page = Page::new(options, out);
    let mut findings: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in &result.findings {
        findings.entry(&finding.operation).or_default().push(finding);
    }
    let operations = plain::operations(result);
    let document = match result.documents.as_slice() {
        [only] => Some(only.path.as_str()),
        _ => None,
    };
    let context = Context { operations: &operations, document, run: result.run.as_ref() };
    let mut sections = Vec::new();
    for operation in &result.operations {
        let found = findings.remove(operation.id.as_str()).unwrap_or_default();
        sections.push(Section::new(&operation.id, Some(operation), found));
    }
    let unknown = findings.into_iter();
    sections.extend(unknown.map(|(id, found)| Section::new(id, None, found)));
    for section in sections.iter().filter(|section| section.says_more_than_notes(options)) {
        section.write(&mut page, options, &context)?;
    }
    folded(&mut page, &sections, options)
}

/// One line for each operation of which there is nothing to say but notes.
fn folded(
    page: &mut Page<'_>,
    sections: &[Section<'_>],
    options: &ReportOptions,
) -> io::Result<()> {
    let quiet: Vec<_> = sections.iter().filter(|s| !s.says_more_than_notes(options)).collect();
    let mut headed = false;
    for section in quiet {
        let notes = section.findings.iter().filter(|f| folds(f, options)).count();
        if notes == 0 {
            continue;
        }
        if !headed {
            page.text(0, BOLD, "notes on other operations (-v shows them)")?;
            headed = true;
        }
        page.text(2, PLAIN, &format!("{}: {}", section.id, section.notes(options)))?;
    }
    if headed { page.blank() } else { Ok(()) }
}
