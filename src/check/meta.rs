//! What a check is about: the text of `list checks` and `explain`.

use crate::finding::Severity;

/// A check's name and documentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meta {
    /// Its id, which says the fault: `undocumented-status`.
    pub id: &'static str,
    /// How bad its findings are.
    pub severity: Severity,
    /// What it reports, in one line.
    pub title: &'static str,
    /// What it looks at, and when it reports.
    pub what: &'static str,
    /// Why that matters to those who call the API.
    pub why: &'static str,
    /// A finding, as an example.
    pub example: &'static str,
    /// What to do about a finding.
    pub remedy: &'static str,
}
