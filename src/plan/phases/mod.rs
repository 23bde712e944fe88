//! Where cases come from: one file for each phase.

mod boundary;
mod examples;
mod negative;
mod property;
mod protocol;
pub mod stateful;
mod stream;
mod walk;

use super::case::{Case, Phase};
use super::planner::Source;

/// The cases of one operation in one phase.
pub fn cases(phase: Phase, source: &Source<'_>) -> Vec<Case> {
    match phase {
        Phase::Examples => examples::cases(source),
        Phase::Boundary => boundary::cases(source),
        Phase::Property => property::cases(source),
        Phase::Negative => negative::cases(source),
        Phase::Protocol => protocol::cases(source),
        Phase::Stream => stream::cases(source),
        Phase::Stateful => walk::cases(source),
        // They are not those of one operation.
        Phase::Journey => Vec::new(),
    }
}
