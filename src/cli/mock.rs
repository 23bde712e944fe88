//! `mock`: a server that behaves, for those who have none at hand.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use clap::Args;

use super::documents::Documents;
use super::output::Output;
use super::stop::Stop;
use super::{number, places, runtime};
use crate::check::evidence::RequestEvidence;
use crate::contract::{Contract, Hit};
use crate::error::Problem;
use crate::exchange::{Exchange, HarWriter, Request};
use crate::exit::Exit;
use crate::finding::Redactor;
use crate::mock::{Gate, Injection, Mock, MockOptions, Witness};
use crate::report::text;

/// Serve the whole API in memory: every operation, every kind of app, with keys that it prints.
#[derive(Debug, Args)]
pub struct MockCommand {
    /// Where to listen.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:5001", value_parser = number::listen)]
    listen: SocketAddr,
    /// Another port; 0 takes a free one.
    #[arg(long, value_name = "PORT", value_parser = number::whole::<u16>)]
    port: Option<u16>,
    /// Keys and ids follow from it.
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = number::whole::<u64>)]
    seed: u64,
    /// How long every answer takes: `20ms`, `1s`.
    #[arg(long, value_name = "TIME", default_value = "0ms", value_parser = time)]
    latency: Duration,
    /// How long a model takes for each piece of an answer.
    #[arg(long, value_name = "TIME", default_value = "20ms", value_parser = time)]
    chunk_delay: Duration,
    /// How long it takes to index a document.
    #[arg(long, value_name = "TIME", default_value = "500ms", value_parser = time)]
    index_time: Duration,
    /// How long a listener may wait for something that waits for a person.
    #[arg(long, value_name = "TIME", default_value = "5m", value_parser = time)]
    idle_limit: Duration,
    /// Do this wrong; may be repeated. `list faults` shows what there is. Without an operation (`GET
    /// /datasets`, or a part of it) it is done everywhere.
    #[arg(long = "fault", value_name = "ID[:OPERATION[#POINTER]][=VALUE]", value_parser = Injection::parse)]
    faults: Vec<Injection>,
    /// Print a line for each exchange.
    #[arg(long)]
    log: bool,
    /// Keep the traffic as HAR 1.2; the file is complete when the mock has ended.
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// Refuse requests that break the documents, and say why.
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    documents: Documents,
}

/// A time with its unit.
fn time(text: &str) -> Result<Duration, String> {
    let end = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let number: f64 = number.trim().parse().map_err(|_| WRONG_TIME.to_owned())?;
    let seconds = match unit {
        "ms" => number / 1e3,
        "s" => number,
        "m" | "min" => number * 60.0,
        _ => return Err(WRONG_TIME.to_owned()),
    };
    Duration::try_from_secs_f64(seconds).map_err(|_| WRONG_TIME.to_owned())
}

const WRONG_TIME: &str = "a time is a number with its unit: `20ms`, `1.5s`, `2min`";

impl MockCommand {
    /// Runs the command.
    pub fn run(self, output: &Output) -> Result<Exit, Stop> {
        let mut listen = self.listen;
        if let Some(port) = self.port {
            listen.set_port(port);
        }
        if self.faults.iter().any(places::names_one) {
            // What it serves is the built-in contract, whatever else may be asked of requests.
            places::check(&Documents::default().load(None)?, &self.faults)?;
        }
        places::complete(&self.faults)?;
        let mut gate = None;
        if self.strict {
            gate = Some(Arc::new(Strict(self.documents.load(None)?)) as Arc<dyn Gate>);
        }
        let witness = Arc::new(Traffic {
            har: Mutex::new(self.record.as_deref().map(open).transpose()?),
            log: self.log.then(|| output.clone()),
        });
        let options = MockOptions {
            listen,
            seed: self.seed,
            latency: self.latency,
            chunk_delay: self.chunk_delay,
            index_time: self.index_time,
            idle_limit: self.idle_limit,
            faults: self.faults.clone(),
            witness: (self.log || self.record.is_some())
                .then(|| Arc::clone(&witness) as Arc<dyn Witness>),
            gate,
        };
        runtime::block_on(async {
            let mock = Mock::start(options).await?;
            greet(&mock, &self.faults, output)?;
            runtime::asked_to_end().await;
            mock.stop().await;
            Ok::<_, Stop>(())
        })??;
        witness.finish(self.record.as_deref())?;
        Ok(Exit::Conforms)
    }
}

/// Tells the keys, what is done wrong, and when it is ready.
fn greet(mock: &Mock, faults: &[Injection], output: &Output) -> Result<(), Stop> {
    let mut stdout = output.stdout();
    writeln!(stdout, "{}", output.heading("keys"))?;
    for key in mock.keys() {
        writeln!(stdout, "  {:<12} {:<14} {}", key.name, key.mode, key.key)?;
    }
    writeln!(stdout, "\n{}", output.heading("for another shell"))?;
    for (variable, value) in mock.environment() {
        writeln!(stdout, "  export {variable}={value}")?;
    }
    writeln!(stdout, "\n{}", output.heading("try"))?;
    for line in mock.guide() {
        writeln!(stdout, "  # {}: {}\n  {}", line.key, line.shows, line.command)?;
    }
    if !faults.is_empty() {
        writeln!(stdout, "\n{}", output.heading("does wrong"))?;
    }
    for fault in faults {
        writeln!(stdout, "  {}: {}", text::clean(&fault.to_string()), fault.fault.title)?;
    }
    writeln!(stdout, "\nready {}", mock.base_url())?;
    stdout.flush()?;
    Ok(())
}

type Har = HarWriter<BufWriter<File>>;

fn open(path: &Path) -> Result<Har, Problem> {
    let problem = |error: io::Error| cannot_write(path, &error);
    let file = File::create(path).map_err(problem)?;
    HarWriter::new(BufWriter::new(file), (env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION")))
        .map_err(problem)
}

fn cannot_write(path: &Path, error: &io::Error) -> Problem {
    Problem::new(format!("cannot write {}: {error}", path.display()))
        .help("name a file in a folder that is there and can be written to")
}

/// Logs and records exchanges.
#[derive(Debug)]
struct Traffic {
    har: Mutex<Option<Har>>,
    log: Option<Output>,
}

impl Witness for Traffic {
    fn saw(&self, mut exchange: Exchange) {
        // Whoever sends a real key by mistake must not find it in a file.
        let redactor = Redactor::default();
        for header in &mut exchange.request.headers.0 {
            header.value = redactor.header(&header.name, &header.value).into_owned();
        }
        if let Some(output) = &self.log {
            let status = exchange.response.as_ref().map_or(0, |response| response.status);
            let request = &exchange.request;
            let mut stderr = output.stderr();
            let line = format!(
                "{status} {} {} {:.1} ms",
                request.method, request.url, exchange.times.total_ms
            );
            // A log that nobody reads is no reason to stop.
            let _ = writeln!(stderr, "{}", text::clean(&line));
            let _ = stderr.flush();
        }
        let mut har = self.har.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(writer) = har.as_mut()
            && writer.write(&exchange).is_err()
        {
            *har = None;
        }
    }
}

impl Traffic {
    /// Completes the recording.
    fn finish(&self, path: Option<&Path>) -> Result<(), Problem> {
        let Some(path) = path else { return Ok(()) };
        match self.har.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(writer) => writer.finish().map(drop).map_err(|error| cannot_write(path, &error)),
            None => {
                Err(Problem::new(format!("{} is not complete: writing failed", path.display()))
                    .help("is the disk full?"))
            }
        }
    }
}

/// Turns away what breaks the contract.
#[derive(Debug)]
struct Strict(Contract);

impl Gate for Strict {
    fn refuse(&self, request: &Request) -> Option<String> {
        let contract = &self.0;
        let variants = match contract.find(&request.method, &request.url) {
            Hit::Operation(variants) => variants,
            Hit::Method { path, documented } => {
                let documented = documented.join(", ");
                return Some(format!("{path} is documented for {documented} alone"));
            }
            Hit::Path(path) => return Some(format!("{path} is not documented")),
            Hit::Outside => return None,
        };
        let mut reasons = Vec::new();
        for (number, path) in variants {
            let operation = contract.operations.get(number)?;
            let evidence = RequestEvidence::new(contract, operation, request, &path);
            if evidence.keeps() {
                return None;
            }
            for breach in &evidence.breaches {
                let mismatch = &breach.mismatch;
                let at = contract.source(mismatch.promise.0, &mismatch.promise.1);
                let at = at.map(|at| format!(" ({}:{}:{})", at.file, at.line, at.column));
                reasons.push(format!(
                    "{}: promised {}, sent {}{}",
                    breach.place,
                    mismatch.promised,
                    mismatch.seen,
                    at.unwrap_or_default()
                ));
            }
            for name in &evidence.undocumented_query {
                reasons.push(format!("query parameter {name} is not documented"));
            }
        }
        (!reasons.is_empty()).then(|| reasons.join("; "))
    }
}
