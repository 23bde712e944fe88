//! Lists, read page by page to the end: by number and by cursor, in each order, with each filter.

use crate::plan::case::{Attempt, Case, Hold, Phase};
use crate::plan::planner::Source;

/// The cases: one for every list that has pages.
pub fn cases(source: &Source<'_>) -> Vec<Case> {
    let Some(rules) = &source.operation.laws.page else { return Vec::new() };
    if rules.limit.is_none() {
        return Vec::new();
    }
    let Ok(list) = source.plain() else { return Vec::new() };
    let mut case = source.blank(Phase::Stateful, "walk");
    let maker = source.resources.maker(source.contract, source.number);
    // What is not allowed is left out: the list is read as it is.
    let maker = maker.filter(|maker| source.may(maker.operation) && source.opens(maker.operation));
    if maker.is_some() {
        case.hold = Hold::Alone;
    }
    case.attempt = Attempt::Walk { list: Box::new(list), maker: maker.map(Box::new) };
    vec![case]
}
