//! What a result comes to. Every report and the exit code of the program follow it.

use serde::Serialize;

use crate::finding::Severity;
use crate::run::{RunInfo, RunResult, Skipped};

/// What a result comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// There are findings at or above the severity that fails.
    Findings,
    /// There are none, but a part of the input could not be read, so there might be.
    Incomplete,
    /// There are none, but a part of what was to be tried was not.
    BrokenOff,
    /// There was nothing to judge.
    NothingJudged,
    /// All that was judged conforms.
    Conforms,
}

/// Whether there were cases, and not one could be tried. Of a part of a run that says nothing.
fn all_skipped(run: &RunInfo) -> bool {
    run.cases > 0 && run.passed + run.failed == 0 && run.shards.is_empty()
}

/// Whether cases were left out that were to be tried: the user asked to end, or parts were merged and one
/// of them is missing. A part alone is all that it was meant to be.
fn is_broken_off(run: &RunInfo) -> bool {
    run.skipped.iter().any(Skipped::is_broken_off) || run.shards.len() > 1
}

/// Whether no exchange is with an operation that was chosen, and nothing else was found.
#[must_use]
pub fn none_chosen(result: &RunResult) -> bool {
    result.findings.is_empty() && result.operations.iter().all(|operation| operation.exchanges == 0)
}

impl Verdict {
    /// What the result comes to, if findings of the given severity or above fail.
    #[must_use]
    pub fn of(result: &RunResult, fail_on: Severity) -> Self {
        let judged = result.exchanges.judged + result.exchanges.undocumented;
        if result.worst().is_some_and(|worst| worst >= fail_on) {
            Self::Findings
        } else if result.inputs.iter().any(|input| input.problem_count > 0) {
            Self::Incomplete
        } else if result.run.as_ref().is_some_and(is_broken_off) {
            Self::BrokenOff
        } else if judged == 0 || none_chosen(result) || result.run.as_ref().is_some_and(all_skipped)
        {
            Self::NothingJudged
        } else {
            Self::Conforms
        }
    }

    /// The word that begins the last line of a report for people.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Findings => "FAILED",
            Self::Incomplete | Self::BrokenOff => "INCOMPLETE",
            Self::NothingJudged => "NOTHING JUDGED",
            Self::Conforms => "ok",
        }
    }
}
