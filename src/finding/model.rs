//! A disagreement in one exchange, and the finding that all equal ones make.

use std::sync::Arc;

use super::{Basis, Fingerprint, Order, Place, Severity};

/// One disagreement in one exchange, as a check reports it.
#[derive(Debug, Clone)]
pub struct Disagreement {
    /// Id of the check.
    pub check: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What it contradicts.
    pub basis: Basis,
    /// The operation, `GET /datasets/{dataset_id}`, or method and path of an unknown one.
    pub operation: String,
    /// Where in the operation.
    pub place: Place,
    /// What tells apart several disagreements of one check at one place: `maximum`, `uuid`, …
    pub kind: String,
    /// What the documents promise.
    pub promised: String,
    /// What was seen instead.
    pub seen: String,
    /// JSON Pointer of the promise in the contract's document, with the document's number.
    pub promise: Option<(usize, String)>,
}

/// Where a promise stands: a place in a document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Source {
    /// Path of the file, as it was given.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// JSON Pointer in that file.
    pub pointer: String,
}

/// One occurrence of a finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Sample {
    /// Its place among all exchanges: the number of the recording or the case, and that of the exchange
    /// in it.
    pub order: Order,
    /// Where the exchange stands: `recording.har#17`, counted from 0.
    pub exchange: String,
    /// What was seen in it, secrets masked.
    pub seen: String,
}

/// All equal disagreements: one cause, however often it shows.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Finding {
    /// The stable name of the finding.
    pub fingerprint: Fingerprint,
    /// Id of the check.
    pub check: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What it contradicts.
    pub basis: Basis,
    /// The operation.
    pub operation: String,
    /// Where in the operation.
    pub place: Place,
    /// What tells apart several findings of one check at one place.
    pub kind: String,
    /// What the documents promise.
    pub promised: String,
    /// What was seen instead, in the first occurrence.
    pub seen: String,
    /// Where the documents promise it; absent where they are silent.
    pub source: Option<Source>,
    /// How many occurrences there were.
    pub count: u64,
    /// In how many exchanges.
    pub exchanges: u64,
    /// The first occurrences, at most three, from different exchanges.
    pub samples: Vec<Sample>,
    /// A command that repeats the first exchange, secrets masked.
    pub curl: Option<Arc<str>>,
}
