//! What came of judging exchanges: what every report is made from.

use std::collections::BTreeMap;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

use crate::finding::{Finding, Fingerprint, Order, Severity};
use crate::observe::OperationShape;
use crate::plan::Shard;

/// Everything that a report tells.
#[derive(Debug, Serialize)]
pub struct RunResult {
    /// The documents that were judged against, in the order in which they were given.
    pub documents: Vec<DocumentInfo>,
    /// Where the exchanges came from, in the order in which they were given.
    pub inputs: Vec<InputInfo>,
    /// How many exchanges there were, and what became of them.
    pub exchanges: ExchangeCounts,
    /// Disagreements before equal ones were gathered into findings.
    pub disagreements: u64,
    /// The findings, sorted by operation, check, place and kind.
    pub findings: Vec<Finding>,
    /// Every documented operation, in the documents' order, whether it was exercised or not.
    pub operations: Vec<OperationResult>,
    /// How much of the documents the exchanges showed.
    pub coverage: Coverage,
    /// What the user should know about documents and overlays: parts that could not be read.
    pub notes: Vec<String>,
    /// Which hosts turned out to be the API's, and what was found at others.
    pub hosts: Hosts,
    /// What was tried, where requests were sent and not only read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<RunInfo>,
}

/// What was tried on a target.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RunInfo {
    /// The name of the target.
    pub target: String,
    /// Its address.
    pub base_url: String,
    /// The version that the server tells.
    pub version: Option<String>,
    /// Where chance began.
    pub seed: u64,
    /// What was allowed: `read`, `write`, `spend` or `disrupt`.
    pub allow: String,
    /// How many cases there were.
    pub cases: usize,
    /// Cases in which no error was found.
    pub passed: usize,
    /// Cases in which an error was found.
    pub failed: usize,
    /// Cases that could not be tried, by reason.
    pub skipped: Vec<Skipped>,
    /// How many calls of models there were, at most.
    pub model_calls: u32,
    /// What was made and could not be removed.
    pub leftovers: Vec<String>,
    /// The parts that were run; none where the run was not divided, or all its parts are here.
    pub shards: Vec<Shard>,
    /// The command that repeats the run, but for what chooses cases; with `--exact` and a name, one case of
    /// it.
    pub command: String,
    /// The arguments that choose cases by their names; empty where all were meant.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub choice: String,
}

/// What is called before the first case: what is there already is looked up.
pub const BEFORE: &str = "looking around";

/// What is called after the last case.
pub const AFTER: &str = "cleaning up";

/// Why cases were skipped when the user asked to end.
pub const INTERRUPTED: &str = "interrupted";

/// How the reason begins for which a case could not be tried to its end, by no fault of the server.
pub const UNFINISHED: &str = "it could not go on: ";

impl Skipped {
    /// Whether more was to be tried, so that the run is no success.
    #[must_use]
    pub fn is_broken_off(&self) -> bool {
        self.reason == INTERRUPTED || self.reason.starts_with(UNFINISHED)
    }
}

/// Cases that could not be tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// Why.
    pub reason: String,
    /// How many.
    pub cases: usize,
    /// The operations that they belong to, each once, sorted by name.
    pub operations: Vec<String>,
}

/// A document that was judged against.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DocumentInfo {
    /// Its path, as it was given.
    pub path: String,
    /// Its title.
    pub title: String,
    /// The version of the API it describes.
    pub version: String,
    /// The version of its format: `OpenAPI 3.0.1`.
    pub format: String,
    /// How many operations it describes.
    pub operations: usize,
    /// A hash of everything it says, overlays and the files it refers to included: results of equal
    /// documents add up.
    pub digest: Fingerprint,
}

/// The hosts that requests went to. A host that serves no documented operation at all is not the API's,
/// and what is found at it is no finding, unless other exchanges show that it is the API's after all.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Hosts {
    /// Those that served a documented operation.
    pub api: Vec<String>,
    /// What was found at the others.
    pub others: BTreeMap<String, Withheld>,
}

/// What was found at a host that may not be the API's.
#[derive(Debug, Clone, Serialize)]
pub struct Withheld {
    /// Requests to paths or methods that are not documented.
    pub undocumented: u64,
    /// Disagreements before equal ones were gathered into findings.
    pub disagreements: u64,
    /// The findings, sorted like others.
    pub findings: Vec<Finding>,
}

/// A recording.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct InputInfo {
    /// Its path, as it was given.
    pub path: String,
    /// How many exchanges were read from it.
    pub exchanges: u64,
    /// What could not be read of it, each with its place; everything else was judged.
    pub problems: Vec<String>,
    /// How many problems there were, if not all are listed.
    pub problem_count: u64,
}

/// What became of the exchanges.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExchangeCounts {
    /// All that were read.
    pub total: u64,
    /// Judged against an operation.
    pub judged: u64,
    /// To a path or method of the API that is not documented.
    pub undocumented: u64,
    /// To another host or path, by host: not judged.
    pub outside: BTreeMap<String, u64>,
    /// Without an answer: nothing but that was judged.
    pub unanswered: u64,
}

/// What was seen of an operation.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OperationResult {
    /// Its stable name, `GET /datasets/{dataset_id}`.
    pub id: String,
    /// Its tags.
    pub tags: Vec<String>,
    /// How many exchanges were judged.
    pub exchanges: u64,
    /// For every check that had something to look at: how many exchanges it looked at.
    #[serde(deserialize_with = "known_checks")]
    pub checks: BTreeMap<&'static str, u64>,
    /// The documented statuses and those seen, in order.
    pub statuses: Vec<StatusResult>,
    /// What is documented and was never seen, if the operation was exercised: statuses, media types
    /// and events.
    pub unseen: Vec<String>,
    /// What could not be judged, each once, and why: a body that was not recorded, a schema that
    /// does not compile.
    pub unjudged: Vec<Unjudged>,
    /// What was observed of its answers.
    pub shape: OperationShape,
}

/// What was seen of a status of an operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusResult {
    /// `200`, `4XX` or `default`.
    pub status: String,
    /// Whether the operation documents it.
    pub documented: bool,
    /// How many answers had it.
    pub seen: u64,
}

/// Something that could not be judged.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Unjudged {
    /// What and why: `response 200 application/json: the body was not recorded`.
    pub what: String,
    /// In how many exchanges.
    pub exchanges: u64,
    /// The first of them: `recording.har#17`.
    pub first: String,
    /// Its place among all exchanges.
    pub order: Order,
}

/// How much of the documents the exchanges showed: seen, of documented.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// Operations.
    pub operations: Ratio,
    /// Pairs of operation and documented status.
    pub statuses: Ratio,
    /// Documented properties of answers and events, of the operations that were exercised.
    pub properties: Ratio,
    /// Documented events of event streams, of the operations that streamed.
    pub events: Ratio,
}

/// A part of a whole.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ratio {
    /// How many were seen.
    pub seen: usize,
    /// How many are documented.
    pub documented: usize,
}

/// Counts by the ids of checks, which have to be ours.
fn known_checks<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<&'static str, u64>, D::Error> {
    let told = BTreeMap::<String, u64>::deserialize(deserializer)?;
    let known = |(id, count): (String, u64)| match crate::check::all().find(|check| check.id == id)
    {
        Some(check) => Ok((check.id, count)),
        None => Err(D::Error::custom(format!("there is no check `{id}`"))),
    };
    told.into_iter().map(known).collect()
}

impl RunInfo {
    /// The command that repeats the run, or the part of it.
    #[must_use]
    pub fn again(&self) -> String {
        let mut words = vec![self.command.clone()];
        if let [shard] = self.shards.as_slice() {
            words.push(format!("--shard {shard}"));
        }
        if !self.choice.is_empty() {
            words.push(self.choice.clone());
        }
        words.join(" ")
    }

    /// The command that runs the case alone in which a finding was seen first; none if it was seen in
    /// all exchanges together, or only before the first case or after the last one.
    #[must_use]
    pub fn alone(&self, finding: &Finding) -> Option<String> {
        let mut cases = finding.samples.iter().map(|sample| sample.exchange.as_str());
        let case = cases.find(|case| ![BEFORE, AFTER].contains(case))?;
        Some(format!("{} --exact '{}'", self.command, case.replace('\'', r"'\''")))
    }
}

impl RunResult {
    /// How many findings have the severity.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }

    /// The gravest severity among the findings.
    #[must_use]
    pub fn worst(&self) -> Option<Severity> {
        self.findings.iter().map(|finding| finding.severity).max()
    }
}
