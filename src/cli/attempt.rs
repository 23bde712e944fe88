//! `try`: one request, filled in where nothing is given, its answer, and the verdict on it.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::Value;

use super::documents::Documents;
use super::output::Output;
use super::run::{embedded, random};
use super::stop::Stop;
use super::target::{PaceArgs, TargetArgs};
use super::{runtime, suggest};
use crate::contract::Contract;
use crate::error::Problem;
use crate::exchange::{Exchange, sse};
use crate::exit::Exit;
use crate::finding::Severity;
use crate::generate::File;
use crate::plan::{Phase, PlanOptions};
use crate::report::text;
use crate::run::{Campaign, RunOptions, Wish};

/// Try one operation: send a request, show the answer, and judge it.
///
/// What is not given is filled in: a key, a body, ids. What was made is removed again. Without any
/// configuration the embedded mock is asked.
#[derive(Debug, Args)]
pub struct Try {
    /// The operation: `METHOD /path`, or a part of it that no other has.
    #[arg(value_name = "OPERATION")]
    operation: String,
    /// A parameter of path or query; may be repeated.
    #[arg(short = 'p', long = "parameter", value_name = "NAME=VALUE", value_parser = pair)]
    parameters: Vec<(String, String)>,
    /// The body: JSON, or `@` and a file that holds it.
    #[arg(short, long, value_name = "JSON|@FILE")]
    data: Option<String>,
    /// A file for a field of a form; may be repeated.
    #[arg(long = "file", value_name = "NAME=@FILE", value_parser = pair)]
    files: Vec<(String, String)>,
    /// The key to send, by its name.
    #[arg(long, value_name = "NAME")]
    key: Option<String>,
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    pace: PaceArgs,
    #[command(flatten)]
    documents: Documents,
}

impl Try {
    /// Runs the command.
    pub fn run(self, output: &Output) -> Result<Exit, Stop> {
        let data = self.data.as_deref().map(body).transpose()?;
        let files = self.files.iter().map(file).collect::<Result<Vec<_>, _>>()?;
        let chosen = self.target.choose(self.pace, self.documents)?;
        let id = operation(&chosen.contract, &self.operation)?;
        let runtime = runtime::build()?;
        let (mock, target) = if let Some(target) = chosen.target {
            (None, target)
        } else {
            let (mock, target) = runtime.block_on(embedded(&chosen.vocabulary, 1))?;
            (Some(mock), target)
        };
        let contract = match &mock {
            Some(mock) => chosen.contract.at(&mock.base_url()),
            None => chosen.contract,
        };
        let contract: &'static Contract = Box::leak(Box::new(contract));
        let mark = format!("dc-{:08x}", random() & 0xffff_ffff);
        let options = RunOptions {
            plan: PlanOptions {
                seed: 1,
                phases: vec![Phase::Examples],
                operation: Some(id.clone()),
                chances: 0,
            },
            model_calls: if mock.is_some() { u32::MAX } else { target.limits.max_model_calls },
            recording: None,
            ledger: mock.is_none().then(|| PathBuf::from(format!("reports/{mark}.ledger"))),
            mark,
            command: String::new(),
        };
        let wish = Wish {
            operation: id,
            parameters: self.parameters.into_iter().collect::<BTreeMap<_, _>>(),
            body: data,
            files,
            key: self.key,
        };
        let campaign = runtime.block_on(Campaign::prepare(contract, target, options))?;
        let tried = runtime.block_on(campaign.attempt(wish));
        drop(mock);
        runtime.shutdown_background();
        let (tried, leftovers) = tried?;
        show(&tried.exchange, output)?;
        let mut stdout = output.stdout();
        for said in &tried.said {
            writeln!(stdout, "{}: {}", said.severity, text::clean(&said.text))?;
        }
        if tried.said.is_empty() {
            writeln!(stdout, "the answer is as documented")?;
        }
        for leftover in &leftovers {
            writeln!(stdout, "left: {}", text::clean(&leftover.to_string()))?;
        }
        stdout.flush()?;
        if tried.exchange.response.is_none() || !leftovers.is_empty() {
            return Ok(Exit::CouldNotRun);
        }
        let broken = tried.said.iter().any(|said| said.severity == Severity::Error);
        Ok(if broken { Exit::Findings } else { Exit::Conforms })
    }
}

/// Shows an answer; keys are masked in it already.
fn show(exchange: &Exchange, output: &Output) -> Result<(), Stop> {
    let mut stdout = output.stdout();
    let request = &exchange.request;
    writeln!(stdout, "{} {}", request.method, text::clean(&request.url))?;
    let Some(response) = &exchange.response else {
        let why = exchange.failure.as_ref().map_or("", |failure| failure.message.as_str());
        writeln!(stdout, "no answer: {}", text::clean(why))?;
        return Ok(());
    };
    writeln!(stdout, "{} in {:.0} ms", response.status, exchange.times.total_ms)?;
    for header in &response.headers.0 {
        writeln!(stdout, "{}: {}", text::clean(&header.name), text::clean(&header.value))?;
    }
    writeln!(stdout)?;
    let bytes = response.body.bytes().unwrap_or_default();
    let kind = response.headers.get("content-type").unwrap_or_default();
    if kind.starts_with("text/event-stream") {
        let times = exchange.times.events_ms.iter().map(Some).chain(std::iter::repeat(None));
        for (frame, ms) in sse::frames(bytes).into_iter().zip(times) {
            let ms = ms.map_or_else(String::new, |ms| format!("{ms:.0} ms"));
            let data = frame.data().unwrap_or_default();
            writeln!(stdout, "{ms:>9}  {}", text::clean(&data))?;
        }
    } else if let Ok(json) = serde_json::from_slice::<Value>(bytes) {
        // The text of JSON holds no control characters but its own ends of lines.
        writeln!(stdout, "{json:#}")?;
    } else if let Ok(plain) = std::str::from_utf8(bytes) {
        for line in plain.lines() {
            writeln!(stdout, "{}", text::clean(line))?;
        }
    } else {
        writeln!(stdout, "{} that are no text", text::count(bytes.len() as u64, "byte"))?;
    }
    writeln!(stdout)?;
    Ok(())
}

/// The id of the operation that is meant.
fn operation(contract: &Contract, wanted: &str) -> Result<String, Problem> {
    let ids: Vec<&str> = contract.by_id().into_iter().map(|(id, _)| id).collect();
    if ids.contains(&wanted) {
        return Ok(wanted.to_owned());
    }
    let near: Vec<&str> = ids.iter().copied().filter(|id| id.contains(wanted)).collect();
    let all = "`dify-contract list operations` shows them all";
    match near.as_slice() {
        [one] => Ok((*one).to_owned()),
        [] => {
            let problem = Problem::new(format!("no operation has `{wanted}` in its name"));
            let question = suggest::did_you_mean(&suggest::like(wanted, ids));
            Err(problem.help(question.map_or(all.to_owned(), |q| format!("{q} {all}"))))
        }
        many => {
            let problem =
                Problem::new(format!("{} operations have `{wanted}` in their names", many.len()));
            let question = suggest::did_you_mean(many.get(..3).unwrap_or(many));
            Err(problem.help(question.map_or(all.to_owned(), |q| format!("{q} {all}"))))
        }
    }
}

fn pair(text: &str) -> Result<(String, String), String> {
    let halves = text.split_once('=').filter(|(name, _)| !name.is_empty());
    let (name, value) = halves.ok_or("write it as NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

fn read(path: &str) -> Result<Vec<u8>, Problem> {
    std::fs::read(path).map_err(|error| Problem::new(format!("cannot read {path}: {error}")))
}

fn body(text: &str) -> Result<Value, Problem> {
    let bytes = match text.strip_prefix('@') {
        Some(path) => read(path)?,
        None => text.as_bytes().to_vec(),
    };
    serde_json::from_slice(&bytes).map_err(|error| {
        Problem::new(format!("the body is not JSON: {error}"))
            .help("a file that holds it is written as `-d @FILE`")
    })
}

fn file((field, path): &(String, String)) -> Result<(String, File), Problem> {
    let path = path.strip_prefix('@').ok_or_else(|| {
        Problem::new(format!("`{field}` names no file")).help("write it as `--file NAME=@FILE`")
    })?;
    let name = Path::new(path).file_name().map_or(path.into(), |name| name.to_string_lossy());
    let like = crate::generate::files::of_ending(&name);
    let kind = like.map_or("application/octet-stream".to_owned(), |f| f.media_type);
    Ok((field.clone(), File::new(&name, &kind, read(path)?)))
}
