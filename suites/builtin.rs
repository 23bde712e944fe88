//! The journeys that are part of the program.

/// All files, by the names behind `built-in:suites/`.
pub const FILES: &[(&str, &str)] = &[];
