//! What a plan would do, counted before anything is sent.

use std::collections::BTreeMap;

use super::planner::Plan;
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
    /// What the plan would do, by operation, in the order of the cases.
    #[must_use]
    pub fn tally<'c>(&self, contract: &'c Contract) -> Vec<(&'c str, Tally)> {
        let mut places: BTreeMap<usize, usize> = BTreeMap::new();
        let mut tallies: Vec<(&str, Tally)> = Vec::new();
        for case in &self.cases {
            let Some(operation) = contract.operations.get(case.operation) else { continue };
            let place = *places.entry(case.operation).or_insert_with(|| {
                tallies.push((&operation.id, Tally::default()));
                tallies.len() - 1
            });
            let tally = &mut tallies[place].1;
            tally.cases += 1;
            if case.skip.is_some() {
                tally.skipped += 1;
                continue;
            }
            let reads = operation.traits.safety.as_deref() == Some("read")
                || (operation.traits.safety.is_none() && operation.method == "GET");
            tally.writes += usize::from(!reads);
            tally.model_calls += case.model_calls;
        }
        tallies
    }
}
