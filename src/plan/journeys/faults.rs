//! What is wrong with a document, gathered.

use super::names::Strangers;
use crate::document::{Position, TextFile};
use crate::error::Problem;
use crate::suggest;

/// What is wrong with a document.
pub struct Faults<'f> {
    file: &'f TextFile,
    found: Vec<(Position, Problem)>,
    strangers: Strangers,
}

impl<'f> Faults<'f> {
    /// Nothing is, so far.
    pub fn new(file: &'f TextFile, strangers: Strangers) -> Self {
        Self { file, found: Vec::new(), strangers }
    }

    /// Whether a suite that does not fit the documents is wrong.
    pub fn are_strict(&self) -> bool {
        self.strangers == Strangers::Refused
    }

    /// Something is wrong at a place.
    pub fn add(&mut self, at: &str, message: impl Into<String>, help: impl Into<String>) {
        let help = help.into();
        let problem = Problem::new(message).at(self.file.spot_of(at));
        let problem = if help.is_empty() { problem } else { problem.help(help) };
        self.found.push((self.file.position(at), problem));
    }

    /// A name at a place is none of those that there are.
    pub fn unknown<'n>(
        &mut self,
        at: &str,
        message: impl Into<String>,
        name: &str,
        known: impl IntoIterator<Item = &'n str>,
        all: &str,
    ) {
        let like = suggest::like(name, known);
        let help = match suggest::did_you_mean(&like) {
            Some(question) if all.is_empty() => question,
            Some(question) => format!("{question} {all}"),
            None => all.to_owned(),
        };
        self.add(at, message, help);
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// All of it, in the order of the text; what is said twice is said once.
    pub fn into_problems(mut self) -> Vec<Problem> {
        self.found.sort_by_key(|(position, _)| *position);
        self.found.dedup();
        self.found.into_iter().map(|(_, problem)| problem).collect()
    }
}
