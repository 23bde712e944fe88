//! Arguments that make a contract.

use std::io::Write;

use clap::{Args, ValueEnum};

use super::output::Output;
use super::stop::Stop;
use crate::builtin;
use crate::contract::{Contract, Overlay, Sources};
use crate::error::Problem;
use crate::finding::Severity;

/// The documents of commands that take them by option.
#[derive(Debug, Default, Args)]
pub struct Documents {
    /// An OpenAPI document (3.0, 3.1, or Swagger 2.0; JSON or YAML); may be repeated. Without any,
    /// the built-in contract is taken.
    #[arg(long = "spec", value_name = "FILE")]
    specs: Vec<String>,
    #[command(flatten)]
    overlays: Overlays,
}

/// Overlays.
#[derive(Debug, Default, Args)]
pub struct Overlays {
    /// An OpenAPI Overlay 1.0 to apply to the documents; may be repeated.
    #[arg(long = "overlay", value_name = "FILE")]
    overlays: Vec<String>,
    /// Leave the built-in overlay out.
    #[arg(long)]
    no_overlay: bool,
}

/// `--fail-on`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// A promise is broken.
    Error,
    /// Documents and server differ where the documents only imply a promise, or are silent.
    Warning,
    /// Anything at all.
    Note,
}

impl From<FailOn> for Severity {
    fn from(fail_on: FailOn) -> Self {
        match fail_on {
            FailOn::Error => Self::Error,
            FailOn::Warning => Self::Warning,
            FailOn::Note => Self::Note,
        }
    }
}

impl Documents {
    /// The same, with these paths where no argument gives any.
    pub fn or(mut self, specs: &[String], overlays: &[String]) -> Self {
        if self.specs.is_empty() {
            self.specs = specs.to_vec();
        }
        if self.overlays.overlays.is_empty() {
            self.overlays.overlays = overlays.to_vec();
        }
        self
    }

    /// The arguments that say which documents are meant.
    pub fn words(&self) -> Vec<(&'static str, String)> {
        let specs = self.specs.iter().map(|path| ("--spec", path.clone()));
        specs.chain(self.overlays.overlays.iter().map(|path| ("--overlay", path.clone()))).collect()
    }

    /// The argument that leaves the built-in overlay out, where it is given.
    pub fn without_overlay(&self) -> Option<&'static str> {
        self.overlays.no_overlay.then_some("--no-overlay")
    }

    /// The contract that the documents make.
    pub fn load(mut self, base_url: Option<String>) -> Result<Contract, Stop> {
        if self.specs.is_empty() {
            self.specs.push(builtin::CONTRACT.to_owned());
        }
        self.overlays.load(self.specs, base_url)
    }
}

impl Overlays {
    /// The contract that the given documents make with these overlays.
    pub fn load(self, specs: Vec<String>, base_url: Option<String>) -> Result<Contract, Stop> {
        let mut overlays = Vec::new();
        let mut problems = Vec::new();
        for path in &self.overlays {
            match Overlay::read(path) {
                Ok(overlay) => overlays.push(overlay),
                Err(problem) => problems.push(problem),
            }
        }
        if !problems.is_empty() {
            return Err(problems.into());
        }
        let mut optional_overlays = Vec::new();
        if !self.no_overlay {
            optional_overlays.push(Overlay::read(builtin::OVERLAY)?);
        }
        Ok(Contract::load(Sources { specs, overlays, optional_overlays, base_url })?)
    }
}

/// The problem of a command without a document.
pub fn missing(example: &str) -> Problem {
    Problem::new("no document is given")
        .help(format!("name the OpenAPI document that describes the API, as in `{example}`"))
}

/// Says on standard error that parts of the documents were left out, for commands that do not
/// list them.
pub fn hint_at_notes(contract: &Contract, output: &Output) {
    let count = contract.notes.len() as u64;
    if count > 0 {
        let mut stderr = output.stderr();
        let notes = crate::report::text::count(count, "note");
        // A hint that nobody reads is no reason to stop.
        let _ = writeln!(
            stderr,
            "{notes} on parts of documents and overlays that are not used; \
             `dify-contract spec lint` lists them"
        );
        let _ = stderr.flush();
    }
}
