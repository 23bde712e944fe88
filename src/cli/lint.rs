//! `spec lint`: defects of the documents themselves.

use std::collections::BTreeMap;
use std::io::Write;

use clap::Args;

use super::documents::{FailOn, Overlays, missing};
use super::output::{Output, harmless};
use super::stop::Stop;
use crate::contract::Contract;
use crate::contract::lint::{self, Defect};
use crate::exit::Exit;
use crate::finding::Severity;
use crate::report::text;

/// Find defects of the documents: what no server could keep to, and what promises nothing.
#[derive(Debug, Args)]
pub struct Lint {
    /// OpenAPI documents.
    #[arg(value_name = "FILE")]
    specs: Vec<String>,
    #[command(flatten)]
    overlays: Overlays,
    /// Defects of this severity or above make the exit code 1.
    #[arg(long, value_name = "SEVERITY", default_value = "error")]
    fail_on: FailOn,
}

/// The width of the text where there is no terminal.
const WIDTH: usize = 100;

impl Lint {
    /// Runs the command.
    pub fn run(self, output: &Output) -> Result<Exit, Stop> {
        if self.specs.is_empty() {
            return Err(missing("dify-contract spec lint openapi.json").into());
        }
        let contract = self.overlays.load(self.specs, None)?;
        let defects = lint::run(&contract);
        let mut stdout = output.stdout();
        notes(&contract, output, &mut stdout)?;
        let mut by_rule: BTreeMap<&str, Vec<&Defect>> = BTreeMap::new();
        for defect in &defects {
            by_rule.entry(defect.rule).or_default().push(defect);
        }
        // The order of the list of rules, which `list rules` shows.
        for rule in lint::rules() {
            let Some(found) = by_rule.get(rule.id) else { continue };
            group(rule, found, output, &mut stdout)?;
        }
        summary(&contract, &defects, &mut stdout)?;
        stdout.flush()?;
        let fails = |defect: &Defect| defect.severity >= self.fail_on.into();
        Ok(if defects.iter().any(fails) { Exit::Findings } else { Exit::Conforms })
    }
}

/// Parts of documents that could not be read, and overlays that hit nothing.
fn notes(contract: &Contract, output: &Output, out: &mut impl Write) -> Result<(), Stop> {
    if contract.notes.is_empty() {
        return Ok(());
    }
    let head = format!("not used: {}", text::count(contract.notes.len() as u64, "part"));
    writeln!(out, "{}", output.heading(&head))?;
    for note in &contract.notes {
        for line in harmless(note).lines() {
            writeln!(out, "  {line}")?;
        }
    }
    writeln!(out)?;
    Ok(())
}

fn group(
    rule: &lint::Rule,
    found: &[&Defect],
    output: &Output,
    out: &mut impl Write,
) -> Result<(), Stop> {
    let width = output.stdout_width().unwrap_or(WIDTH);
    // The rule's own severity is its worst; what was found may all be milder.
    let worst = found.iter().map(|defect| defect.severity).max().unwrap_or(rule.severity);
    let head = format!("{worst} {} ({})", rule.id, text::number(found.len() as u64));
    writeln!(out, "{}", output.heading(&head))?;
    for line in text::wrap(rule.title, width - 2) {
        writeln!(out, "  {line}")?;
    }
    for defect in found {
        let source = &defect.source;
        // On a line of its own, so that terminals and editors make a link of it.
        let place = format!("{}:{}:{}", text::clean(&source.file), source.line, source.column);
        let milder = if defect.severity == worst { "" } else { defect.severity.word() };
        writeln!(out, "{}", format!("  {place} {milder}").trim_end())?;
        let message = format!("{}: {}", defect.place, defect.message);
        for line in text::wrap(&text::clean(&message), width - 6) {
            writeln!(out, "      {line}")?;
        }
    }
    writeln!(out)?;
    Ok(())
}

fn summary(contract: &Contract, defects: &[Defect], out: &mut impl Write) -> Result<(), Stop> {
    let count = |severity: Severity| {
        let found = defects.iter().filter(|defect| defect.severity == severity).count();
        text::count(found as u64, severity.word())
    };
    let documents = text::count(contract.documents.len() as u64, "document");
    let operations = text::count(contract.by_id().len() as u64, "operation");
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let notes = count(Severity::Note);
    let total = text::count(defects.len() as u64, "defect");
    writeln!(out, "{documents}, {operations}: {total}: {errors}, {warnings}, {notes}")?;
    Ok(())
}
