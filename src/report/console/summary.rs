//! What was looked at, what was found, what was covered, and the verdict.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;

use super::page::{BOLD, GOOD, PLAIN, Page, style_of};
use crate::finding::Severity;
use crate::report::text::{count, number, pad};
use crate::report::{ReportOptions, Verdict, none_chosen};
use crate::run::{ExchangeCounts, Ratio, RunInfo, RunResult, Skipped, missing};

/// At most this many lines for one value.
const LINES: usize = 4;

/// Without `-v`, at most this many problems of one recording are shown.
const PROBLEMS: usize = 5;

/// How to read the right-hand side of brief findings.
const LEGEND: &str = "\"2 of 9 (6×)  #4  :70\": in 2 of the 9 exchanges that the check looked at, \
    6 times in all, first in exchange 4 of the recording; line 70 of the document promises it. \
    -v tells all of each, with the command that repeats it";

/// The same where requests were sent.
const LEGEND_OF_RUN: &str = "\"2 of 9 (6×)  :70\", \"in CASE\": in 2 of the 9 exchanges that the check \
    looked at, 6 times in all, first in this case; line 70 of the document promises it. -v tells all \
    of each, with the commands that repeat it";

/// Writes the summary.
pub fn write(page: &mut Page<'_>, result: &RunResult, options: &ReportOptions) -> io::Result<()> {
    page.text(0, BOLD, "summary")?;
    for document in &result.documents {
        let operations = count(document.operations as u64, "operation");
        let (path, format) = (&document.path, &document.format);
        let name = format!("{} {}", document.title, document.version);
        page.value(2, "document", &format!("{path}: {name}, {format}, {operations}"), LINES)?;
    }
    inputs(page, result, options)?;
    if let Some(run) = &result.run {
        tried(page, run, options)?;
    }
    page.value(2, "exchanges", &exchanges(&result.exchanges), LINES)?;
    let findings = count(result.findings.len() as u64, "finding");
    let disagreements = count(result.disagreements, "disagreement");
    page.value(2, "findings", &format!("{findings} from {disagreements}"), LINES)?;
    if !options.verbose && !result.findings.is_empty() {
        let legend = if result.run.is_some() { LEGEND_OF_RUN } else { LEGEND };
        page.value(2, "", legend, LINES)?;
    }
    for note in &result.notes {
        let lines = if options.verbose { usize::MAX } else { LINES };
        page.value(2, "note", &first_line(note), lines)?;
    }
    checks(page, result)?;
    coverage(page, result, options)?;
    page.blank()?;
    verdict(page, result, options)
}

fn inputs(page: &mut Page<'_>, result: &RunResult, options: &ReportOptions) -> io::Result<()> {
    for input in &result.inputs {
        let exchanges = count(input.exchanges, "exchange");
        page.value(2, "recording", &format!("{}: {exchanges}", input.path), LINES)?;
        let shown = if options.verbose { usize::MAX } else { PROBLEMS };
        for problem in input.problems.iter().take(shown) {
            page.value(2, "problem", &first_line(problem), LINES)?;
        }
        let shown = input.problems.len().min(shown) as u64;
        if input.problem_count > shown {
            let more = count(input.problem_count - shown, "more problem");
            page.value(2, "", &format!("and {more}"), LINES)?;
        }
    }
    Ok(())
}

/// What was tried, and where; what was not, and why.
fn tried(page: &mut Page<'_>, run: &RunInfo, options: &ReportOptions) -> io::Result<()> {
    let version = run.version.as_ref().map(|version| format!(", version {version}"));
    let version = version.unwrap_or_default();
    page.value(2, "target", &format!("{} at {}{version}", run.target, run.base_url), LINES)?;
    page.value(2, "allowed", &format!("{}; seed {}", run.allow, run.seed), LINES)?;
    let skipped: usize = run.skipped.iter().map(|skipped| skipped.cases).sum();
    let (passed, failed) = (number(run.passed as u64), number(run.failed as u64));
    let words = format!(
        "{}: {passed} passed, {failed} failed, {} skipped",
        count(run.cases as u64, "case"),
        number(skipped as u64)
    );
    page.value(2, "tried", &words, LINES)?;
    if !run.shards.is_empty() {
        let shards: Vec<String> = run.shards.iter().map(ToString::to_string).collect();
        page.value(2, "part", &shards.join(", "), LINES)?;
    }
    let mut reasons: Vec<_> = run.skipped.iter().collect();
    // What keeps most cases from being tried comes first.
    reasons.sort_by_key(|skipped| std::cmp::Reverse(skipped.cases));
    let shown = if options.verbose { usize::MAX } else { PROBLEMS };
    for Skipped { reason, cases, .. } in reasons.iter().take(shown) {
        page.value(2, "skipped", &format!("{} {reason}", number(*cases as u64)), LINES)?;
    }
    if reasons.len() > shown {
        let more = count((reasons.len() - shown) as u64, "more reason");
        page.value(2, "", &format!("and {more}; -v tells them"), LINES)?;
    }
    page.value(2, "models", &format!("at most {}", count(run.model_calls.into(), "call")), LINES)?;
    for leftover in &run.leftovers {
        page.value(2, "left over", leftover, LINES)?;
    }
    page.value(2, "again", &run.again(), LINES)?;
    page.value(2, "one alone", &format!("{} --exact 'CASE'", run.command), LINES)
}

/// Problems may come with an excerpt of the file, whose lines are joined here.
fn first_line(text: &str) -> String {
    let mut lines = text.lines().map(str::trim);
    let first = lines.next().unwrap_or_default();
    match lines.find_map(|line| line.strip_prefix("--> ")) {
        Some(place) => format!("{first} ({place})"),
        None => first.to_owned(),
    }
}

fn exchanges(counts: &ExchangeCounts) -> String {
    let ExchangeCounts { total, judged, undocumented, outside, unanswered } = counts;
    let mut words = format!("{} read: {} judged", number(*total), number(*judged));
    // Writing to a string cannot fail.
    let elsewhere: u64 = outside.values().sum();
    if *undocumented > 0 {
        let _ = write!(words, ", {} undocumented", number(*undocumented));
    }
    if *unanswered > 0 {
        let _ = write!(words, ", {} unanswered", number(*unanswered));
    }
    if elsewhere > 0 {
        let hosts: Vec<_> = outside.iter().map(|(h, n)| format!("{h} {}", number(*n))).collect();
        let hosts = hosts.join(", ");
        let _ = write!(words, ", {} to other places ({hosts})", number(elsewhere));
    }
    words
}

/// How many findings of each severity every check has.
fn checks(page: &mut Page<'_>, result: &RunResult) -> io::Result<()> {
    const SEVERITIES: [Severity; 3] = [Severity::Error, Severity::Warning, Severity::Note];
    let mut rows: BTreeMap<&str, [u64; 3]> = BTreeMap::new();
    for finding in &result.findings {
        let row = rows.entry(finding.check).or_default();
        for (cell, severity) in row.iter_mut().zip(SEVERITIES) {
            *cell += u64::from(finding.severity == severity);
        }
    }
    if rows.is_empty() {
        return Ok(());
    }
    page.blank()?;
    // Ids are short by their nature; the page is never so narrow that they do not fit at all.
    let width = rows.keys().map(|check| check.len()).max().unwrap_or(0).max(5) + 2;
    let width = width.min(page.width.saturating_sub(26));
    let cells = |name: &str, cells: [String; 3]| {
        let [one, two, three] = cells;
        let name = pad(&crate::report::text::cut(name, width), width);
        format!("  {name}{one:>7} {two:>8} {three:>7}")
    };
    let heads = ["errors", "warnings", "notes"].map(str::to_owned);
    let head = page.styled(BOLD, &cells("check", heads));
    page.ready(&head)?;
    for (check, numbers) in rows {
        let numbers = numbers.map(|n| if n == 0 { "·".to_owned() } else { number(n) });
        page.ready(&cells(check, numbers))?;
    }
    Ok(())
}

fn coverage(page: &mut Page<'_>, result: &RunResult, options: &ReportOptions) -> io::Result<()> {
    let coverage = &result.coverage;
    page.blank()?;
    page.text(2, BOLD, "seen of what is documented")?;
    for (name, ratio, scope) in [
        ("operations", coverage.operations, ""),
        ("statuses", coverage.statuses, ""),
        ("properties", coverage.properties, " of the exercised operations"),
        ("events", coverage.events, " of the operations that streamed"),
    ] {
        let value = match ratio.documented {
            0 => "none".to_owned(),
            _ => format!("{}{scope}", of(ratio)),
        };
        page.value(4, name, &value, LINES)?;
    }
    let missed = result.operations.iter().filter(|operation| operation.exchanges == 0);
    let missed: Vec<&str> = missed.map(|operation| operation.id.as_str()).collect();
    if missed.is_empty() {
        return Ok(());
    }
    let head = format!("not exercised: {}", count(missed.len() as u64, "operation"));
    if !options.verbose {
        return page.text(2, PLAIN, &format!("{head}; -v lists them"));
    }
    page.text(2, PLAIN, &head)?;
    missed.into_iter().try_for_each(|id| page.text(4, PLAIN, id))
}

fn of(ratio: Ratio) -> String {
    let Ratio { seen, documented } = ratio;
    // Rounded down: 100% means all.
    let percent = seen * 100 / documented.max(1);
    format!("{} of {} ({percent}%)", number(seen as u64), number(documented as u64))
}

fn verdict(page: &mut Page<'_>, result: &RunResult, options: &ReportOptions) -> io::Result<()> {
    let counts = [Severity::Error, Severity::Warning, Severity::Note]
        .map(|severity| count(result.count(severity) as u64, severity.word()))
        .join(", ");
    let verdict = Verdict::of(result, options.fail_on);
    let (style, why) = match verdict {
        Verdict::Findings => (style_of(Severity::Error), String::new()),
        Verdict::Conforms => (GOOD, String::new()),
        Verdict::Incomplete => {
            let problems = result.inputs.iter().map(|input| input.problem_count).sum();
            let problems = count(problems, "problem");
            (style_of(Severity::Warning), format!("{problems} in the recordings; "))
        }
        Verdict::BrokenOff => (style_of(Severity::Warning), broken_off(result)),
        Verdict::NothingJudged => {
            let any = result.exchanges.judged + result.exchanges.undocumented > 0;
            let why = match &result.run {
                Some(run) if any && run.passed + run.failed == 0 => {
                    format!("{} skipped, for the reasons above", count(run.cases as u64, "case"))
                }
                _ if any && none_chosen(result) => {
                    "no exchange is with an operation that was chosen".to_owned()
                }
                _ => "no exchange goes to the documented API".to_owned(),
            };
            return last(page, style_of(Severity::Warning), verdict, &why);
        }
    };
    last(page, style, verdict, &format!("{why}{counts}"))
}

/// What was not tried, for the last line.
fn broken_off(result: &RunResult) -> String {
    let Some(run) = &result.run else { return String::new() };
    let left: usize = run.skipped.iter().filter(|s| s.is_broken_off()).map(|s| s.cases).sum();
    if left > 0 {
        let all = count(run.cases as u64, "case");
        return format!("{} of {all} not tried to the end; ", number(left as u64));
    }
    let parts: Vec<String> = missing(run).iter().map(ToString::to_string).collect();
    format!("without the parts {}; ", parts.join(", "))
}

fn last(
    page: &mut Page<'_>,
    style: anstyle::Style,
    verdict: Verdict,
    words: &str,
) -> io::Result<()> {
    page.text(0, style, &format!("{}: {words}", verdict.word()))
}
