//! Does a server keep the promises of its published API?
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
pub mod observe;
pub mod report;
pub mod run;
