//! Valid requests at the edges of what is allowed.

use crate::plan::case::{Case, Phase};
use crate::plan::planner::Source;

/// The cases.
pub fn cases(source: &Source<'_>) -> Vec<Case> {
    let Ok(base) = source.plain() else { return Vec::new() };
    let base = source.named(base);
    source
        .generator
        .boundaries(&base)
        .into_iter()
        .filter(|variation| !source.is_fixed(&variation.spot))
        .map(|variation| source.one(Phase::Boundary, &variation.name, variation.draft))
        .collect()
}
