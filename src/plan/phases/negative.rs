//! Requests with one fault each, which have to be refused; and ids of things that are not there.

use serde_json::Value;

use crate::contract::model::{Location, Statuses};
use crate::exchange::Expects;
use crate::generate::Spot;
use crate::plan::case::{Attempt, Case, Hold, Phase, Twist};
use crate::plan::planner::Source;

/// An id that nothing has.
const NOBODY: &str = "7a3f0c52-6d1e-4b8a-9c47-0e5b2d9f1a63";

/// What no server ever made an id of.
const STRANGE: &str = "not.an~id";

/// The cases.
pub fn cases(source: &Source<'_>) -> Vec<Case> {
    let Ok(base) = source.plain() else { return Vec::new() };
    let base = source.named(base);
    let mut cases: Vec<Case> = source
        .generator
        .breaches(&base)
        .into_iter()
        .filter(|variation| !source.is_fixed(&variation.spot))
        .map(|variation| {
            let mut case = source.one(Phase::Negative, &variation.name, variation.draft);
            // What is refused changes nothing.
            case.hold = Hold::Shared;
            case
        })
        .collect();
    cases.extend(unknown_ids(source));
    cases
}

/// For each id in the path, one that nothing has and one that cannot be an id, where the documents say
/// what comes of it.
fn unknown_ids(source: &Source<'_>) -> Vec<Case> {
    let refused = |r: &crate::contract::model::Response| r.statuses == Statuses::Code(404);
    if !source.operation.responses.iter().any(refused) {
        return Vec::new();
    }
    let Ok(base) = source.plain() else { return Vec::new() };
    let mut cases = Vec::new();
    let needs = source.needs.iter().enumerate().filter(|(_, need)| !need.lenient);
    for ((at, need), (word, id)) in
        needs.flat_map(|need| [("unknown", NOBODY), ("strange", STRANGE)].map(|how| (need, how)))
    {
        let Spot::Parameter { location: Location::Path, name, .. } = &need.spot else { continue };
        let mut draft = source.named(base.clone());
        draft.set(&need.spot, Value::String(id.to_owned()));
        let mut case =
            source.one(Phase::Negative, &format!("{word}-{}", name.replace('_', "-")), draft);
        case.needs.clone_from(&source.needs);
        case.needs.remove(at);
        case.hold = Hold::Shared;
        if let Attempt::One { expects, twist, .. } = &mut case.attempt {
            *expects = Some(Expects::UnknownId);
            *twist = Twist::None;
        }
        cases.push(case);
    }
    cases
}
