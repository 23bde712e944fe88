//! What may be done to a target.

use serde::{Deserialize, Serialize};

use crate::contract::Operation;

/// What may be done to a target (`--allow`). Each level allows what those before it allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Permission {
    /// Reads that cost nothing.
    Read,
    /// Also make, change and remove resources of one's own, and act on one's own runs.
    Write,
    /// Also call models.
    Spend,
    /// Also change settings that others would notice.
    Disrupt,
}

impl Permission {
    /// All levels, the least first.
    pub const ALL: [Self; 4] = [Self::Read, Self::Write, Self::Spend, Self::Disrupt];

    /// The level's name: `read`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Spend => "spend",
            Self::Disrupt => "disrupt",
        }
    }

    /// What the level allows, in few words.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Read => "only reads that cost nothing",
            Self::Write => "also resources of its own, which it removes again",
            Self::Spend => "also calls of models, up to a number",
            Self::Disrupt => "also settings that others would notice",
        }
    }

    /// The level of this name.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.word() == word)
    }

    /// The least level that an operation needs. Where it may call a model with some requests and calls
    /// none with others (`x-contract-free-when`), this is what the latter need.
    ///
    /// Where nothing says what an operation does to the server, its method does (RFC 9110, section
    /// 9.2.1: safe methods); a word that is not known is taken for the worst. What nothing removes again
    /// stays, and needs as much as what costs.
    #[must_use]
    pub fn needed(operation: &Operation) -> Self {
        let by_cost = match operation.traits.cost.as_deref() {
            Some("free") | None => Self::Read,
            // Whether it costs something follows from the request.
            Some("maybe") if operation.traits.free_when.is_some() => Self::Read,
            Some(_) => Self::Spend,
        };
        let by_traces = if operation.leaves_something() { Self::Spend } else { Self::Read };
        Self::needed_if_free(operation).max(by_cost).max(by_traces)
    }

    /// Why an operation is not allowed, in words that stand alone; `None` if it is.
    #[must_use]
    pub fn refusal(self, operation: &Operation) -> Option<String> {
        let needed = Self::needed(operation);
        if needed <= self {
            return None;
        }
        let needs = format!("needs `--allow {}`", needed.word());
        Some(match operation.traits.cost.as_deref() {
            Some("free") | None if operation.leaves_something() => {
                format!("nothing removes what it makes: {needs}")
            }
            _ => format!("not allowed: {needs}"),
        })
    }

    /// The least level that an operation needs where it is known to call no model.
    #[must_use]
    pub fn needed_if_free(operation: &Operation) -> Self {
        match operation.traits.safety.as_deref() {
            Some("read") => Self::Read,
            Some("create" | "update" | "delete" | "control") => Self::Write,
            Some(_) => Self::Disrupt,
            None if is_safe(&operation.method) => Self::Read,
            None => Self::Write,
        }
    }
}

/// Whether the method only reads, by its definition.
fn is_safe(method: &str) -> bool {
    matches!(method, "GET" | "HEAD" | "OPTIONS" | "TRACE")
}
