//! `spec show`: what the documents promise.

use std::io::Write;

use clap::Args;

use super::describe;
use super::documents::{Documents, hint_at_notes};
use super::operation::find;
use super::output::Output;
use super::stop::Stop;
use crate::contract::Contract;
use crate::exit::Exit;
use crate::report::text;

/// Show what the documents promise: all operations in a table, or one of them in full.
#[derive(Debug, Args)]
pub struct Show {
    /// The operation: `GET /datasets`, its operationId, or a part of either.
    operation: Option<String>,
    #[command(flatten)]
    documents: Documents,
    /// Show schemas to any depth.
    #[arg(short, long)]
    verbose: bool,
}

impl Show {
    /// Runs the command.
    pub fn run(self, output: &Output) -> Result<Exit, Stop> {
        let contract = self.documents.load(None)?;
        let mut stdout = output.stdout();
        match &self.operation {
            Some(wanted) => {
                let variants = find(&contract, wanted)?;
                describe::operation(&contract, &variants, self.verbose, output, &mut stdout)?;
            }
            None => table(&contract, output, &mut stdout)?,
        }
        stdout.flush()?;
        hint_at_notes(&contract, output);
        Ok(Exit::Conforms)
    }
}

/// All operations, one on each line.
fn table(contract: &Contract, output: &Output, out: &mut impl Write) -> Result<(), Stop> {
    let mut rows = vec![
        ["method", "path", "statuses", "key", "safety", "cost", "tags"].map(str::to_owned).to_vec(),
    ];
    for (_, variants) in contract.by_id() {
        let Some(first) = variants.first() else { continue };
        let mut statuses: Vec<_> =
            variants.iter().flat_map(|v| &v.responses).map(|r| r.statuses).collect();
        statuses.sort_unstable();
        statuses.dedup();
        let mut tags: Vec<&str> = Vec::new();
        for tag in variants.iter().flat_map(|variant| &variant.tags) {
            if !tags.contains(&tag.as_str()) {
                tags.push(tag);
            }
        }
        let traits = &first.traits;
        let word = |value: &Option<String>| value.clone().unwrap_or_default();
        rows.push(vec![
            first.method.clone(),
            first.path.clone(),
            statuses.len().to_string(),
            word(&traits.key),
            word(&traits.safety),
            word(&traits.cost),
            tags.join(", "),
        ]);
    }
    // Columns that are empty for every operation are left out: there may be no overlay.
    let columns = rows.first().map_or(0, Vec::len);
    let used: Vec<bool> = (0..columns)
        .map(|column| {
            column == 0
                || rows.iter().skip(1).any(|row| row.get(column).is_some_and(|c| !c.is_empty()))
        })
        .collect();
    for row in &mut rows {
        let mut column = used.iter();
        row.retain(|_| column.next().copied().unwrap_or(true));
        for cell in row {
            *cell = text::clean(cell).into_owned();
        }
    }
    let lines = text::table(&rows, output.stdout_width().unwrap_or(usize::MAX));
    for (number, line) in lines.iter().enumerate() {
        let line = if number == 0 { output.heading(line) } else { line.clone() };
        writeln!(out, "{line}")?;
    }
    let count = rows.len() as u64 - 1;
    writeln!(out, "\n{}", text::count(count, "operation"))?;
    Ok(())
}
