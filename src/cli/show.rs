//! `spec show`: what the documents promise.

use std::io::Write;

use clap::Args;

use super::describe;
use super::documents::{Documents, hint_at_notes};
use super::output::Output;
use super::stop::Stop;
use super::suggest;
use crate::contract::{Contract, Operation};
use crate::error::Problem;
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

/// The operation that is meant: by its id, its operationId, or a part that only one of them has.
fn find<'c>(contract: &'c Contract, wanted: &str) -> Result<Vec<&'c Operation>, Problem> {
    let all = contract.by_id();
    let is = |variant: &&Operation| {
        variant.id.eq_ignore_ascii_case(wanted) || variant.operation_id.as_deref() == Some(wanted)
    };
    if let Some((_, variants)) = all.iter().find(|(_, variants)| variants.iter().any(is)) {
        return Ok(variants.clone());
    }
    let lower = wanted.to_lowercase();
    let has = |variant: &&Operation| {
        let names = [Some(&variant.id), variant.operation_id.as_ref()];
        names.into_iter().flatten().any(|name| name.to_lowercase().contains(&lower))
    };
    let mut matching: Vec<_> =
        all.iter().filter(|(_, variants)| variants.iter().any(has)).collect();
    // A whole path means the operations of that path, not those of longer ones.
    let whole = |(_, variants): &&(_, Vec<&Operation>)| variants.iter().any(|v| v.path == wanted);
    if matching.iter().any(whole) {
        matching.retain(whole);
    }
    match matching.as_slice() {
        [(_, variants)] => Ok(variants.clone()),
        [] => {
            let ids = all.iter().map(|(id, _)| *id);
            let operation_ids =
                contract.operations.iter().filter_map(|o| o.operation_id.as_deref());
            let near = suggest::like(wanted, ids.chain(operation_ids));
            let list = "`dify-contract list operations` shows them all";
            let help = match suggest::did_you_mean(&near) {
                Some(question) => format!("{question} {list}"),
                None => list.to_owned(),
            };
            Err(Problem::new(format!("there is no operation `{wanted}`")).help(help))
        }
        several => {
            let shown: Vec<_> =
                several.iter().take(8).map(|(id, _)| format!("\n    {id}")).collect();
            let more = match several.len().saturating_sub(shown.len()) {
                0 => String::new(),
                more => format!("\n    and {more} more"),
            };
            let problem = format!("`{wanted}` may mean {} operations", several.len());
            Err(Problem::new(problem).help(format!("name one of them:{}{more}", shown.concat())))
        }
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
