//! JUnit XML, for CI: one suite for each operation, one case for each check.
//!
//! | result | case |
//! |---|---|
//! | findings that fail | `failure` |
//! | findings that do not | success, with the findings as output |
//! | something that could not be judged or read | `error` |
//! | an operation that was not exercised | `skipped` |
//!
//! There are no times, so that equal results give equal files.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite, XmlString};

use super::plain::{self, Operations};
use super::{Format, ReportOptions, text};
use crate::finding::Finding;
use crate::run::{InputInfo, OperationResult, RunInfo, RunResult, Skipped, Unjudged};

/// The format.
pub const FORMAT: Format = Format {
    name: "junit",
    extension: "xml",
    description: "JUnit XML, for CI: a suite for each operation, a case for each check",
    write,
};

/// A message is one attribute, which CI shows in a list.
const MESSAGE: usize = 200;

/// Writes the result as JUnit XML.
pub fn write(result: &RunResult, options: &ReportOptions, out: &mut dyn Write) -> io::Result<()> {
    let mut report = quick_junit::Report::new(env!("CARGO_PKG_NAME"));
    let mut findings: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in &result.findings {
        findings.entry(&finding.operation).or_default().push(finding);
    }
    let suites =
        Suites { options, operations: plain::operations(result), run: result.run.as_ref() };
    let inputs: Vec<_> = result.inputs.iter().filter(|input| input.problem_count > 0).collect();
    if !inputs.is_empty() {
        let mut suite = TestSuite::new("input");
        suite.add_test_cases(inputs.into_iter().map(unreadable));
        report.add_test_suite(suite);
    }
    if !result.notes.is_empty() {
        report.add_test_suite(documents(&result.notes));
    }
    for operation in &result.operations {
        let found = findings.remove(operation.id.as_str()).unwrap_or_default();
        report.add_test_suite(suites.operation(operation, &found));
    }
    if !findings.is_empty() {
        let mut suite = TestSuite::new("undocumented operations");
        for (operation, found) in findings {
            suite.add_test_cases(suites.checks(operation, None, &found));
        }
        report.add_test_suite(suite);
    }
    // A string in between, since the error of writing would come back without its kind.
    let xml = report.to_string().map_err(io::Error::other)?;
    out.write_all(xml.as_bytes())
}

struct Suites<'r> {
    options: &'r ReportOptions,
    operations: Operations<'r>,
    run: Option<&'r RunInfo>,
}

impl Suites<'_> {
    fn operation(&self, operation: &OperationResult, found: &[&Finding]) -> TestSuite {
        let mut suite = TestSuite::new(name(&operation.id));
        suite.add_test_case(exercised(operation, self.run));
        suite.add_test_cases(operation.unjudged.iter().map(|what| unjudged(&operation.id, what)));
        suite.add_test_cases(self.checks(&operation.id, Some(operation), found));
        suite
    }

    /// A case for every check that looked at something or found something.
    fn checks(
        &self,
        id: &str,
        operation: Option<&OperationResult>,
        found: &[&Finding],
    ) -> Vec<TestCase> {
        let looked_at = operation.map(|operation| &operation.checks);
        let mut checks: BTreeSet<&str> = found.iter().map(|finding| finding.check).collect();
        checks.extend(looked_at.into_iter().flat_map(BTreeMap::keys));
        let cases = checks.into_iter().map(|check| {
            let found: Vec<_> = found.iter().copied().filter(|f| f.check == check).collect();
            let mut case = self.check(id, check, &found);
            if let Some(&exchanges) = looked_at.and_then(|checks| checks.get(check)) {
                case.set_assertions(usize::try_from(exchanges).unwrap_or(usize::MAX));
            }
            case
        });
        cases.collect()
    }

    fn check(&self, id: &str, check: &str, found: &[&Finding]) -> TestCase {
        let fails = |finding: &&Finding| finding.severity >= self.options.fail_on;
        let (failing, mild): (Vec<&Finding>, Vec<&Finding>) = found.iter().partition(|f| fails(f));
        let mut status = TestCaseStatus::success();
        if let Some(first) = failing.first() {
            status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_type(name(check));
            status.set_message(message(&self.summary(check, first, failing.len())));
            status.set_description(lines(&self.text(&failing)));
        }
        let mut case = TestCase::new(name(check), status);
        case.set_classname(name(id));
        if !mild.is_empty() {
            case.set_system_out(lines(&self.text(&mild)));
        }
        case
    }

    /// What a check found, in one line.
    fn summary(&self, check: &str, first: &Finding, count: usize) -> String {
        let title = self.options.title(check).unwrap_or(check);
        let more = match count {
            1 => String::new(),
            _ => format!(" (and {} more)", count - 1),
        };
        let Finding { place, promised, seen, .. } = first;
        format!("{title}{more}: {place}: promised {promised}, seen {seen}")
    }

    fn text(&self, findings: &[&Finding]) -> String {
        let text = |finding: &&Finding| {
            let mut text = plain::finding(finding, &self.operations);
            if let Some(command) = self.run.and_then(|run| run.alone(finding)) {
                text += "  alone     ";
                text.push_str(&plain::harmless(&command));
                text.push('\n');
            }
            text
        };
        let texts: Vec<_> = findings.iter().map(text).collect();
        texts.join("\n")
    }
}

/// Why no case of an operation was tried, if that is known.
fn reasons(operation: &OperationResult, run: Option<&RunInfo>) -> Option<String> {
    let concerns = |skipped: &&Skipped| skipped.operations.contains(&operation.id);
    let skipped = run?.skipped.iter().filter(concerns);
    let reasons: Vec<&str> = skipped.map(|skipped| skipped.reason.as_str()).collect();
    (!reasons.is_empty()).then(|| reasons.join("; "))
}

fn exercised(operation: &OperationResult, run: Option<&RunInfo>) -> TestCase {
    let status = if operation.exchanges == 0 {
        let mut status = TestCaseStatus::skipped();
        match reasons(operation, run) {
            Some(reasons) => status.set_message(message(&reasons)),
            None => status.set_message("no exchange called this operation"),
        };
        status
    } else {
        TestCaseStatus::success()
    };
    let mut case = TestCase::new("exercised", status);
    case.set_classname(name(&operation.id));
    if !operation.unseen.is_empty() {
        case.set_system_out(lines(&format!("never seen:\n{}", operation.unseen.join("\n"))));
    }
    case
}

fn unjudged(operation: &str, unjudged: &Unjudged) -> TestCase {
    let Unjudged { what, exchanges, first, order: _ } = unjudged;
    let exchanges = text::count(*exchanges, "exchange");
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status.set_type("could-not-judge");
    status.set_message(message(what));
    status.set_description(lines(&format!("{what}\nin {exchanges}, the first is {first}")));
    let mut case = TestCase::new(message(&format!("could not judge: {what}")), status);
    case.set_classname(name(operation));
    case
}

fn unreadable(input: &InputInfo) -> TestCase {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status.set_type("unreadable");
    let problems = text::count(input.problem_count, "problem");
    let first = input.problems.first().map_or("", String::as_str);
    status.set_message(message(&format!("{problems}: {first}")));
    let mut all = input.problems.join("\n");
    let listed = input.problems.len() as u64;
    if input.problem_count > listed {
        all.push_str("\nand ");
        all.push_str(&text::count(input.problem_count - listed, "more problem"));
    }
    status.set_description(lines(&all));
    let mut case = TestCase::new(name(&input.path), status);
    case.set_classname("input");
    case
}

/// What the user should know about the documents; it is nobody's failure.
fn documents(notes: &[String]) -> TestSuite {
    let mut case = TestCase::new("read", TestCaseStatus::success());
    case.set_classname("documents").set_system_out(lines(&notes.join("\n")));
    let mut suite = TestSuite::new("documents");
    suite.add_test_case(case);
    suite
}

/// One line of moderate length.
fn message(text: &str) -> XmlString {
    XmlString::new(text::cut(&text::clean(text), MESSAGE))
}

/// A name: one line, since XML makes spaces of the line breaks in an attribute.
fn name(text: &str) -> XmlString {
    XmlString::new(text::clean(text))
}

/// Text of several lines. What acts on a terminal, or is no character of XML, is shown as an escape
/// first: `quick_junit` would take it away, and all behind an unfinished escape sequence with it.
fn lines(text: &str) -> XmlString {
    XmlString::new(plain::harmless(text))
}
