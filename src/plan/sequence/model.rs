//! What can be done with one key: kinds of things, and the requests that make, show, change and remove
//! them.

use serde_json::Value;

use crate::generate::{Draft, Spot};
use crate::plan::case::Need;

/// What can be done with one key.
#[derive(Debug, Clone, Default)]
pub struct Model {
    /// The kinds, those that others are part of before them.
    pub sorts: Vec<Sort>,
}

/// A kind of thing.
#[derive(Debug, Clone)]
pub struct Sort {
    /// Its name.
    pub name: String,
    /// The number of the kind that it is a part of.
    pub parent: Option<usize>,
    /// Whether that counts things of this kind.
    pub counted: bool,
    /// What makes one, or finds one that was made with its parent.
    pub makes: Vec<Maker>,
    /// What shows one.
    pub reads: Vec<Ask>,
    /// What lists them.
    pub lists: Vec<Ask>,
    /// What changes one.
    pub updates: Vec<Maker>,
    /// What removes one.
    pub deletes: Vec<Ask>,
}

/// A request without ids.
#[derive(Debug, Clone)]
pub struct Ask {
    /// The number of the operation.
    pub operation: usize,
    /// The ids that it needs.
    pub needs: Vec<Need>,
    /// The request.
    pub draft: Draft,
    /// How many models it calls, at most.
    pub calls: u32,
    /// Where the id of a thing stands in the answer, as a JSON Pointer with `-` for any item.
    pub shows: Option<String>,
}

/// A request that makes or changes something.
#[derive(Debug, Clone)]
pub struct Maker {
    /// The plainest request.
    pub ask: Ask,
    /// What it may say beyond that.
    pub changes: Vec<Change>,
    /// Requests with one fault; first those that would do most without it.
    pub breaches: Vec<Draft>,
    /// Ids that the faulty requests have beside what is needed, so that what they make is a part of what is
    /// there.
    pub joins: Vec<Need>,
    /// Whether it would be seen that a faulty request has made something.
    pub telling: bool,
    /// Whether it may be repeated.
    pub repeatable: bool,
}

/// A member of a request, and values that it may have.
#[derive(Debug, Clone)]
pub struct Change {
    /// The member.
    pub spot: Spot,
    /// The values, all of them valid.
    pub values: Vec<Value>,
}

impl Maker {
    /// The request with these values of what it may say, by their numbers; `None` says nothing.
    #[must_use]
    pub fn draft(&self, choice: &[Option<usize>]) -> Draft {
        let mut draft = self.ask.draft.clone();
        for (change, chosen) in self.changes.iter().zip(choice) {
            let value = chosen.and_then(|at| change.values.get(at % change.values.len().max(1)));
            if let Some(value) = value {
                draft.set(&change.spot, value.clone());
            }
        }
        draft
    }
}

impl Model {
    /// The number of the kind of this name.
    #[must_use]
    pub fn sort(&self, name: &str) -> Option<usize> {
        self.sorts.iter().position(|sort| sort.name == name)
    }
}
