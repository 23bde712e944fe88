//! The defects of a document itself, which show before any server is asked.
//!
//! Every rule stands in a file of its own below `rules/`, whose list is the registry.

mod breach;
mod defect;
mod linted;
mod locate;
mod rules;
mod run;
mod sample;
mod sse;
mod walk;

pub use defect::{Defect, Rule};
pub use linted::Linted;
pub use rules::{rule, rules};
pub use run::run;
