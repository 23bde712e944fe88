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
    /// JSON Pointer of the promise in the contract's document, with the document's number; or a place
    /// elsewhere ([`Source::elsewhere`]).
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

/// The number of no document.
const ELSEWHERE: usize = usize::MAX;

impl Source {
    /// The place as a promise that stands in no document of the contract.
    #[must_use]
    pub fn elsewhere(&self) -> (usize, String) {
        let Self { file, line, column, pointer } = self;
        (ELSEWHERE, format!("{line} {column} {pointer}\n{file}"))
    }

    /// The place that such a promise means; `None` for one that stands in a document.
    #[must_use]
    pub fn of_elsewhere(document: usize, promise: &str) -> Option<Self> {
        if document != ELSEWHERE {
            return None;
        }
        let (place, file) = promise.split_once('\n')?;
        let mut parts = place.splitn(3, ' ');
        Some(Self {
            line: parts.next()?.parse().ok()?,
            column: parts.next()?.parse().ok()?,
            pointer: parts.next()?.to_owned(),
            file: file.to_owned(),
        })
    }
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
