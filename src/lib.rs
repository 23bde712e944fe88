//! Does a server keep the promises of its published API?
#[path = "../specs/builtin.rs"]
pub mod builtin;
pub mod check;
pub mod cli;
pub mod contract;
pub mod document;
pub mod drift;
pub mod error;
pub mod exchange;
pub mod exit;
pub mod finding;
pub mod generate;
pub mod mock;
pub mod observe;
pub mod report;
pub mod run;
