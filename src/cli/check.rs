//! `check`: recorded traffic judged.

use std::num::NonZeroUsize;

use clap::Args;

use super::documents::{Documents, FailOn};
use super::output::Output;
use super::progress::Progress;
use super::stop::Stop;
use super::{number, operation, reports};
use crate::exit::Exit;
use crate::report::{ReportOptions, Target};
use crate::run::{self, CheckOptions};

/// Judge recorded traffic: hold every exchange of HAR files against the documents.
#[derive(Debug, Args)]
pub struct Check {
    /// Recordings: HAR 1.2, plain or compressed (`.gz`).
    #[arg(value_name = "FILE", required = true)]
    inputs: Vec<String>,
    #[command(flatten)]
    documents: Documents,
    /// The URL that the paths of the documents follow; requests to any other are not judged.
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// A report to write, beside the one on the console; may be repeated.
    #[arg(long = "report", value_name = "FORMAT=PATH", value_parser = Target::parse)]
    #[arg(long_help = reports::long_help(&[]))]
    reports: Vec<Target>,
    /// Findings of this severity or above make the exit code 1.
    #[arg(long, value_name = "SEVERITY", default_value = "error")]
    fail_on: FailOn,
    /// A header, query parameter or property whose value is secret; may be repeated.
    #[arg(long, value_name = "NAME")]
    redact: Vec<String>,
    /// How many threads judge; by default one for each processor.
    #[arg(long, value_name = "N", value_parser = number::some)]
    jobs: Option<NonZeroUsize>,
    /// Only these operations: an id such as `GET /datasets`, or a part of one.
    #[arg(long, value_name = "ID")]
    operation: Option<String>,
    /// Show everything: notes, further samples, whole commands, operations that were not exercised.
    #[arg(short, long)]
    verbose: bool,
}

impl Check {
    /// Runs the command.
    pub fn run(self, output: &Output) -> Result<Exit, Stop> {
        reports::check(&self.reports, None)?;
        let contract = self.documents.load(self.base_url)?;
        if let Some(wanted) = &self.operation {
            operation::known(&contract, wanted)?;
        }
        let result = {
            let progress = Progress::new();
            let tell = |judged| progress.tell(judged);
            let processors = || std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
            let options = CheckOptions {
                redact: self.redact,
                jobs: self.jobs.map_or_else(processors, NonZeroUsize::get),
                operation: self.operation,
                progress: Some(&tell),
            };
            run::check_recordings(&contract, &self.inputs, &options)?
        };
        let options = ReportOptions {
            fail_on: self.fail_on.into(),
            checks: crate::check::all().collect(),
            verbose: self.verbose,
            ..ReportOptions::default()
        };
        reports::write(&result, &options, &self.reports, output)?;
        Ok(reports::exit(&result, options.fail_on))
    }
}
