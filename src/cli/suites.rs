//! Arguments that name suites of journeys.

use std::sync::Arc;

use clap::Args;

use super::stop::Stop;
use crate::contract::Contract;
use crate::error::Problem;
use crate::plan::journeys::{Strangers, Suite, builtin};
use crate::target::Vocabulary;

/// Where journeys come from.
#[derive(Debug, Default, Args)]
pub struct Suites {
    /// An Arazzo 1.0 document whose workflows are tried in the place of the built-in journeys; may be
    /// repeated. Without `--phase`, nothing else is tried.
    #[arg(long = "suite", value_name = "FILE")]
    suites: Vec<String>,
}

impl Suites {
    /// Whether no argument names any.
    pub fn is_empty(&self) -> bool {
        self.suites.is_empty()
    }

    /// The arguments that say which suites are meant.
    pub fn words(&self) -> Vec<(&'static str, String)> {
        self.suites.iter().map(|path| ("--suite", path.clone())).collect()
    }

    /// The suites that are named or, without any, those that are part of the program.
    pub fn load(
        &self,
        contract: &Contract,
        vocabulary: &Vocabulary,
    ) -> Result<Vec<Arc<Suite>>, Stop> {
        let mut suites = Vec::new();
        let mut problems = Vec::new();
        let whole = |path: &String| std::fs::canonicalize(path).unwrap_or_else(|_| path.into());
        for (number, path) in self.suites.iter().enumerate() {
            let mut earlier = self.suites.iter().take(number);
            if let Some(same) = earlier.find(|other| whole(other) == whole(path)) {
                let message = if same == path {
                    format!("the suite {path} is given twice")
                } else {
                    format!("{same} and {path} are the same suite")
                };
                problems.push(Problem::new(message).help("give each suite once"));
                continue;
            }
            match Suite::read(path, contract, vocabulary, Strangers::Refused) {
                Ok(suite) => suites.push(Arc::new(suite)),
                Err(found) => problems.extend(found),
            }
        }
        if !problems.is_empty() {
            return Err(problems.into());
        }
        if self.suites.is_empty() {
            suites.extend(builtin(contract, vocabulary)?.into_iter().map(Arc::new));
        }
        Ok(suites)
    }
}
