//! Recordings read and judged, on several threads.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::episodes::{self, Gathering, Kept};
use super::judge::{Item, Judge};
use super::result::{InputInfo, RunResult};
use super::summary;
use crate::contract::Contract;
use crate::error::Problem;
use crate::exchange::{HarError, HarReader, Limits, RawEntry};
use crate::finding::Redactor;

/// At most this many problems of a recording are listed.
const LISTED: usize = 20;

/// Schemas that contain each other many levels deep are compiled on the judges' stacks.
const STACK: usize = 64 << 20;

/// Entries travel to the judges in batches of this size.
const BATCH: usize = 32;

/// How to judge recordings.
#[derive(Default)]
pub struct CheckOptions<'o> {
    /// Names of headers, parameters and members whose values are masked, beyond the contract's.
    pub redact: Vec<String>,
    /// How many threads judge; 0: as many as there are processors.
    pub jobs: usize,
    /// Judge only operations whose stable name contains this.
    pub operation: Option<String>,
    /// Is told now and then how many exchanges were judged.
    pub progress: Option<&'o (dyn Fn(u64) + Sync)>,
}

/// Reads recordings and judges every exchange in them.
///
/// # Errors
///
/// A recording that cannot be opened, or a pattern of secrets that is no regular expression. What is
/// wrong within a recording is told in its [`InputInfo`], and everything else is judged.
pub fn check_recordings(
    contract: &Contract,
    inputs: &[String],
    options: &CheckOptions<'_>,
) -> Result<RunResult, Problem> {
    let names = contract.secrets.names.iter().chain(&options.redact).cloned();
    let redactor = Redactor::new(names, &contract.secrets.patterns)
        .map_err(|error| Problem::new(error.to_string()))?;
    let limits = Limits::default();
    let mut readers = Vec::new();
    for path in inputs {
        readers.push(HarReader::open(path, &limits).map_err(|error| {
            Problem::new(error.to_string())
                .help("give the path of a HAR 1.2 file, plain or compressed with gzip")
        })?);
    }
    let paths: BTreeSet<&str> = inputs.iter().map(String::as_str).collect();
    let shared = Shared {
        contract,
        redactor,
        limits,
        options,
        problems: inputs.iter().map(|_| Mutex::default()).collect(),
        ranks: inputs
            .iter()
            .map(|path| paths.iter().filter(|other| **other < path.as_str()).count())
            .collect(),
        done: AtomicU64::new(0),
        gathering: Mutex::default(),
    };
    let names: Vec<String> = inputs.iter().map(|path| file_name(path)).collect();

    let (judge, counts) = shared
        .run(readers, &names)
        .map_err(|error| Problem::new(format!("cannot start a thread: {error}")))?;
    let inputs = inputs.iter().zip(&shared.problems).zip(counts);
    let inputs = inputs.map(|((path, problems), exchanges)| {
        let mut problems = problems.lock().unwrap_or_else(PoisonError::into_inner);
        problems.sort();
        let problem_count = problems.len() as u64;
        let listed = problems.iter().take(LISTED).map(|(_, text)| text.clone()).collect();
        InputInfo { path: path.clone(), exchanges, problems: listed, problem_count }
    });
    let only = options.operation.as_deref();
    let chosen = |id: &str| only.is_none_or(|only| id.contains(only));
    Ok(summary::result(contract, judge, inputs.collect(), &chosen))
}

struct Shared<'s> {
    contract: &'s Contract,
    redactor: Redactor,
    limits: Limits,
    options: &'s CheckOptions<'s>,
    /// For each recording, what is wrong with it, with the number of the entry.
    problems: Vec<Mutex<Vec<(u64, String)>>>,
    /// For each recording, its place by path: what comes first in it is the same in whatever order
    /// recordings are given.
    ranks: Vec<usize>,
    done: AtomicU64,
    /// Cases that are not over yet.
    gathering: Mutex<Gathering>,
}

/// Entries of one recording, on the way to a judge.
struct Batch {
    /// Its place among all batches.
    number: u64,
    input: usize,
    cuts_streams_after: Option<usize>,
    entries: Vec<RawEntry>,
}

impl<'s> Shared<'s> {
    /// Judges all entries; also tells how many there were in each recording.
    fn run(
        &self,
        readers: Vec<HarReader>,
        names: &[String],
    ) -> std::io::Result<(Judge<'s>, Vec<u64>)> {
        let jobs = match self.options.jobs {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            jobs => jobs,
        };
        let (sender, receiver) = sync_channel::<Batch>(jobs * 2);
        let receiver = Mutex::new(receiver);
        std::thread::scope(|scope| {
            let mut judges = Vec::new();
            for _ in 0..jobs {
                let judge = || self.judge_all(&receiver, names);
                let thread = std::thread::Builder::new().stack_size(STACK);
                judges.push(thread.spawn_scoped(scope, judge)?);
            }
            let mut counts = Vec::new();
            let mut batches = 0..;
            for (input, mut reader) in readers.into_iter().enumerate() {
                let mut count = 0;
                let mut entries = Vec::with_capacity(BATCH);
                let mut send = |entries, cuts_streams_after| {
                    let number = batches.next().unwrap_or_default();
                    // The judges listen until the sender is gone.
                    let _ = sender.send(Batch { number, input, cuts_streams_after, entries });
                };
                while let Some(entry) = reader.next() {
                    match entry {
                        Ok(entry) => {
                            count += 1;
                            entries.push(entry);
                            if entries.len() == BATCH {
                                let full =
                                    std::mem::replace(&mut entries, Vec::with_capacity(BATCH));
                                send(full, reader.cuts_streams_after());
                            }
                        }
                        Err(error) => self.problem(input, count, &error),
                    }
                }
                send(entries, reader.cuts_streams_after());
                counts.push(count);
            }
            drop(sender);
            let mut all = Judge::new(self.contract);
            for judge in judges {
                match judge.join() {
                    Ok(judge) => all.merge(judge),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            for kept in self.gathered().end() {
                episodes::judge(&mut all, &kept);
            }
            Ok((all, counts))
        })
    }

    fn judge_all(&self, batches: &Mutex<Receiver<Batch>>, names: &[String]) -> Judge<'s> {
        let mut judge = Judge::new(self.contract);
        loop {
            let next = batches.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(batch) = next else { return judge };
            let name = names.get(batch.input).map_or("", String::as_str);
            let rank = self.ranks.get(batch.input).copied().unwrap_or_default();
            for entry in &batch.entries {
                match entry.parse(&self.redactor, &self.limits) {
                    Ok(exchange) => {
                        let order = (rank, exchange.index);
                        let name = format!("{name}#{}", exchange.index);
                        let judged = judge.judge(&Item {
                            exchange: &exchange,
                            order,
                            name: &name,
                            cuts_streams_after: batch.cuts_streams_after,
                        });
                        if let Some(case) = &exchange.case {
                            let kept = Arc::new(exchange.unread());
                            // Many wait for their cases to end: what was read of them would be too much.
                            let kept = Kept::new(&kept, order, &name, &judged.said, None);
                            self.gathered().add(case, kept);
                        }
                    }
                    Err(error) => self.problem(batch.input, entry.index, &error),
                }
            }
            let end = (rank, batch.entries.last().map_or(0, |entry| entry.index));
            let over = self.gathered().finished(batch.number, end);
            for kept in over {
                episodes::judge(&mut judge, &kept);
            }
            let count = batch.entries.len() as u64;
            let done = self.done.fetch_add(count, Ordering::Relaxed) + count;
            if let Some(progress) = self.options.progress {
                progress(done);
            }
        }
    }

    fn gathered(&self) -> MutexGuard<'_, Gathering> {
        self.gathering.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn problem(&self, input: usize, index: u64, error: &HarError) {
        if let Some(problems) = self.problems.get(input) {
            let mut problems = problems.lock().unwrap_or_else(PoisonError::into_inner);
            problems.push((index, error.to_string()));
        }
    }
}

fn file_name(path: &str) -> String {
    let name = Path::new(path).file_name();
    name.map_or_else(|| path.to_owned(), |name| name.to_string_lossy().into_owned())
}
