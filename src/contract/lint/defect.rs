//! A rule, and a defect that it found.

use super::linted::Linted;
use crate::finding::{Severity, Source};

/// A rule: what it looks for, in words and as a function.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// Its id, which says the fault: `example-breaks-schema`.
    pub id: &'static str,
    /// How bad its defects are; a single one may be milder, and says so itself.
    pub severity: Severity,
    /// What it reports, in one line.
    pub title: &'static str,
    /// What it looks at, and when it reports.
    pub what: &'static str,
    /// Why that matters to those who read the document, and to programs that do.
    pub why: &'static str,
    /// A faulty piece of a document.
    pub example: &'static str,
    /// What to do about it.
    pub remedy: &'static str,
    /// Adds the defects of all documents.
    pub check: fn(&Linted<'_>, &mut Vec<Defect>),
}

/// A defect of a document.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Defect {
    /// Id of the rule.
    pub rule: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What it belongs to: `GET /datasets`, `#/components/schemas/Dataset`, or another part.
    pub place: String,
    /// JSON Pointer in the contract's document.
    pub pointer: String,
    /// Number of the document in the contract.
    pub document: usize,
    /// What is wrong, with the value that proves it.
    pub message: String,
    /// Where it stands.
    pub source: Source,
}
