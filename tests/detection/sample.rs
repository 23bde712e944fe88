//! The mutants that are tried each time: some of each fault, which the last whole trial has found soon.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use dify_contract::mock::{FAULTS, Injection};

use crate::mutants::Mutant;
use crate::reasons::Slack;
use crate::trial::{Outcome, Tried};

/// Where they are written.
pub const FILE: &str = "tests/fixtures/detection/found.txt";

/// How many of each fault are written.
const EACH: usize = 8;

/// What hears more or less of a run, as chance has it: a listener joins wherever the run is.
const BY_CHANCE: &str = "GET /workflow/{workflow_run_id}/events";

/// What stands between the faults of a mutant, as a line tells it.
const AND: &str = " + ";

/// A mutant, and the check that has found it.
pub type Known = (Mutant, String);

/// Some of what was found, as many of each fault as are to be had, by turns.
pub fn sample(size: usize, seed: u64) -> Vec<Known> {
    let mut by_fault: BTreeMap<&str, Vec<(u64, Known)>> = BTreeMap::new();
    let found = std::fs::read_to_string(FILE).unwrap();
    for (check, texts) in found.lines().filter_map(|line| line.split_once(' ')) {
        let Some(mutant) = read(texts) else { continue };
        let mut hasher = DefaultHasher::new();
        (seed, texts).hash(&mut hasher);
        by_fault
            .entry(mutant.fault.id)
            .or_default()
            .push((hasher.finish(), (mutant, check.to_owned())));
    }
    let mut ranked: Vec<(usize, Known)> = Vec::new();
    for (_, mut list) in by_fault {
        list.sort_by_key(|(hash, _)| *hash);
        ranked.extend(list.into_iter().map(|(_, known)| known).enumerate());
    }
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.into_iter().take(size).map(|(_, known)| known).collect()
}

fn read(texts: &str) -> Option<Mutant> {
    let texts: Vec<String> = texts.split(AND).map(str::to_owned).collect();
    let first = Injection::parse(texts.first()?).ok()?;
    let fault = FAULTS.iter().find(|fault| fault.id == first.fault.id)?;
    Some(Mutant { fault, operation: first.operation, texts, slack: Slack::default() })
}

/// Some of each fault that was found, those that took the fewest cases, at different operations.
pub fn write(tried: &[(Mutant, Tried)]) -> String {
    let mut text = String::new();
    for fault in FAULTS {
        let mut found: Vec<(usize, &str, &Mutant)> = Vec::new();
        for (mutant, tried) in tried.iter().filter(|(mutant, _)| mutant.fault.id == fault.id) {
            if let Outcome::Named(check) | Outcome::Other(check) = &tried.outcome
                && tried.elsewhere.is_empty()
                && mutant.operation != BY_CHANCE
            {
                found.push((tried.cases, check, mutant));
            }
        }
        found.sort_by(|one, other| (one.0, &one.2.texts).cmp(&(other.0, &other.2.texts)));
        let mut operations: Vec<&str> = Vec::new();
        for (_, check, mutant) in found {
            if operations.len() < EACH && !operations.contains(&mutant.operation.as_str()) {
                operations.push(&mutant.operation);
                text.extend([check, " ", &mutant.texts.join(AND), "\n"]);
            }
        }
    }
    text
}
