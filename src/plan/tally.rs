//! What a plan would do, counted before anything is sent.

use std::collections::BTreeMap;

use super::case::{Attempt, Case};
use super::planner::Plan;
use super::resources;
use crate::contract::Contract;

/// Counts of what a plan would do, by operation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Cases.
    pub cases: usize,
    /// Cases that are skipped.
    pub skipped: usize,
    /// Requests that change something, at least.
    pub writes: usize,
    /// Calls of models, at most.
    pub model_calls: u32,
}

impl Plan {
    /// What the chosen cases would do, by operation and by journey, in the order of the cases.
    #[must_use]
    pub fn tally<'c>(
        &'c self,
        contract: &'c Contract,
        chosen: impl Fn(&Case) -> bool,
    ) -> Vec<(&'c str, Tally)> {
        let mut places: BTreeMap<&str, usize> = BTreeMap::new();
        let mut tallies: Vec<(&str, Tally)> = Vec::new();
        for case in self.cases.iter().filter(|case| chosen(case)) {
            let (name, calls) = match &case.attempt {
                Attempt::Journey(journey) => (case.name.as_str(), journey.calls.as_slice()),
                _ => match contract.operations.get(case.operation) {
                    Some(operation) => (operation.id.as_str(), case.operations()),
                    None => continue,
                },
            };
            let place = *places.entry(name).or_insert_with(|| {
                tallies.push((name, Tally::default()));
                tallies.len() - 1
            });
            let tally = &mut tallies[place].1;
            tally.cases += 1;
            if case.skip.is_some() {
                tally.skipped += 1;
                continue;
            }
            let operations = calls.iter().filter_map(|number| contract.operations.get(*number));
            tally.writes += operations.filter(|operation| !resources::reads(operation)).count();
            tally.model_calls += case.model_calls;
        }
        tallies
    }
}
