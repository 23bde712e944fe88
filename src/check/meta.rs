//! What a check is: its documentation, and the function that judges.

use crate::contract::{Contract, Operation};
use crate::exchange::Failure;
use crate::finding::{Disagreement, Severity};
use crate::observe::OperationShape;

use super::episode::Chronicle;
use super::evidence::Evidence;

/// A check's name and documentation: the text of `list checks` and `explain`.
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

/// A check of single exchanges.
pub struct Check {
    /// What it is about.
    pub meta: Meta,
    /// Whether an exchange has anything that the check looks at.
    pub applies: fn(&Evidence<'_>) -> bool,
    /// Reports what disagrees. It is called only if it applies.
    pub judge: fn(&Evidence<'_>, &mut Vec<Disagreement>),
}

/// A check of exchanges that no answer came to.
pub struct FailureCheck {
    /// What it is about.
    pub meta: Meta,
    /// Reports what disagrees with the operation that was called.
    pub judge: fn(&Operation, &Failure, &mut Vec<Disagreement>),
}

/// A law: a check of all exchanges of one case together.
pub struct LawCheck {
    /// What it is about.
    pub meta: Meta,
    /// Reports what disagrees, each with the number of the act that is to blame.
    pub judge: fn(&Chronicle<'_, '_>, &mut Vec<(usize, Disagreement)>),
}

/// A check of what was learned of an operation from all exchanges together.
pub struct ShapeCheck {
    /// What it is about.
    pub meta: Meta,
    /// Reports what disagrees, each with the number of places that were looked at. It gets all
    /// variants of the operation that several documents describe.
    pub judge: fn(&Contract, &[&Operation], &OperationShape, &mut Vec<Overall>),
}

/// A disagreement of all exchanges together, and the number of places that were looked at.
pub type Overall = (Disagreement, u64);
