//! The documented requests; where there are none, the plainest one and the fullest one.

use crate::plan::case::{Case, Phase};
use crate::plan::planner::Source;

/// The cases.
pub fn cases(source: &Source<'_>) -> Vec<Case> {
    let mut drafts = Vec::new();
    match source.plain() {
        Ok(plain) => drafts.push(("plain".to_owned(), plain)),
        Err(cannot) => return vec![source.skipped(Phase::Examples, "plain", cannot)],
    }
    drafts.extend(source.generator.examples());
    drafts
        .into_iter()
        .map(|(name, draft)| source.one(Phase::Examples, &name, source.named(draft)))
        .collect()
}
