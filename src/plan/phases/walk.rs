//! Lists, read page by page to the end: by number and by cursor, in each order, with each filter. Those
//! that have no pages are read as a whole.

use crate::plan::case::{Attempt, Case, Hold, Phase};
use crate::plan::planner::Source;
use crate::plan::resources::Resources;
use crate::target::Permission;

/// The cases: one for every list that has pages, or that something can be added to.
pub fn cases(source: &Source<'_>) -> Vec<Case> {
    let Some(rules) = &source.operation.laws.page else { return Vec::new() };
    if rules.limit.is_none() && rules.make.is_none() {
        return Vec::new();
    }
    let Ok(list) = source.plain() else { return Vec::new() };
    let mut case = source.blank(Phase::Stateful, "walk");
    let maker = Resources::maker(source.contract, source.number);
    // What is not allowed is left out: the list is read as it is.
    let may = |number| {
        let operation = source.contract.operations.get(number);
        operation.is_some_and(|operation| Permission::needed(operation) <= source.allowed())
    };
    let maker = maker.filter(|maker| may(maker.operation) && source.opens(maker.operation));
    if maker.is_some() || !source.needs.is_empty() {
        case.hold = Hold::Alone;
    }
    case.attempt = Attempt::Walk { list: Box::new(list), maker: maker.map(Box::new) };
    vec![case]
}
