//! How much of what a server can do wrong is found: every fault of the mock, at every operation and place
//! where it makes sense, one at a time.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::needless_pass_by_value,
    clippy::cast_precision_loss,
    clippy::type_complexity,
    clippy::format_collect,
    reason = "a test may fail, and says why; its numbers are small, and its tables its own"
)]

#[path = "../support/bench.rs"]
mod bench;
mod mutants;
mod places;
mod table;
mod trial;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use bench::Bench;
use dify_contract::plan::PlanOptions;
use dify_contract::plan::journeys::builtin;
use mutants::Mutant;
use trial::{Outcome, Trials, Tried};

const SEED: u64 = 1;

/// How many mutants are tried at the same time.
const JOBS: usize = 24;

/// How many mutants the sample has.
const SAMPLE: usize = 228;

/// Tries mutants, several at a time. What is by chance is not sent between threads, so each has its own.
fn run(trials: &Trials<'_>, mutants: &[Mutant]) -> Vec<(Mutant, Tried)> {
    let (next, begun) = (AtomicUsize::new(0), Instant::now());
    let handle = trials.bench.runtime.handle();
    let work = || {
        let mut tried = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(mutant) = mutants.get(number) else { return tried };
            tried.push((number, handle.block_on(trials.run(mutant))));
            if number > 0 && number.is_multiple_of(500) {
                println!("{number} of {} mutants after {:?}", mutants.len(), begun.elapsed());
            }
        }
    };
    let mut tried: Vec<(usize, Tried)> = std::thread::scope(|scope| {
        let thread = |_| std::thread::Builder::new().stack_size(64 << 20).spawn_scoped(scope, work);
        let threads: Vec<_> = (0..JOBS).map(thread).collect();
        threads.into_iter().flat_map(|thread| thread.unwrap().join().unwrap()).collect()
    });
    tried.sort_by_key(|(number, _)| *number);
    tried.into_iter().map(|(number, tried)| (mutants[number].clone(), tried)).collect()
}

/// Everything that can be tried, journeys included.
fn everything(bench: &Bench, seed: u64) -> PlanOptions {
    let suites = builtin(bench.contract, &bench.vocabulary).unwrap();
    let suites = suites.into_iter().map(Arc::new).collect();
    PlanOptions { suites, ..bench::everything(seed) }
}

/// Why a mutant is missed, where that can be told.
fn reason(mutant: &Mutant) -> String {
    let known = |id: &str| dify_contract::check::all().any(|check| check.id == id);
    let missing: Vec<&str> =
        mutant.fault.provokes.iter().copied().filter(|id| !known(id)).collect();
    if missing.len() == mutant.fault.provokes.len() {
        return format!("there is no check {}", missing.join(", "));
    }
    String::new()
}

struct Ready {
    trials: Trials<'static>,
    mutants: Vec<Mutant>,
}

fn ready() -> Ready {
    let bench: &'static Bench = Box::leak(Box::new(Bench::new()));
    let clean = bench.run(SEED, &[], everything(bench, SEED)).result;
    for finding in &clean.findings {
        println!("found where there is no fault: {finding:#?}");
    }
    let (mock, target) = bench.mock(SEED, &[]);
    let campaign = bench.campaign(target, SEED, everything(bench, SEED));
    drop(mock);
    let mutants = mutants::all(bench.contract, &clean, &campaign.plan.cases);
    Ready { trials: Trials::new(bench, campaign, SEED), mutants }
}

/// As many of each fault as are to be had, by turns.
fn sample(mutants: &[Mutant], size: usize, seed: u64) -> Vec<Mutant> {
    use std::collections::BTreeMap;
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut by_fault: BTreeMap<&str, Vec<&Mutant>> = BTreeMap::new();
    for mutant in mutants {
        by_fault.entry(mutant.fault.id).or_default().push(mutant);
    }
    let mut ranked: Vec<(usize, &Mutant)> = Vec::new();
    for list in by_fault.values_mut() {
        list.sort_by_cached_key(|mutant| {
            let mut hasher = DefaultHasher::new();
            (seed, &mutant.texts).hash(&mut hasher);
            hasher.finish()
        });
        ranked.extend(list.iter().copied().enumerate());
    }
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.into_iter().take(size).map(|(_, mutant)| mutant.clone()).collect()
}

/// `DETECTION_ONLY='hang:GET /info' cargo test --test detection only -- --ignored --nocapture` tells of some.
#[test]
#[ignore = "for those who look into a fault"]
fn only_those_that_are_asked_for() {
    let Ok(wanted) = std::env::var("DETECTION_ONLY") else { return };
    let Ready { trials, mut mutants } = ready();
    mutants.retain(|mutant| mutant.texts.iter().any(|text| text.contains(&wanted)));
    for (mutant, tried) in run(&trials, &mutants) {
        println!("{} {:?}", mutant.texts.join(" + "), tried.outcome);
        println!("  cases: {}", trials.tell(&mutant));
        tried.elsewhere.iter().for_each(|finding| println!("  elsewhere: {finding}"));
    }
}

/// What the last whole table says is missed: the text of each mutant.
fn known_misses() -> Vec<String> {
    let table = include_str!("../../reports/detection.md");
    let section = table.split("## What is missed").nth(1).unwrap_or_default();
    let section = section.split("\n## ").next().unwrap_or_default();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| "));
    let cells = rows.map(|row| row.split(" | ").collect::<Vec<_>>());
    { cells }
        .filter(|cells| cells.len() > 1)
        .map(|cells| format!("{}:{}", cells[0], cells[1].trim_matches('`')))
        .collect()
}

/// What is found in runs without any fault, by seed.
fn alarms(bench: &Bench, seeds: impl Iterator<Item = u64>) -> Vec<String> {
    let mut alarms = Vec::new();
    for seed in seeds {
        let result = bench.run(seed, &[], everything(bench, seed)).result;
        for finding in result.findings {
            let first = finding.samples.first().map(|sample| sample.exchange.clone());
            let (check, operation, place) = (finding.check, &finding.operation, &finding.place);
            let (promised, seen) = (&finding.promised, &finding.seen);
            alarms.push(format!(
                "seed {seed}: {check} {operation} {place}: {promised}; {seen}; {first:?}"
            ));
        }
    }
    alarms
}

#[test]
#[ignore = "takes more than a minute"]
fn a_sample_of_faults_is_found() {
    let Ready { trials, mutants } = ready();
    let size =
        std::env::var("DETECTION_SAMPLE").ok().and_then(|n| n.parse().ok()).unwrap_or(SAMPLE);
    let chosen = sample(&mutants, size, SEED);
    let begun = Instant::now();
    let tried = run(&trials, &chosen);
    println!("{} of {} mutants in {:?}", tried.len(), mutants.len(), begun.elapsed());
    let text = table::write(&tried, mutants.len(), &reason);
    std::fs::write(concat!(env!("CARGO_TARGET_TMPDIR"), "/detection.md"), text).unwrap();
    let known = known_misses();
    let missed = tried.iter().filter(|(_, tried)| tried.outcome == Outcome::Missed);
    let new: Vec<&String> =
        missed.map(|(mutant, _)| &mutant.texts[0]).filter(|text| !known.contains(text)).collect();
    assert!(new.is_empty(), "not found any more: {new:#?}");
}

#[test]
#[ignore = "takes more than a minute"]
fn where_there_is_no_fault_none_is_found() {
    let alarms = alarms(&Bench::new(), 2..4);
    assert!(alarms.is_empty(), "{alarms:#?}");
}

#[test]
#[ignore = "takes long: run it with --release"]
fn where_there_is_no_fault_none_is_found_by_any_of_ten_seeds() {
    let alarms = alarms(&Bench::new(), 1..11);
    assert!(alarms.is_empty(), "{alarms:#?}");
}

#[test]
#[ignore = "takes long: run it with --release"]
fn every_fault_is_found() {
    let Ready { trials, mutants } = ready();
    let possible = mutants.len();
    let tried = run(&trials, &mutants);
    std::fs::write("reports/detection.md", table::write(&tried, possible, &reason)).unwrap();
    let totals = table::totals(&tried);
    assert!(totals.found * 100 >= totals.mutants * 95, "{} of {}", totals.found, totals.mutants);
}
