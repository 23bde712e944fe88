//! A mock with one fault, and what the tool finds.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use dify_contract::check::{CHECKS, LAWS};
use dify_contract::contract::Operation;
use dify_contract::finding::Severity;
use dify_contract::mock::{Act, Injection};
use dify_contract::plan::{Case, Phase};
use dify_contract::run::{Campaign, RunResult};

use crate::bench::Bench;
use crate::mutants::{Mutant, touches};

/// What came of a mutant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It never acted.
    Idle,
    /// A check that it names has found it.
    Named(String),
    /// Another check has found it.
    Other(String),
    /// Nothing has found it.
    Missed,
}

/// A mutant, tried.
#[derive(Debug, Clone)]
pub struct Tried {
    pub outcome: Outcome,
    /// Findings that blame an answer of another operation, which the fault does not change.
    pub elsewhere: Vec<String>,
    /// How many cases it took.
    pub cases: usize,
}

/// A finding as it is compared: check, operation, place.
type Key = (&'static str, String, String);

pub struct Trials<'t> {
    pub bench: &'t Bench,
    pub campaign: Campaign,
    pub seed: u64,
    /// What the cases of an operation find where there is no fault, by operation and phases.
    clean: Mutex<BTreeMap<(String, Vec<Phase>), BTreeSet<Key>>>,
}

impl<'t> Trials<'t> {
    pub fn new(bench: &'t Bench, campaign: Campaign, seed: u64) -> Self {
        Self { bench, campaign, seed, clean: Mutex::default() }
    }

    /// Tries a mutant with the cases that can show it, until a check that it names has found it, or
    /// another one that is known to.
    pub async fn run(&self, mutant: &Mutant, known: Option<&str>) -> Tried {
        let phases = phases(mutant);
        let faults: Vec<Injection> =
            mutant.texts.iter().map(|text| Injection::parse(text).unwrap()).collect();
        let counted: Vec<Injection> = faults.clone();
        let provokes = mutant.fault.provokes;
        let until: Vec<&str> = provokes.iter().copied().chain(known).collect();
        let tour = self.tour(&mutant.operation, &phases, faults, &until).await;
        let (result, stopped, cases) = tour;
        let acted: u64 = counted.iter().map(Injection::acted).sum();
        let mut found = keys(&result, !stopped);
        if !stopped {
            let clean = self.clean(&mutant.operation, &phases).await;
            found.retain(|key| !clean.contains(key));
        }
        let named = found.iter().find(|(check, ..)| provokes.contains(check));
        let path = |operation: &str| operation.split_once(' ').map(|(_, path)| path.to_owned());
        // What is judged by single answers is about the operation that gives them; laws and journeys may
        // tell it of another one that does not fit any more, or that was asked with what had been changed.
        let single = |check: &str| {
            CHECKS.iter().any(|known| known.meta.id == check) && check != "journey-step-failed"
        };
        let state = matches!(mutant.fault.act, Act::Around(_));
        let explained = |(check, operation, _): &&Key| {
            *operation == mutant.operation
                || state
                || !single(check)
                || path(operation) == path(&mutant.operation)
        };
        let own = found.iter().find(|(_, operation, _)| *operation == mutant.operation);
        let own = own.or_else(|| found.iter().find(explained));
        let elsewhere = found.iter().filter(|key| !explained(key));
        let outcome = match (named, own) {
            (Some((check, ..)), _) => Outcome::Named((*check).to_owned()),
            (None, Some((check, ..))) => Outcome::Other((*check).to_owned()),
            // That nothing ever asks for it is a gap of ours.
            (None, None) if acted == 0 && !self.is_gap(mutant) => Outcome::Idle,
            (None, None) => Outcome::Missed,
        };
        let elsewhere = elsewhere.map(|(c, o, p)| format!("{c} {o} {p}")).collect();
        Tried { outcome, elsewhere, cases }
    }

    /// Whether nothing asks for it, although the server knows it: where an id is unknown, and no document says
    /// what comes of it.
    fn is_gap(&self, mutant: &Mutant) -> bool {
        let known = |operation: &&Operation| operation.id == mutant.operation;
        let operation = self.bench.contract.operations.iter().find(known);
        mutant.fault.id == "strange-id-fails"
            && operation.is_some_and(|operation| operation.response(404).is_none())
    }

    /// What comes of the cases of a mutant's operation.
    pub fn tell(&self, mutant: &Mutant) -> String {
        let mut told: BTreeMap<String, usize> = BTreeMap::new();
        self.bench.runtime.block_on(async {
            let faults = mutant.texts.iter().map(|text| Injection::parse(text).unwrap()).collect();
            let (mock, target) = self.bench.start(self.seed, faults).await;
            let outing = self.campaign.at(target);
            outing.look_up().await;
            for case in self.cases(&mutant.operation, &phases(mutant)) {
                let verdict = format!("{:?}", outing.try_case(case).await);
                let brief: String = verdict.chars().take(200).collect();
                let name = if brief == "Passed" { "" } else { case.name.as_str() };
                *told.entry(format!("{brief} {name}")).or_default() += 1;
            }
            drop(mock);
        });
        told.iter().map(|(verdict, count)| format!("\n    {count} {verdict}")).collect()
    }

    /// The cases of an operation, by phases.
    fn cases(&self, operation: &str, phases: &[Phase]) -> Vec<&Case> {
        let all = &self.campaign.plan.cases;
        let touching = |phase: &Phase| {
            let phase = *phase;
            let touches = |case: &&Case| touches(self.bench.contract, case, operation);
            all.iter().filter(move |case| case.phase == phase).filter(touches).collect::<Vec<_>>()
        };
        phases.iter().flat_map(touching).collect()
    }

    /// What the cases find where there is no fault.
    async fn clean(&self, operation: &str, phases: &[Phase]) -> BTreeSet<Key> {
        let key = (operation.to_owned(), phases.to_vec());
        let known = || self.clean.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known().get(&key) {
            return known.clone();
        }
        let (result, ..) = self.tour(operation, phases, Vec::new(), &[]).await;
        let found = keys(&result, true);
        known().insert(key, found.clone());
        found
    }

    /// Tries the cases; tells whether one of the checks made it stop, and how many there were until then.
    async fn tour(
        &self,
        operation: &str,
        phases: &[Phase],
        faults: Vec<Injection>,
        until: &[&str],
    ) -> (RunResult, bool, usize) {
        let (mock, target) = self.bench.start(self.seed, faults).await;
        let outing = self.campaign.at(target);
        outing.look_up().await;
        let (mut stopped, mut cases) = (false, 0);
        for case in self.cases(operation, phases) {
            outing.try_case(case).await;
            cases += 1;
            stopped = outing.has_found(until);
            if stopped {
                break;
            }
        }
        let result = outing.end();
        drop(mock);
        (result, stopped, cases)
    }
}

/// What was found; with what is judged over all answers together, where all cases were tried.
fn keys(result: &RunResult, overall: bool) -> BTreeSet<Key> {
    // A host that nothing answers from cannot be told from one that is not there; here it is.
    let withheld = result.hosts.others.values().flat_map(|other| &other.findings);
    let all = result.findings.iter().chain(withheld);
    all.filter(|finding| {
        overall || finding.severity > Severity::Note || !finding.samples.is_empty()
    })
    .map(|finding| (finding.check, finding.operation.clone(), finding.place.to_string()))
    .collect()
}

/// The phases whose cases can show a fault, those that show it soonest first.
fn phases(mutant: &Mutant) -> Vec<Phase> {
    use Phase::{Boundary, Examples, Journey, Negative, Property, Protocol, Stateful, Stream};
    let id = mutant.fault.id;
    let refusals =
        ["other-error-status", "other-code", "other-envelope", "status-mismatch", "html-error"];
    let law = LAWS.iter().any(|law| mutant.fault.provokes.contains(&law.meta.id));
    match mutant.fault.act {
        Act::Door(_) => vec![Protocol, Negative],
        Act::Accept(_) => vec![Examples, Negative],
        Act::Reply(_) if refusals.contains(&id) => vec![Protocol, Negative],
        Act::Around(_) => {
            vec![Stateful, Journey, Examples, Stream, Protocol, Property, Boundary, Negative]
        }
        Act::Value(_) if law => vec![Stateful, Journey, Examples, Stream, Property, Boundary],
        Act::Value(_) | Act::Stream(_) | Act::Reply(_) => {
            vec![Examples, Stream, Stateful, Property, Boundary, Journey]
        }
    }
}
