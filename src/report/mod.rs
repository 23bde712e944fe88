//! Reports: one result, written in one format for each file.

pub mod console;
mod format;
mod json;
mod junit;
mod plain;
mod target;
pub mod text;
mod verdict;

pub use console::FORMAT as CONSOLE;
pub use format::{Format, ReportOptions};
pub use json::read as read_json;
pub use target::{STDOUT, Target};
pub use verdict::{Verdict, none_chosen};

/// The formats, in the order in which help lists them.
pub const FORMATS: &[Format] = &[CONSOLE, json::FORMAT, junit::FORMAT];
