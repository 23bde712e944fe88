//! Arguments, environment and configuration file made one target.

use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use super::base_url::BaseUrl;
use super::config::{FILE_NAME, KeyConfig, KeySource, TargetConfig};
use super::key;
use super::limits::Limits;
use super::permission::Permission;
use super::vocabulary::{HeaderRule, KeyRule, Vocabulary};
use crate::document::TextFile;
use crate::error::Problem;
use crate::exchange::Secret;
use crate::suggest;

/// The environment: the value of a variable, if it is set.
pub type Environment<'e> = &'e dyn Fn(&str) -> Option<OsString>;

/// What arguments say of a target.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// `--target`: a target of the configuration file.
    pub target: Option<String>,
    /// `--base-url`.
    pub base_url: Option<String>,
    /// `--allow`.
    pub allow: Option<Permission>,
    /// `--rate`.
    pub rate: Option<f64>,
    /// `--jobs`.
    pub jobs: Option<NonZeroUsize>,
    /// `--timeout`.
    pub timeout: Option<Duration>,
    /// `--silence`.
    pub silence: Option<Duration>,
    /// `--max-model-calls`.
    pub max_model_calls: Option<u32>,
    /// `--ca-file`.
    pub ca_file: Option<PathBuf>,
    /// `--proxy`.
    pub proxy: Option<String>,
    /// `--user`.
    pub user: Option<String>,
}

/// A deployment, and what may be done to it.
#[derive(Debug, Clone)]
pub struct Target {
    /// Its name in the configuration file, or its host.
    pub name: String,
    /// Its address.
    pub base_url: BaseUrl,
    /// Where the address comes from: `--base-url`, a variable, a file and line.
    pub base_url_from: String,
    /// Its keys.
    pub keys: Vec<TargetKey>,
    /// Whether the target of the configuration file names its keys: then it has no others.
    pub keys_named: bool,
    /// Keys that were to be had from a variable that is not set.
    pub missing: Vec<MissingKey>,
    /// What may be done to it.
    pub allow: Permission,
    /// Whether it is the mock within this program, which nobody has to wait for.
    pub embedded: bool,
    /// How much, how fast and how long.
    pub limits: Limits,
    /// Certificates to trust besides the system's.
    pub ca_file: Option<PathBuf>,
    /// The proxy to go through.
    pub proxy: Option<String>,
    /// The user in whose name calls are made.
    pub user: Option<String>,
    /// What may be different from what was meant.
    pub notes: Vec<String>,
}

impl Target {
    /// A target that is ours, all of whose keys are known by their names; everything is allowed there.
    ///
    /// # Errors
    ///
    /// A base URL or key that cannot be used.
    pub fn known<'k>(
        name: &str,
        base_url: &str,
        keys: impl Iterator<Item = (&'k str, &'k str)>,
        vocabulary: &Vocabulary,
    ) -> Result<Self, Problem> {
        let header = &vocabulary.header;
        let key = |(name, key): (&str, &str)| {
            let rule = vocabulary.keys.iter().find(|rule| rule.name == name);
            Ok(TargetKey {
                name: name.to_owned(),
                kind: rule.and_then(|rule| rule.kind.clone()),
                modes: rule.map(|rule| rule.modes.clone()).unwrap_or_default(),
                secret: Secret::behind(&header.name, &header.prefix, key)?,
                from: name.to_owned(),
            })
        };
        Ok(Self {
            name: name.to_owned(),
            base_url: BaseUrl::parse(base_url)?,
            base_url_from: name.to_owned(),
            keys: keys.map(key).collect::<Result<_, Problem>>()?,
            keys_named: false,
            missing: Vec::new(),
            allow: Permission::Disrupt,
            embedded: true,
            limits: Limits::default(),
            ca_file: None,
            proxy: None,
            user: None,
            notes: Vec::new(),
        })
    }

    /// How many requests are made at the same time: so many as was asked for, or few where others may be
    /// waiting, too.
    #[must_use]
    pub fn jobs(&self) -> usize {
        self.limits.jobs.map_or(if self.embedded { 32 } else { 4 }, usize::from)
    }
}

/// A key of a target.
#[derive(Debug, Clone)]
pub struct TargetKey {
    /// Its name in the vocabulary.
    pub name: String,
    /// Its kind, where that is known without asking.
    pub kind: Option<String>,
    /// The modes it may have; empty: any.
    pub modes: Vec<String>,
    /// The key itself.
    pub secret: Secret,
    /// Where it comes from: the name of a variable, or a path.
    pub from: String,
}

/// A key that is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingKey {
    /// Its name in the vocabulary.
    pub name: String,
    /// The variable that is not set.
    pub variable: String,
}

impl Target {
    /// Where the configuration file names the target's keys, if it does: `[targets.main.keys]`.
    #[must_use]
    pub fn keys_table(&self) -> Option<String> {
        self.keys_named.then(|| format!("[targets.{}.keys]", self.name))
    }

    /// The key of this name, if the variable that is to hold it is not set.
    #[must_use]
    pub fn missing_key(&self, name: &str) -> Option<&MissingKey> {
        self.missing.iter().find(|key| key.name == name)
    }

    /// The key of this name.
    #[must_use]
    pub fn key(&self, name: &str) -> Option<&TargetKey> {
        self.keys.iter().find(|key| key.name == name)
    }
}

/// Makes a target of what arguments, environment and configuration file say; `None` where none of them
/// says anything.
///
/// Arguments come before the environment, the environment before the file, and the file before the
/// documents. But keys belong to an address, and none is sent elsewhere by mistake:
///
/// - A target that is named (`--target`) keeps its address, whatever the environment says.
/// - Where arguments or environment name another address than the file's target, that target is left out.
/// - A target that names keys has these and no others.
///
/// # Errors
///
/// Everything that is wrong with the values. Keys are never repeated.
pub fn resolve(
    vocabulary: &Vocabulary,
    overrides: &Overrides,
    configured: Option<&TargetConfig>,
    environment: Environment<'_>,
) -> Result<Option<Target>, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut note = |problem| problems.push(problem);
    let address = address(vocabulary, overrides, configured, environment, &mut note);
    let configured = configured.filter(|_| address.configured);
    let (keys, missing) = match configured {
        Some(target) if !target.keys.is_empty() => {
            let found = target
                .keys
                .iter()
                .filter_map(|key| from_file(vocabulary, key, environment).map_err(&mut note).ok());
            split(found.collect())
        }
        _ => {
            let found = vocabulary
                .keys
                .iter()
                .filter_map(|rule| from_environment(vocabulary, rule, environment))
                .filter_map(|key| key.map_err(&mut note).ok());
            (found.collect(), Vec::new())
        }
    };
    let nothing = !address.given && keys.is_empty() && configured.is_none();
    if problems.is_empty() && nothing {
        return Ok(None);
    }
    let Some((base_url, base_url_from)) = address.url else {
        if problems.is_empty() {
            problems.push(Problem::new("no base URL is given").help(how_to_give(vocabulary)));
        }
        return Err(problems);
    };
    if !problems.is_empty() {
        return Err(problems);
    }
    let file = configured.cloned().unwrap_or_default();
    let usual = Limits::default();
    let limits = Limits {
        ready: usual.ready,
        rate: overrides.rate.or(file.rate),
        jobs: overrides.jobs.or(file.jobs),
        timeout: overrides.timeout.or(file.timeout).unwrap_or(usual.timeout),
        silence: overrides.silence.or(file.silence).unwrap_or(usual.silence),
        max_model_calls: overrides
            .max_model_calls
            .or(file.max_model_calls)
            .unwrap_or(usual.max_model_calls),
    };
    Ok(Some(Target {
        name: configured.map_or_else(|| base_url.host().to_owned(), |target| target.name.clone()),
        base_url,
        base_url_from,
        notes: address.notes.into_iter().chain(same_keys(&keys)).collect(),
        keys: keys.into_iter().map(|(key, _)| key).collect(),
        keys_named: configured.is_some_and(|target| !target.keys.is_empty()),
        missing,
        allow: overrides.allow.or(file.allow).unwrap_or(Permission::Read),
        embedded: false,
        limits,
        ca_file: overrides.ca_file.clone().or(file.ca_file),
        proxy: overrides.proxy.clone().or(file.proxy),
        user: overrides.user.clone().or(file.user),
    }))
}

/// How a base URL can be given, in words.
#[must_use]
pub fn how_to_give(vocabulary: &Vocabulary) -> String {
    let variable = vocabulary.base_url.env.as_ref();
    let variable = variable.map(|name| format!(", set {name}")).unwrap_or_default();
    format!(
        "write `--base-url https://…`{variable}, or describe the target in {FILE_NAME} \
         (`dify-contract init` writes one)"
    )
}

/// What is known of the address.
#[derive(Default)]
struct Address {
    url: Option<(BaseUrl, String)>,
    /// Whether arguments, environment or file name it.
    given: bool,
    /// Whether the target of the file is at this address.
    configured: bool,
    notes: Vec<String>,
}

fn address(
    vocabulary: &Vocabulary,
    overrides: &Overrides,
    configured: Option<&TargetConfig>,
    environment: Environment<'_>,
    note: &mut dyn FnMut(Problem),
) -> Address {
    let mut address = Address { configured: configured.is_some(), ..Address::default() };
    let mut parse = |text: &str, from: &str| match BaseUrl::parse(text) {
        Ok(url) => Some((url, from.to_owned())),
        Err(problem) => {
            let message = format!("{from}: {}", problem.message);
            note(Problem { message, ..problem });
            None
        }
    };
    let own = configured.and_then(|target| target.base_url.clone());
    let own = own.map(|(url, spot)| (url, format!("{}:{}", spot.file, spot.line)));
    let variable = vocabulary.base_url.env.as_ref();
    let variable = variable.and_then(|name| Some((name, environment(name)?)));
    if let Some(text) = &overrides.base_url {
        address.given = true;
        address.url = parse(text, "--base-url");
    } else if overrides.target.is_some() && own.is_some() {
        if let (Some((name, _)), Some(target)) = (&variable, configured) {
            let name_of = &target.name;
            address.notes.push(format!(
                "{name} is not used: the target `{name_of}` has an address of its own"
            ));
        }
        address.url.clone_from(&own);
    } else if let Some((name, text)) = variable {
        address.given = true;
        address.url = parse(&text.to_string_lossy(), name);
    } else {
        address.url.clone_from(&own);
    }
    if let (Some((url, from)), Some((own, _)), Some(target)) = (&address.url, own, configured)
        && *url != own
        && overrides.target.is_none()
    {
        address.configured = false;
        let name = &target.name;
        address.notes.push(format!(
            "the target `{name}` of the configuration file is left out, with its keys: {from} names another address"
        ));
    }
    if address.url.is_none()
        && !address.given
        && let Some(url) = &vocabulary.base_url.default
    {
        address.url = parse(url, "the documents");
    }
    address
}

/// A key, and its text.
type Known = (TargetKey, String);

/// A key of the configuration file, or the variable that does not hold it.
type Found = Result<Known, MissingKey>;

fn split(found: Vec<Found>) -> (Vec<Known>, Vec<MissingKey>) {
    let (mut keys, mut missing) = (Vec::new(), Vec::new());
    for one in found {
        match one {
            Ok(key) => keys.push(key),
            Err(key) => missing.push(key),
        }
    }
    (keys, missing)
}

fn from_file(
    vocabulary: &Vocabulary,
    config: &KeyConfig,
    environment: Environment<'_>,
) -> Result<Found, Problem> {
    let Some(rule) = vocabulary.keys.iter().find(|rule| rule.name == config.name) else {
        let names = vocabulary.keys.iter().map(|rule| rule.name.as_str());
        let near = suggest::did_you_mean(&suggest::like(&config.name, names.clone()));
        let all: Vec<String> = names.map(|name| format!("`{name}`")).collect();
        return Err(Problem::new(format!("there is no key `{}`", config.name))
            .at(config.spot.clone())
            .help(near.unwrap_or_else(|| format!("there are {}", all.join(", ")))));
    };
    let placed = |problem: Problem| problem.at(config.spot.clone());
    match &config.source {
        KeySource::Env(variable) => match environment(variable) {
            None => Ok(Err(MissingKey { name: rule.name.clone(), variable: variable.clone() })),
            Some(value) => key_from(vocabulary, rule, variable, &value).map(Ok).map_err(placed),
        },
        KeySource::File(path) => {
            let path = path.to_string_lossy();
            let help = "put the key into that file, alone, or name the right one here";
            let file = TextFile::open(&path)
                .map_err(|problem| Problem {
                    help: problem.help.or(Some(help.to_owned())),
                    ..problem
                })
                .map_err(placed)?;
            key_from(vocabulary, rule, &path, &OsString::from(file.text())).map(Ok).map_err(placed)
        }
    }
}

fn from_environment(
    vocabulary: &Vocabulary,
    rule: &KeyRule,
    environment: Environment<'_>,
) -> Option<Result<Known, Problem>> {
    let variable = rule.env.as_ref()?;
    let value = environment(variable)?;
    Some(key_from(vocabulary, rule, variable, &value))
}

fn key_from(
    vocabulary: &Vocabulary,
    rule: &KeyRule,
    from: &str,
    value: &OsString,
) -> Result<Known, Problem> {
    let text = key::read(value, from, &vocabulary.header)?;
    let HeaderRule { name, prefix } = &vocabulary.header;
    let key = TargetKey {
        name: rule.name.clone(),
        kind: rule.kind.clone(),
        modes: rule.modes.clone(),
        secret: Secret::behind(name, prefix, &text)?,
        from: from.to_owned(),
    };
    Ok((key, text))
}

/// Tells of keys that are the same.
fn same_keys(keys: &[Known]) -> Vec<String> {
    let mut notes = Vec::new();
    for (number, (key, text)) in keys.iter().enumerate() {
        if let Some((earlier, _)) = keys.iter().take(number).find(|(_, other)| other == text) {
            notes.push(format!("{} holds the same key as {}", key.from, earlier.from));
        }
    }
    notes
}
