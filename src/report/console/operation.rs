//! An operation and its findings.

use std::collections::BTreeMap;
use std::io;

use super::brief::{self, Context};
use super::page::{BOLD, DIM, PLAIN, Page, style_of};
use crate::finding::{Finding, Severity};
use crate::report::plain;
use crate::report::{ReportOptions, text};
use crate::run::OperationResult;

/// Values that were promised and seen take at most this many lines.
const LINES: usize = 3;

/// What there is to say of an operation.
pub struct Section<'r> {
    /// The operation's name.
    pub id: &'r str,
    operation: Option<&'r OperationResult>,
    /// Its findings, the gravest first.
    pub findings: Vec<&'r Finding>,
}

/// Whether a finding is only counted, not shown.
pub fn folds(finding: &Finding, options: &ReportOptions) -> bool {
    finding.severity == Severity::Note && options.fail_on > Severity::Note && !options.verbose
}

impl<'r> Section<'r> {
    /// The section of an operation; it has no result if it is not documented.
    pub fn new(
        id: &'r str,
        operation: Option<&'r OperationResult>,
        mut findings: Vec<&'r Finding>,
    ) -> Self {
        // Stable: within a severity, the order of the result remains.
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        Self { id, operation, findings }
    }

    /// Whether there is something to say that is not folded.
    pub fn says_more_than_notes(&self, options: &ReportOptions) -> bool {
        let tells = |operation: &OperationResult| {
            !operation.unjudged.is_empty() || options.verbose && !operation.unseen.is_empty()
        };
        self.operation.is_some_and(tells)
            || self.findings.iter().any(|finding| !folds(finding, options))
    }

    /// The folded findings in one line: `14 notes (unseen-property 12, unseen-status 2)`.
    pub fn notes(&self, options: &ReportOptions) -> String {
        let mut checks: BTreeMap<&str, u64> = BTreeMap::new();
        for finding in self.findings.iter().filter(|finding| folds(finding, options)) {
            *checks.entry(finding.check).or_default() += 1;
        }
        let each = checks.iter().map(|(check, n)| format!("{check} {}", text::number(*n)));
        let each: Vec<String> = each.collect();
        format!("{} ({})", text::count(checks.values().sum(), "note"), each.join(", "))
    }

    /// Writes the section, with an empty line at its end.
    pub fn write(
        &self,
        page: &mut Page<'_>,
        options: &ReportOptions,
        context: &Context<'_>,
    ) -> io::Result<()> {
        page.text(0, BOLD, self.id)?;
        page.text(2, DIM, &self.exchanges())?;
        let shown: Vec<&Finding> =
            self.findings.iter().copied().filter(|finding| !folds(finding, options)).collect();
        if options.verbose {
            for finding in shown {
                page.blank()?;
                write_finding(page, finding, context)?;
            }
        } else {
            brief::write(page, &shown, context)?;
        }
        let unjudged = self.operation.map(|operation| operation.unjudged.as_slice());
        for unjudged in unjudged.unwrap_or_default() {
            page.blank()?;
            page.text(2, style_of(Severity::Warning), "could not judge")?;
            page.value(4, "what", &unjudged.what, LINES)?;
            let mut exchanges = text::count(unjudged.exchanges, "exchange");
            if !unjudged.first.is_empty() {
                exchanges = format!("{exchanges}, first {}", unjudged.first);
            }
            page.value(4, "count", &exchanges, LINES)?;
        }
        if options.verbose
            && let Some(operation) = self.operation.filter(|o| !o.unseen.is_empty())
        {
            page.blank()?;
            page.text(2, style_of(Severity::Note), "never seen")?;
            operation.unseen.iter().try_for_each(|unseen| page.text(4, PLAIN, unseen))?;
        }
        if self.findings.iter().any(|finding| folds(finding, options)) {
            page.blank()?;
            page.text(2, PLAIN, &format!("{} -v shows them", self.notes(options)))?;
        }
        page.blank()
    }

    fn exchanges(&self) -> String {
        match self.operation {
            None => "not documented".to_owned(),
            Some(operation) if operation.exchanges == 0 => "not exercised".to_owned(),
            Some(operation) => text::count(operation.exchanges, "exchange"),
        }
    }
}

fn write_finding(page: &mut Page<'_>, finding: &Finding, context: &Context<'_>) -> io::Result<()> {
    let (severity, check) = (finding.severity.word(), text::cut(finding.check, page.width - 12));
    let fingerprint = finding.fingerprint.to_string();
    let fits = severity.len() + text::width(&check) + fingerprint.len() + 4 <= page.width;
    let mut head = format!(
        "  {} {}",
        page.styled(style_of(finding.severity), severity),
        page.styled(BOLD, &check)
    );
    if fits {
        head = format!("{head} {}", page.styled(DIM, &fingerprint));
    }
    page.ready(&head)?;
    if !fits {
        page.value(4, "id", &fingerprint, 1)?;
    }
    page.value(4, "place", &finding.place.to_string(), usize::MAX)?;
    page.value(4, "promised", &finding.promised, LINES)?;
    page.value(4, "seen", &finding.seen, LINES)?;
    page.value(4, "source", &plain::source(finding), LINES)?;
    let mut often = plain::often(finding, context.operations);
    let named = |sample: &&crate::finding::Sample| !sample.exchange.is_empty();
    if let Some(first) = finding.samples.first().filter(named) {
        often.push_str(", first ");
        often.push_str(&first.exchange);
    }
    page.value(4, "count", &often, LINES)?;
    for sample in finding.samples.iter().skip(1) {
        page.value(4, "also", &format!("{}: {}", sample.exchange, sample.seen), LINES)?;
    }
    if let Some(command) = context.run.and_then(|run| run.alone(finding)) {
        let label = page.styled(DIM, "alone");
        page.ready(&format!("    {label}      {}", plain::harmless(&command)))?;
    }
    match &finding.curl {
        Some(curl) => {
            // Whole, whatever its width, so that it can be copied.
            let label = page.styled(DIM, "repeat");
            page.ready(&format!("    {label}     {}", plain::harmless(curl)))
        }
        None => Ok(()),
    }
}
