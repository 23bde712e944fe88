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
mod reasons;
mod sample;
mod table;
mod trial;
mod whole;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use bench::Bench;
use dify_contract::mock::FAULTS;
use dify_contract::plan::PlanOptions;
use dify_contract::plan::journeys::builtin;
use mutants::Mutant;
use reasons::Reasons;
use trial::{Outcome, Trials, Tried};
use whole::Row;

const SEED: u64 = 1;

/// How many mutants are tried at the same time.
const JOBS: usize = 24;

/// How many mutants the sample has.
const SAMPLE: usize = 90;

/// What all tests share.
fn bench() -> &'static Bench {
    static BENCH: OnceLock<Bench> = OnceLock::new();
    BENCH.get_or_init(Bench::new)
}

/// Tries mutants, several at a time, each until it is found as it is known to be, if it is. What is by
/// chance is not sent between threads, so each has its own.
fn run(trials: &Trials<'_>, mutants: &[(Mutant, Option<String>)]) -> Vec<(Mutant, Tried)> {
    let (next, begun) = (AtomicUsize::new(0), Instant::now());
    let handle = trials.bench.runtime.handle();
    let work = || {
        let mut tried = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some((mutant, known)) = mutants.get(number) else { return tried };
            tried.push((number, handle.block_on(trials.run(mutant, known.as_deref()))));
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
    tried.into_iter().map(|(number, tried)| (mutants[number].0.clone(), tried)).collect()
}

/// Everything that can be tried, journeys included.
fn everything(bench: &Bench, seed: u64) -> PlanOptions {
    let suites = builtin(bench.contract, &bench.vocabulary).unwrap();
    let suites = suites.into_iter().map(Arc::new).collect();
    PlanOptions { suites, ..bench::everything(seed) }
}

struct Ready {
    trials: Trials<'static>,
    mutants: Vec<Mutant>,
}

/// A plan of everything, to be carried out against mocks with faults.
fn trials(bench: &'static Bench) -> Trials<'static> {
    let (mock, target) = bench.mock(SEED, &[]);
    let campaign = bench.campaign(target, SEED, everything(bench, SEED));
    drop(mock);
    Trials::new(bench, campaign, SEED)
}

/// All mutants, as a run without faults shows where they can be.
fn ready() -> Ready {
    let bench = bench();
    let clean = bench.run(SEED, &[], everything(bench, SEED)).result;
    for finding in &clean.findings {
        println!("found where there is no fault: {finding:#?}");
    }
    let trials = trials(bench);
    let mutants = mutants::all(bench.contract, &clean, &trials.campaign.plan.cases);
    Ready { trials, mutants }
}

/// Mutants of which nothing is known yet.
fn unknown(mutants: Vec<Mutant>) -> Vec<(Mutant, Option<String>)> {
    mutants.into_iter().map(|mutant| (mutant, None)).collect()
}

/// `DETECTION_ONLY='hang:GET /info' cargo test --test detection only -- --ignored --nocapture` tells of some.
#[test]
#[ignore = "for those who look into a fault"]
fn only_those_that_are_asked_for() {
    let Ok(wanted) = std::env::var("DETECTION_ONLY") else { return };
    let Ready { trials, mut mutants } = ready();
    mutants.retain(|mutant| mutant.texts.iter().any(|text| text.contains(&wanted)));
    for (mutant, tried) in run(&trials, &unknown(mutants)) {
        println!("{} {:?}", mutant.texts.join(" + "), tried.outcome);
        println!("  cases: {}", trials.tell(&mutant));
        tried.elsewhere.iter().for_each(|finding| println!("  elsewhere: {finding}"));
    }
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
fn a_sample_of_faults_is_found() {
    let size =
        std::env::var("DETECTION_SAMPLE").ok().and_then(|n| n.parse().ok()).unwrap_or(SAMPLE);
    let seed = std::env::var("DETECTION_SEED").ok().and_then(|n| n.parse().ok()).unwrap_or(SEED);
    let chosen = sample::sample(size, seed);
    assert!(chosen.len() >= FAULTS.len().min(size), "{}", chosen.len());
    let trials = trials(bench());
    let begun = Instant::now();
    let chosen: Vec<_> = chosen.into_iter().map(|(mutant, check)| (mutant, Some(check))).collect();
    let tried = run(&trials, &chosen);
    println!("{} mutants in {:?}", tried.len(), begun.elapsed());
    let mut wrong = Vec::new();
    for (mutant, tried) in &tried {
        let found = matches!(tried.outcome, Outcome::Named(_) | Outcome::Other(_));
        if !found || !tried.elsewhere.is_empty() {
            wrong.push(format!("{}: {:?}, {:?}", mutant.texts[0], tried.outcome, tried.elsewhere));
        }
    }
    assert!(wrong.is_empty(), "not found any more, or found elsewhere: {wrong:#?}");
}

#[test]
fn where_there_is_no_fault_none_is_found() {
    let alarms = alarms(bench(), 2..3);
    assert!(alarms.is_empty(), "{alarms:#?}");
}

#[test]
#[ignore = "takes long: run it with --release"]
fn where_there_is_no_fault_none_is_found_by_any_of_ten_seeds() {
    let alarms = alarms(bench(), 1..11);
    assert!(alarms.is_empty(), "{alarms:#?}");
}

#[test]
#[ignore = "takes long: run it with --release"]
fn every_fault_is_found() {
    let Ready { trials, mutants } = ready();
    let possible = mutants.len();
    let tried = run(&trials, &unknown(mutants));
    let reasons = Reasons::read();
    let reason = |mutant: &Mutant| reasons.of(trials.bench.contract, mutant);
    std::fs::write("reports/detection.md", table::write(&tried, possible, &reason)).unwrap();
    std::fs::write(sample::FILE, sample::write(&tried)).unwrap();
    let totals = table::totals(&tried);
    assert!(totals.found * 100 >= totals.mutants * 95, "{} of {}", totals.found, totals.mutants);
    let missed = tried.iter().filter(|(_, tried)| tried.outcome == Outcome::Missed);
    let riddles: Vec<&String> = missed
        .filter(|(mutant, _)| reason(mutant).is_empty())
        .map(|(mutant, _)| &mutant.texts[0])
        .collect();
    assert!(riddles.is_empty(), "missed, and nobody knows why: {riddles:#?}");
}

#[test]
fn all_that_is_found_in_a_whole_run_comes_of_its_faults() {
    let rows = Row::all();
    let rows: Vec<&Row> = rows.iter().filter(|row| row.always).collect();
    assert!(rows.len() >= 3, "{}", rows.len());
    let wrong = whole::judge(&rows, bench(), SEED);
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// `DETECTION_ONLY=hang` tells of some, `DETECTION_SEED=7` by another seed.
#[test]
#[ignore = "takes minutes: a whole run for each fault"]
fn all_that_is_found_in_a_whole_run_comes_of_its_one_fault() {
    let only = std::env::var("DETECTION_ONLY").unwrap_or_default();
    let seed = std::env::var("DETECTION_SEED").ok().and_then(|n| n.parse().ok()).unwrap_or(SEED);
    let rows = Row::all();
    assert!(rows.len() >= 10, "{}", rows.len());
    let named = |row: &&Row| row.faults.iter().any(|fault| fault.contains(&only));
    let chosen: Vec<&Row> = rows.iter().filter(named).collect();
    assert!(!chosen.is_empty(), "no fault has `{only}` in its name");
    let judged = chosen.iter().map(|row| whole::judge(&[row], bench(), seed));
    let wrong: Vec<String> = judged.flatten().collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
