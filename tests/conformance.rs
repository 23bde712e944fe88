//! The embedded mock, tried as `dify-contract run` tries a server: each case is a test of its own.
//!
//! A plain `cargo test` tries a sample that is the same each time: every plain example, and some of the
//! other cases, chosen by their names. With `DIFY_CONTRACT_ALL=1` everything is tried. Under cargo-nextest,
//! where each case is a process of its own that first reads the contract, the sample is smaller. Filters,
//! `--list` and `--exact` are those of any test; what is named by `--exact` need not be in the sample, and
//! nothing else is planned.

#![expect(clippy::expect_used, reason = "a test may fail, and says why")]

use std::collections::BTreeSet;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::time::Duration;

use dify_contract::builtin;
use dify_contract::contract::{Contract, Overlay, Sources};
use dify_contract::mock::{Mock, MockOptions};
use dify_contract::plan::{Case, Phase, PlanOptions, journeys};
use dify_contract::run::{Campaign, FileServer, RunOptions, Verdict};
use dify_contract::target::{Target, Vocabulary};
use libtest_mimic::Arguments;

/// The same cases each time, in each process.
const SEED: u64 = 1;

/// About how many cases there are in the sample besides the plain examples.
const SAMPLE: u64 = 400;

/// The same where each case is a process of its own.
const SAMPLE_OF_PROCESSES: u64 = 40;

/// The contract is nested deeply, and what reads it goes down with it.
const STACK: usize = 256 << 20;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let thread = std::thread::Builder::new().stack_size(STACK);
    let tried = thread.spawn(move || try_mock(&arguments)).expect("a thread").join();
    match tried {
        Ok(true) => ExitCode::SUCCESS,
        _ => ExitCode::from(101),
    }
}

/// Whether no case failed, and nothing was left on the mock.
fn try_mock(arguments: &Arguments) -> bool {
    // No case is ignored; who lists or runs only those that are, as nextest does, gets none.
    if arguments.ignored {
        let _ = libtest_mimic::run(arguments, Vec::new());
        return true;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_stack_size(64 << 20)
        .build()
        .expect("threads for the network");
    let only = arguments.filter.as_deref().filter(|_| arguments.exact);
    let (mock, mut campaign) = runtime.block_on(prepare(only.and_then(named)));
    let sampled = std::env::var_os("DIFY_CONTRACT_ALL").is_none();
    if sampled && only.is_none() {
        let all = campaign.plan.cases.len() as u64;
        let more = match std::env::var_os("NEXTEST") {
            Some(_) => SAMPLE_OF_PROCESSES,
            None => SAMPLE,
        };
        campaign.plan.cases.retain(|case| in_sample(case, all, more));
    }
    let operations: Vec<Option<usize>> = { campaign.plan.cases.iter() }
        .map(|case| (case.phase != Phase::Journey).then_some(case.operation))
        .collect();
    let (stop, done) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let finished =
        campaign.run(arguments, runtime.handle(), stop, done).expect("a ledger in memory");
    drop(mock);
    runtime.shutdown_background();
    let failed = |verdict: &Verdict| matches!(verdict, Verdict::Failed(..));
    let everything = arguments.filter.is_none() && arguments.skip.is_empty() && !arguments.list;
    let reached: BTreeSet<Option<usize>> = { finished.outcomes.iter() }
        .filter(|outcome| outcome.verdict == Verdict::Passed)
        .filter_map(|outcome| operations.get(outcome.number).copied())
        .collect();
    let missed = operations.iter().any(|number| number.is_some() && !reached.contains(number));
    // What is left behind, or was never tried, is no failure of a case, and one all the same.
    assert_eq!(finished.leftovers, [], "left on the mock");
    assert!(!everything || !missed, "no case of an operation was tried");
    !finished.outcomes.iter().any(|outcome| failed(&outcome.verdict))
}

/// The operation and the phase of a case of this name. Journeys are of no operation.
fn named(case: &str) -> Option<(Option<String>, Phase)> {
    let mut words = case.split("::").skip(1);
    let operation = words.next()?;
    if operation == Phase::Journey.word() {
        return Some((None, Phase::Journey));
    }
    Some((Some(operation.to_owned()), words.next()?.parse().ok()?))
}

async fn prepare(only: Option<(Option<String>, Phase)>) -> (Mock, Campaign) {
    let (operation, phase) = only.unzip();
    let operation = operation.flatten();
    let phases = phase.map_or_else(|| Phase::ALL.to_vec(), |phase| vec![phase]);
    let sources = Sources {
        specs: vec![builtin::CONTRACT.to_owned()],
        overlays: Vec::new(),
        optional_overlays: vec![Overlay::read(builtin::OVERLAY).expect("the built-in overlay")],
        base_url: None,
    };
    let contract = Contract::load(sources).expect("the built-in contract");
    let vocabulary = Vocabulary::of(&contract).expect("the vocabulary of the contract");
    let suites = if phases.contains(&Phase::Journey) {
        let suites = journeys::builtin(&contract, &vocabulary).expect("the built-in suites");
        suites.into_iter().map(Arc::new).collect()
    } else {
        Vec::new()
    };
    let options = MockOptions {
        seed: SEED,
        chunk_delay: Duration::from_micros(200),
        index_time: Duration::from_millis(10),
        idle_limit: Duration::from_millis(300),
        ..MockOptions::default()
    };
    let mock = Mock::start(options).await.expect("the mock");
    let keys = mock.keys().iter().map(|key| (key.name, key.key.as_str()));
    let target = Target::known("mock", &mock.base_url(), keys, &vocabulary).expect("the target");
    // Trials outlive their makers, as the harness wants it.
    let contract: &'static Contract = Box::leak(Box::new(contract.at(&mock.base_url())));
    let options = RunOptions {
        plan: PlanOptions { seed: SEED, phases, operation, chances: 4, suites, shard: None },
        model_calls: u32::MAX,
        files: Some(FileServer::start("127.0.0.1:0").await.expect("a place for files")),
        recording: None,
        ledger: None,
        mark: "dc-conformance".to_owned(),
        command: "cargo test --test conformance --".to_owned(),
        choice: String::new(),
    };
    let campaign = Campaign::prepare(contract, target, options).await;
    (mock, campaign.expect("the mock can be tried"))
}

/// Whether a case belongs to the sample.
fn in_sample(case: &Case, all: u64, more: u64) -> bool {
    case.name.ends_with("examples::plain") || hash(&case.name) % all < more
}

/// FNV-1a with 64 bits: the same on every machine and with every compiler.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
