//! `cleanup`: what a killed run has left on a server, removed.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::documents::Documents;
use super::output::Output;
use super::runtime;
use super::stop::Stop;
use super::target::{PaceArgs, TargetArgs};
use crate::contract::Contract;
use crate::error::Problem;
use crate::exit::Exit;
use crate::plan::Ledger;
use crate::report::text;
use crate::run::{self, Leftover};
use crate::target::{Target, Vocabulary};

/// Remove what a killed run has left: everything that its ledger names, and nothing else.
#[derive(Debug, Args)]
#[command(mut_arg("allow", |argument| argument.hide(true)))]
pub struct Cleanup {
    /// The ledger, as the run has written it: `reports/NAME.ledger`.
    #[arg(value_name = "LEDGER")]
    ledger: PathBuf,
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    documents: Documents,
}

impl Cleanup {
    /// Runs the command.
    pub fn run(self, output: &Output) -> Result<Exit, Stop> {
        if self.target.allow().is_some() {
            return Err(Problem::new("`--allow` says nothing here")
                .help("leave it out: what the ledger names is removed, and nothing else is touched")
                .into());
        }
        let (base_url, ledger) = Ledger::resume(&self.ledger)?;
        let chosen = self.target.choose(PaceArgs::default(), self.documents)?;
        let target = chosen.target()?.clone();
        if target.base_url.as_str() != base_url {
            return Err(Problem::new(format!(
                "the ledger is of {base_url}, and the target is {}",
                target.base_url
            ))
            .help(format!("give the keys of that server, and `--base-url {base_url}`"))
            .into());
        }
        let problems = missing_keys(&ledger, &target, &chosen.vocabulary);
        if !problems.is_empty() {
            return Err(problems.into());
        }
        let contract: &'static Contract = Box::leak(Box::new(chosen.contract));
        let (removed, leftovers) = runtime::block_on(run::clean(contract, target, ledger))??;
        let mut stdout = output.stdout();
        for line in told(&leftovers) {
            writeln!(stdout, "left: {}", text::clean(&line))?;
        }
        let removed = text::count(removed as u64, "thing");
        writeln!(stdout, "removed {removed}, left {}", leftovers.len())?;
        stdout.flush()?;
        Ok(if leftovers.is_empty() { Exit::Conforms } else { Exit::CouldNotRun })
    }
}

/// What was made with a key that is not given cannot be removed: that is told before anything is sent.
fn missing_keys(ledger: &Ledger, target: &Target, vocabulary: &Vocabulary) -> Vec<Problem> {
    let mut made: BTreeMap<String, u64> = BTreeMap::new();
    let begun = ledger.unheard().into_iter().map(|(_, begun)| begun.key);
    for key in ledger.left().into_iter().map(|entry| entry.key).chain(begun) {
        *made.entry(key).or_default() += 1;
    }
    // What was made without a key is removed without one.
    made.retain(|key, _| !key.is_empty() && target.key(key).is_none());
    let problem = |(key, count): (String, u64)| {
        let things = text::count(count, "thing");
        let rule = vocabulary.keys.iter().find(|rule| rule.name == key);
        let help = match (target.keys_table(), rule.and_then(|rule| rule.env.as_ref())) {
            (Some(table), _) => format!("name it in {table}"),
            (None, Some(variable)) => format!("set {variable}"),
            (None, None) => "name it in the configuration file".to_owned(),
        };
        Problem::new(format!("the key `{key}` is not given, and {things} were made with it"))
            .help(help)
    };
    made.into_iter().map(problem).collect()
}

/// At most so many ids are told of things that could not be removed for one reason.
const SHOWN: usize = 3;

/// What could not be removed: a line for each kind and reason.
fn told(leftovers: &[Leftover]) -> Vec<String> {
    let mut reasons: Vec<(&str, &str, Vec<&str>)> = Vec::new();
    for Leftover { entry, why } in leftovers {
        let id = entry.own().unwrap_or_default();
        match reasons.iter_mut().find(|known| (known.0, known.1) == (&entry.resource, why)) {
            Some((.., ids)) => ids.push(id),
            None => reasons.push((&entry.resource, why, vec![id])),
        }
    }
    let line = |(resource, why, ids): (&str, &str, Vec<&str>)| {
        let shown = ids.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ");
        match ids.len().saturating_sub(SHOWN) {
            0 => format!("{resource} {shown}: {why}"),
            more => format!("{resource} {shown} and {} more: {why}", text::number(more as u64)),
        }
    };
    reasons.into_iter().map(line).collect()
}
