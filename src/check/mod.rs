//! Checks: pure functions from exchanges to disagreements, one file each.

mod meta;

pub use meta::Meta;
