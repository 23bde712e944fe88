//! Valid requests by chance.

use crate::plan::case::{Attempt, Case, Phase};
use crate::plan::planner::Source;

/// The cases: one for the operation, of several requests.
pub fn cases(source: &Source<'_>) -> Vec<Case> {
    let operation = source.operation;
    let free = operation.parameters.iter().any(|p| {
        let spot = crate::generate::Spot::parameter(p.location, &p.name);
        !source.is_fixed(&spot)
    });
    // A request without anything in it is the same every time.
    if !free && operation.request_body.is_none() {
        return Vec::new();
    }
    let strategy = match source.generator.strategy() {
        Ok(strategy) => strategy,
        Err(cannot) => return vec![source.skipped(Phase::Property, "valid", cannot)],
    };
    let mut case = source.blank(Phase::Property, "valid");
    case.model_calls *= source.options.chances;
    case.attempt =
        Attempt::Chance { strategy, count: source.options.chances, seed: source.seed(&case.name) };
    vec![case]
}
