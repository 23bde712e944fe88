//! Arguments that choose cases by their names.

use clap::Args;

use super::stop::Stop;
use super::suggest;
use crate::error::Problem;
use crate::exchange::curl::quoted;
use crate::plan::Case;

/// Which cases are meant.
#[derive(Debug, Default, Args)]
pub struct Choice {
    /// Only cases whose name contains this.
    #[arg(value_name = "FILTER")]
    pub filter: Option<String>,
    /// The filter is the whole name of a case.
    #[arg(long, requires = "filter")]
    pub exact: bool,
    /// Leave out cases whose name contains this; may be repeated.
    #[arg(long, value_name = "FILTER")]
    pub skip: Vec<String>,
}

impl Choice {
    /// Whether a case of this name is chosen.
    pub fn chooses(&self, name: &str) -> bool {
        let fits = |filter: &String| {
            if self.exact { name == filter } else { name.contains(filter.as_str()) }
        };
        self.filter.as_ref().is_none_or(fits) && !self.skip.iter().any(fits)
    }

    /// A choice of nothing is a slip of the pen.
    ///
    /// # Errors
    /// That no case is left, and what was probably meant.
    pub fn check(&self, cases: &[Case]) -> Result<(), Stop> {
        if cases.iter().any(|case| self.chooses(&case.name)) {
            return Ok(());
        }
        if cases.is_empty() {
            return Err(Problem::new("there is nothing to try")
                .help("`--phase` and `--operation` leave no case together; give one of them")
                .into());
        }
        let all = "`dify-contract run --list` shows all names";
        let Some(filter) = &self.filter else {
            return Err(Problem::new("`--skip` leaves no case").help(all).into());
        };
        let problem = Problem::new(if self.exact {
            format!("no case has the name `{filter}`")
        } else {
            format!("no case has `{filter}` in its name")
        });
        let names = cases.iter().map(|case| case.name.as_str());
        Err(match suggest::did_you_mean(&suggest::like(filter, names)) {
            Some(question) => problem.help(format!("{question} {all}")),
            None => problem.help(all),
        }
        .into())
    }

    /// The arguments, as they are written on a command line.
    pub fn words(&self) -> Vec<String> {
        let mut words: Vec<String> =
            self.skip.iter().map(|skip| format!("--skip {}", quoted(skip))).collect();
        words.extend(self.exact.then(|| "--exact".to_owned()));
        words.extend(self.filter.as_deref().map(quoted));
        words
    }
}
