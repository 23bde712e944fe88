//! Arguments that make a target.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use super::documents::Documents;
use super::number;
use super::stop::Stop;
use crate::contract::Contract;
use crate::error::Problem;
use crate::target::{
    Config, FILE_NAME, Overrides, Permission, Target, Vocabulary, how_to_give, limits, proxy,
    resolve,
};

/// Where the API is, and what may be done there.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Target")]
pub struct TargetArgs {
    /// A target of the configuration file.
    #[arg(long, value_name = "NAME")]
    target: Option<String>,
    /// The configuration file, if it is not `dify-contract.toml` in this folder.
    #[arg(long, value_name = "FILE")]
    config: Option<String>,
    /// The address that the paths of the documents follow.
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// What may be done there; each level allows what those before it allow.
    #[arg(long, value_name = "LEVEL", value_parser = permission())]
    allow: Option<Permission>,
    /// How long a whole answer may take: `30`, `500ms`, `2m`.
    #[arg(long, value_name = "TIME", value_parser = limits::duration)]
    timeout: Option<Duration>,
    /// How long a stream may be silent.
    #[arg(long, value_name = "TIME", value_parser = limits::duration)]
    silence: Option<Duration>,
    /// A PEM file of certificates to trust besides the system's.
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,
    /// The proxy to go through, if it is not that of the environment.
    #[arg(long, value_name = "URL")]
    proxy: Option<String>,
}

/// How much and how fast, for commands that send many requests.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Target")]
pub struct PaceArgs {
    /// Requests a second at most.
    #[arg(long, value_name = "N", value_parser = rate)]
    rate: Option<f64>,
    /// Requests at the same time at most: 4, or 32 on the mock of `run`, if it is left out.
    #[arg(long, value_name = "N", value_parser = number::some)]
    jobs: Option<NonZeroUsize>,
    /// Calls of models at most, with `--allow spend`.
    #[arg(long, value_name = "N", value_parser = number::whole::<u32>)]
    max_model_calls: Option<u32>,
    /// The user in whose name calls are made.
    #[arg(long, value_name = "USER")]
    user: Option<String>,
}

impl PaceArgs {
    /// The arguments, as they were given.
    pub fn words(&self) -> Vec<(&'static str, String)> {
        let words = [
            ("--rate", self.rate.map(|rate| rate.to_string())),
            ("--jobs", self.jobs.map(|jobs| jobs.to_string())),
            ("--max-model-calls", self.max_model_calls.map(|calls| calls.to_string())),
            ("--user", self.user.clone()),
        ];
        words.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }

    /// The usual pace, in the name of a user.
    pub fn of_user(user: Option<String>) -> Self {
        Self { user, ..Self::default() }
    }
}

/// What the arguments, the environment and the configuration file come to.
pub struct Chosen {
    /// The contract, for the target's address.
    pub contract: Contract,
    /// What it says of deployments.
    pub vocabulary: Vocabulary,
    /// The target; `None` where nothing is configured.
    pub target: Option<Target>,
}

impl TargetArgs {
    /// The limit of time, where an argument gives one.
    pub fn timeout(&self) -> Option<Duration> {
        self.timeout
    }

    /// What an argument allows.
    pub fn allow(&self) -> Option<Permission> {
        self.allow
    }

    /// The arguments that say which target is meant, how it is reached, and what may be done there. A proxy
    /// with a password is left out.
    pub fn words(&self) -> Vec<(&'static str, String)> {
        let time = |time: Duration| format!("{}ms", time.as_millis());
        let words = [
            ("--target", self.target.clone()),
            ("--config", self.config.clone()),
            ("--base-url", self.base_url.clone()),
            ("--allow", self.allow.map(|allow| allow.word().to_owned())),
            ("--timeout", self.timeout.map(time)),
            ("--silence", self.silence.map(time)),
            ("--ca-file", self.ca_file.as_ref().map(|path| path.display().to_string())),
            ("--proxy", self.proxy.clone().filter(|proxy| !proxy.contains('@'))),
        ];
        words.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }

    /// The contract and the target that are meant.
    pub fn choose(self, pace: PaceArgs, documents: Documents) -> Result<Chosen, Stop> {
        let proxy = self.proxy.as_deref().map(proxy::check).transpose()?;
        let overrides = Overrides {
            target: self.target,
            base_url: self.base_url,
            allow: self.allow,
            rate: pace.rate,
            jobs: pace.jobs,
            timeout: self.timeout,
            silence: self.silence,
            max_model_calls: pace.max_model_calls,
            ca_file: self.ca_file,
            proxy,
            user: pace.user,
        };
        let config = Config::find(self.config.as_deref())?;
        let configured = match (&config, overrides.target.as_deref()) {
            (Some(config), name) => config.target(name)?,
            (None, Some(name)) => {
                return Err(Problem::new(format!(
                    "there is no {FILE_NAME} that describes `{name}`"
                ))
                .help("`dify-contract init` writes one; `--config` names one elsewhere")
                .into());
            }
            (None, None) => None,
        };
        let documents = match configured {
            Some(target) => documents.or(&target.specs, &target.overlays),
            None => documents,
        };
        let contract = documents.load(None)?;
        let vocabulary = Vocabulary::of(&contract)?;
        let environment = |name: &str| std::env::var_os(name);
        let target = resolve(&vocabulary, &overrides, configured, &environment)?;
        let contract = match &target {
            Some(target) => contract.at(target.base_url.as_str()),
            None => contract,
        };
        Ok(Chosen { contract, vocabulary, target })
    }
}

impl Chosen {
    /// The target, for commands that need one.
    pub fn target(&self) -> Result<&Target, Stop> {
        let missing = || Problem::new("no server is named").help(how_to_give(&self.vocabulary));
        Ok(self.target.as_ref().ok_or_else(missing)?)
    }
}

fn permission() -> impl TypedValueParser<Value = Permission> {
    let values =
        Permission::ALL.map(|level| PossibleValue::new(level.word()).help(level.meaning()));
    PossibleValuesParser::new(values)
        .map(|word| Permission::parse(&word).unwrap_or(Permission::Read))
}

fn rate(text: &str) -> Result<f64, String> {
    limits::rate(text.parse().unwrap_or(f64::NAN))
}
