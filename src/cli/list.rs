//! `list`: what there is.

use std::io::Write;

use clap::{Args, Subcommand};

use super::documents::{Documents, hint_at_notes};
use super::output::Output;
use super::stop::Stop;
use super::suites::Suites;
use crate::check;
use crate::contract::lint;
use crate::exit::Exit;
use crate::mock::{FAULTS, Fault};
use crate::report::text;
use crate::target::Vocabulary;

/// What there is: operations, journeys, checks, rules, faults.
#[derive(Debug, Subcommand)]
pub enum List {
    /// The operations of the documents, one on each line.
    Operations(Documents),
    /// The journeys: their names, what they are about, and the suites they stand in.
    Journeys(Journeys),
    /// The checks that traffic is judged by.
    Checks,
    /// The rules that documents are judged by.
    Rules,
    /// What the mock can be told to do wrong, and the check that should report it.
    Faults,
}

impl List {
    /// Runs the command.
    pub fn run(self, output: &Output) -> Result<Exit, Stop> {
        let mut stdout = output.stdout();
        let rows: Vec<Vec<String>> = match self {
            Self::Operations(documents) => {
                let contract = documents.load(None)?;
                for (id, _) in contract.by_id() {
                    writeln!(stdout, "{}", text::clean(id))?;
                }
                stdout.flush()?;
                hint_at_notes(&contract, output);
                return Ok(Exit::Conforms);
            }
            Self::Journeys(journeys) => journeys.rows()?,
            Self::Checks => check::all().map(|c| row(c.id, c.severity.word(), c.title)).collect(),
            Self::Faults => FAULTS.iter().map(|f| row(f.id, seen_by(f), f.title)).collect(),
            Self::Rules => lint::rules().map(|r| row(r.id, r.severity.word(), r.title)).collect(),
        };
        // For a pipe, one line each, however long.
        for line in text::table(&rows, output.stdout_width().unwrap_or(usize::MAX)) {
            writeln!(stdout, "{line}")?;
        }
        stdout.flush()?;
        Ok(Exit::Conforms)
    }
}

/// The documents and suites of journeys.
#[derive(Debug, Args)]
pub struct Journeys {
    #[command(flatten)]
    documents: Documents,
    #[command(flatten)]
    suites: Suites,
}

impl Journeys {
    fn rows(self) -> Result<Vec<Vec<String>>, Stop> {
        let contract = self.documents.load(None)?;
        let vocabulary = Vocabulary::of(&contract)?;
        let mut rows = Vec::new();
        for suite in self.suites.load(&contract, &vocabulary)? {
            // What another one runs is a part of that one.
            for workflow in suite.workflows.iter().filter(|workflow| !workflow.called) {
                let about = workflow.summary.clone().unwrap_or_default();
                let line = suite.source(workflow.at.as_str()).line;
                rows.push(vec![workflow.id.clone(), about, format!("{}:{line}", suite.path)]);
            }
        }
        Ok(rows)
    }
}

/// The check that reports a fault; nothing where none does yet.
fn seen_by(fault: &Fault) -> &'static str {
    let known = |id: &&&str| check::all().any(|check| check.id == **id);
    fault.provokes.iter().find(known).map_or("", |id| *id)
}

fn row(id: &str, severity: &str, title: &str) -> Vec<String> {
    vec![id.to_owned(), severity.to_owned(), title.to_owned()]
}
