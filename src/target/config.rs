//! The configuration file: named targets, and where their keys come from.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

use self::hidden::looks_like_key;
use self::table::{Member, Page, Table};
use super::base_url::BaseUrl;
use super::limits;
use super::permission::Permission;
use super::proxy;
use crate::document::TextFile;
use crate::error::{Problem, Spot};
use crate::suggest;

mod hidden;
mod table;

/// The file that is looked for in the working directory.
pub const FILE_NAME: &str = "dify-contract.toml";

/// A configuration file.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// Its path, as it was given.
    pub path: String,
    /// The target that is meant where none is named.
    pub default_target: Option<String>,
    /// The targets, in the order of the file.
    pub targets: Vec<TargetConfig>,
}

/// A target, as a configuration file describes it. Paths are relative to the working directory.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TargetConfig {
    /// Its name.
    pub name: String,
    /// `base-url`, and where it stands.
    pub base_url: Option<(BaseUrl, Spot)>,
    /// `keys`.
    pub keys: Vec<KeyConfig>,
    /// `allow`.
    pub allow: Option<Permission>,
    /// `rate`: requests a second.
    pub rate: Option<f64>,
    /// `jobs`.
    pub jobs: Option<NonZeroUsize>,
    /// `timeout`.
    pub timeout: Option<Duration>,
    /// `silence`.
    pub silence: Option<Duration>,
    /// `max-model-calls`.
    pub max_model_calls: Option<u32>,
    /// `ca-file`.
    pub ca_file: Option<PathBuf>,
    /// `proxy`.
    pub proxy: Option<String>,
    /// `user`.
    pub user: Option<String>,
    /// `spec`: paths of documents.
    pub specs: Vec<String>,
    /// `overlay`: paths of overlays.
    pub overlays: Vec<String>,
}

/// Where the key of a name comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyConfig {
    /// The key's name.
    pub name: String,
    /// Where it comes from.
    pub source: KeySource,
    /// Where that is said.
    pub spot: Spot,
}

/// Where a key comes from: never from the configuration file itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeySource {
    /// An environment variable.
    Env(String),
    /// A file that holds nothing else.
    File(PathBuf),
}

impl Config {
    /// Reads the configuration file of this path; without a path, the one in the working directory, if
    /// there is one.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, and everything that is wrong in it.
    pub fn find(path: Option<&str>) -> Result<Option<Self>, Vec<Problem>> {
        match path {
            Some(path) => Self::read(path).map(Some),
            None if Path::new(FILE_NAME).is_file() => Self::read(FILE_NAME).map(Some),
            None => Ok(None),
        }
    }

    /// Reads a configuration file.
    ///
    /// # Errors
    ///
    /// See [`Config::find`].
    pub fn read(path: &str) -> Result<Self, Vec<Problem>> {
        let file = TextFile::open(path).map_err(|mut problem| {
            problem.help = problem.help.or(Some("`dify-contract init` writes one".to_owned()));
            vec![problem]
        })?;
        Self::parse(path, file.text())
    }

    /// Reads the text of a configuration file.
    ///
    /// # Errors
    ///
    /// See [`Config::find`].
    pub fn parse(path: &str, text: &str) -> Result<Self, Vec<Problem>> {
        Page::parse(path, text, |table| read(path, &table))
    }

    /// The target of this name; without a name, the default one, or the only one.
    ///
    /// # Errors
    ///
    /// A name that no target has, and no name where several targets are there and none is the default.
    pub fn target(&self, name: Option<&str>) -> Result<Option<&TargetConfig>, Problem> {
        let Some(name) = name.or(self.default_target.as_deref()) else {
            return match self.targets.as_slice() {
                [] => Ok(None),
                [only] => Ok(Some(only)),
                several => {
                    let names: Vec<String> =
                        several.iter().map(|target| format!("`{}`", target.name)).collect();
                    let path = &self.path;
                    Err(Problem::new(format!("{path} has several targets: {}", names.join(", ")))
                        .help("name one with `--target`, or write `default-target = \"…\"` at the top of the file"))
                }
            };
        };
        let found = self.targets.iter().find(|target| target.name == name);
        found.map(Some).ok_or_else(|| {
            let names = self.targets.iter().map(|target| target.name.as_str());
            let near = suggest::did_you_mean(&suggest::like(name, names.clone()));
            let all: Vec<String> = names.map(|name| format!("`{name}`")).collect();
            let help = near.unwrap_or_else(|| match all.as_slice() {
                [] => format!("write a table `[targets.{name}]`"),
                all => format!("there are {}", all.join(", ")),
            });
            Problem::new(format!("{} has no target `{name}`", self.path)).help(help)
        })
    }
}

fn read(path: &str, table: &Table<'_>) -> Config {
    let [default, targets] = table.known(["default-target", "targets"]);
    let folder = Path::new(path).parent().unwrap_or(Path::new(""));
    let targets =
        targets.and_then(|member| member.table("a table for each target: `[targets.NAME]`"));
    let tables = targets.map(|targets| targets.members()).unwrap_or_default();
    let targets: Vec<TargetConfig> =
        tables.iter().filter_map(|member| target(folder, member)).collect();
    let default_target = default.and_then(|member| {
        let name = member.text("the name of a target")?;
        let names: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
        if names.contains(&name.as_str()) {
            return Some(name);
        }
        let near = suggest::did_you_mean(&suggest::like(&name, names));
        let help = near.unwrap_or_else(|| format!("write a table `[targets.{name}]`"));
        member.wrong(format!("there is no target `{name}`"), help)
    });
    Config { path: path.to_owned(), default_target, targets }
}

fn target(folder: &Path, member: &Member<'_>) -> Option<TargetConfig> {
    let table = member.table("a table: `[targets.NAME]`")?;
    let [
        base_url,
        keys,
        allow,
        rate,
        jobs,
        timeout,
        silence,
        calls,
        ca_file,
        proxy,
        user,
        spec,
        overlay,
    ] = table.known([
        "base-url",
        "keys",
        "allow",
        "rate",
        "jobs",
        "timeout",
        "silence",
        "max-model-calls",
        "ca-file",
        "proxy",
        "user",
        "spec",
        "overlay",
    ]);
    let time = |member: Option<Member<'_>>| {
        let expected = "a number of seconds, or a text such as \"30s\"";
        member?.number_or_text(expected, limits::seconds, limits::duration)
    };
    let beside = |path: String| folder.join(path);
    let paths = |member: Option<Member<'_>>| {
        let paths = member.and_then(|member| member.texts("a path, or a list of paths"));
        let paths = paths.unwrap_or_default().into_iter().map(beside);
        paths.map(|path| path.to_string_lossy().into_owned()).collect()
    };
    Some(TargetConfig {
        name: member.name.clone(),
        base_url: base_url.and_then(|member| {
            let text = member.text("a URL")?;
            let spot = member.spot();
            match BaseUrl::parse(&text) {
                Ok(url) => Some((url, spot)),
                Err(problem) => member.wrong(problem.message, problem.help.unwrap_or_default()),
            }
        }),
        keys: keys.map(|member| key_sources(folder, &member)).unwrap_or_default(),
        allow: allow.and_then(|member| permission(&member)),
        rate: rate.and_then(|member| {
            let number = member.number("a number of requests a second")?;
            let rate = limits::rate(number);
            rate.map_or_else(|help| member.wrong("`rate` cannot be that", help), Some)
        }),
        jobs: jobs.and_then(|member| {
            let expected = "a whole number, 1 or more";
            let jobs = NonZeroUsize::new(usize::try_from(member.whole(expected)?).ok()?);
            jobs.or_else(|| member.wrong("`jobs` is 0", format!("it has to be {expected}")))
        }),
        timeout: time(timeout),
        silence: time(silence),
        max_model_calls: calls.and_then(|member| member.whole("a whole number, 0 or more")),
        ca_file: ca_file.and_then(|member| member.text("the path of a PEM file")).map(beside),
        proxy: proxy.and_then(|member| {
            let text = member.text("the URL of a proxy")?;
            match proxy::check(&text) {
                Ok(proxy) => Some(proxy),
                Err(problem) => member.wrong(problem.message, problem.help.unwrap_or_default()),
            }
        }),
        user: user.and_then(|member| member.text("a text")),
        specs: paths(spec),
        overlays: paths(overlay),
    })
}

fn permission(member: &Member<'_>) -> Option<Permission> {
    let words = Permission::ALL.map(Permission::word);
    let word = member.text("one of \"read\", \"write\", \"spend\" and \"disrupt\"")?;
    Permission::parse(&word).or_else(|| {
        let near = suggest::did_you_mean(&suggest::like(&word, words));
        let all = || format!("it is one of {}", words.map(|word| format!("`{word}`")).join(", "));
        member.wrong(format!("`{}` cannot be `{word}`", member.path), near.unwrap_or_else(all))
    })
}

fn key_sources(folder: &Path, member: &Member<'_>) -> Vec<KeyConfig> {
    let expected = "a table: `keys.chat = { env = \"VARIABLE\" }`";
    if member.is_text() {
        return literal(member).into_iter().collect();
    }
    let Some(table) = member.table(expected) else { return Vec::new() };
    table.members().iter().filter_map(|member| key_source(folder, member)).collect()
}

/// Refuses a key that stands in the file.
fn literal(member: &Member<'_>) -> Option<KeyConfig> {
    member.wrong(
        format!("`{}` holds a key itself", member.path),
        format!(
            "this file is likely to be committed or copied, and a key in it with it; put the key into an \
             environment variable or a file of its own, and write `{0} = {{ env = \"VARIABLE\" }}` or \
             `{0} = {{ file = \"PATH\" }}`",
            member.name
        ),
    )
}

fn key_source(folder: &Path, member: &Member<'_>) -> Option<KeyConfig> {
    if member.is_text() {
        return literal(member);
    }
    let table = member.table("a table: `{ env = \"VARIABLE\" }` or `{ file = \"PATH\" }`")?;
    let [env, file] = table.known(["env", "file"]);
    let source = match (env, file) {
        (Some(env), None) => KeySource::Env(variable(&env)?),
        (None, Some(file)) => {
            let path = file.text("the path of a file that holds the key alone")?;
            if looks_like_key(&path) && !path.contains(['/', '\\', '.']) {
                return file.wrong(
                    format!("`{}` takes a path, and this looks like a key", file.path),
                    "put the key into a file, and write the path of that file; what looks like a key is \
                     written with its folder, `./NAME`",
                );
            }
            KeySource::File(folder.join(path))
        }
        (Some(_), Some(_)) => {
            table.wrong(
                format!("`{}` has both `env` and `file`", table.name),
                "a key comes from one place; leave one of them out",
            );
            return None;
        }
        (None, None) => {
            table.wrong(
                format!("`{}` does not say where the key comes from", table.name),
                "write `{ env = \"VARIABLE\" }` or `{ file = \"PATH\" }`",
            );
            return None;
        }
    };
    Some(KeyConfig { name: member.name.clone(), source, spot: member.spot() })
}

/// The name of an environment variable.
fn variable(member: &Member<'_>) -> Option<String> {
    let name = member.text("the name of an environment variable")?;
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if looks_like_key(&name)
        || !name.chars().all(plain)
        || name.starts_with(|c: char| c.is_ascii_digit())
    {
        return member.wrong(
            format!("`{}` is no name of an environment variable", member.path),
            "write the name of the variable that holds the key, such as `MY_KEY`, not the key",
        );
    }
    Some(name)
}
