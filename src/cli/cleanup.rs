//! `cleanup`: what a killed run has left on a server, removed.

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
use crate::run;

/// Remove what a killed run has left: everything that its ledger names, and nothing else.
#[derive(Debug, Args)]
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
        let contract: &'static Contract = Box::leak(Box::new(chosen.contract));
        let (removed, leftovers) = runtime::block_on(run::clean(contract, target, ledger))??;
        let mut stdout = output.stdout();
        for leftover in &leftovers {
            writeln!(stdout, "left: {}", text::clean(&leftover.to_string()))?;
        }
        let removed = text::count(removed as u64, "thing");
        writeln!(stdout, "removed {removed}, left {}", leftovers.len())?;
        stdout.flush()?;
        Ok(if leftovers.is_empty() { Exit::Conforms } else { Exit::CouldNotRun })
    }
}
