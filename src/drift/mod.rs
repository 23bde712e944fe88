//! What differs: between two contracts.

mod contracts;
mod fields;

pub use contracts::{Difference, differences};
