//! `report merge`: the reports of parts made one.

use std::io::Write;

use clap::{Args, Subcommand};

use super::documents::{Documents, FailOn};
use super::output::Output;
use super::reports;
use super::stop::Stop;
use crate::error::{Problem, reason};
use crate::exit::Exit;
use crate::report::{ReportOptions, Target, read_json};
use crate::run::{self, Part};

/// What to do with reports.
#[derive(Debug, Subcommand)]
pub enum Report {
    Merge(Merge),
}

/// Make one report of the reports of parts: the shards of a run, or parts of recorded traffic.
#[derive(Debug, Args)]
pub struct Merge {
    /// Reports in the form `json`.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<String>,
    #[command(flatten)]
    documents: Documents,
    /// A report to write, beside the one on the console; may be repeated.
    #[arg(long = "report", value_name = "FORMAT=PATH", value_parser = Target::parse)]
    #[arg(long_help = reports::long_help(&[]))]
    reports: Vec<Target>,
    /// Findings of this severity or above make the exit code 1.
    #[arg(long, value_name = "SEVERITY", default_value = "error")]
    fail_on: FailOn,
    /// Show everything: notes, further samples, whole commands, operations that were not exercised.
    #[arg(short, long)]
    verbose: bool,
}

impl Report {
    /// Runs the command.
    pub fn run(self, output: &Output) -> Result<Exit, Stop> {
        match self {
            Self::Merge(merge) => merge.run(output),
        }
    }
}

impl Merge {
    fn run(self, output: &Output) -> Result<Exit, Stop> {
        reports::check(&self.reports, None)?;
        let parts = read(&self.files)?;
        // Judged by the same documents, unless others are named.
        let documents = parts.first().map(|part| part.result.documents.as_slice());
        let paths: Vec<String> =
            documents.unwrap_or_default().iter().map(|document| document.path.clone()).collect();
        let contract = self.documents.or(&paths, &[]).load(None)?;
        let result = run::merge(&contract, parts)?;
        let options = ReportOptions {
            fail_on: self.fail_on.into(),
            checks: crate::check::all().collect(),
            verbose: self.verbose,
            ..ReportOptions::default()
        };
        reports::write(&result, &options, &self.reports, output)?;
        let missing = result.run.as_ref().map(run::missing).unwrap_or_default();
        let exit = reports::exit(&result, options.fail_on);
        if missing.is_empty() {
            return Ok(exit);
        }
        let missing: Vec<String> = missing.iter().map(ToString::to_string).collect();
        let mut stderr = output.stderr();
        // Where standard error cannot be written to, the exit code still tells it.
        let _ = writeln!(stderr, "not the whole run: no report of {}", missing.join(", "));
        let _ = stderr.flush();
        Ok(if exit == Exit::Findings { exit } else { Exit::CouldNotRun })
    }
}

/// Reads all reports; tells everything that is wrong with them.
fn read(files: &[String]) -> Result<Vec<Part>, Stop> {
    let mut problems = Vec::new();
    let mut parts = Vec::new();
    let mut known: Vec<(&str, Vec<u8>)> = Vec::new();
    for path in files {
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) => {
                problems.push(
                    Problem::new(format!("cannot read {path}: {}", reason(&error)))
                        .help("give reports that `--report json=PATH` has written"),
                );
                continue;
            }
        };
        if let Some((same, _)) = known.iter().find(|(_, other)| *other == bytes) {
            let problem = format!("{same} and {path} are the same report");
            problems.push(Problem::new(problem).help("give each report once: they are added up"));
            continue;
        }
        match read_json(path, &bytes) {
            Ok(result) => parts.push(Part { name: path.clone(), result }),
            Err(problem) => problems.push(problem),
        }
        known.push((path, bytes));
    }
    if problems.is_empty() { Ok(parts) } else { Err(problems.into()) }
}
