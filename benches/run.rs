//! How many requests a run makes in a second, beside a plain load of the same requests on the same mock,
//! and how soon after its start the program sends its first request.
//!
//! The plain load is sent by the HTTP client that the program uses, too, and nobody looks at the answers
//! but for the ids that later requests need: what is left between the two is our work.
//!
//! Everything is in one process and takes turns, so that the ratio means something on any machine. It
//! ends with an error if a limit is not held. `cargo bench --bench run -- runs` leaves out the starts.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "it fails by panicking, and says so")]

#[path = "support/replay.rs"]
mod replay;

use std::io::Read as _;
use std::net::TcpListener;
use std::process::{Command, ExitCode, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use dify_contract::builtin;
use dify_contract::contract::{Contract, Overlay, Sources};
use dify_contract::exchange::Exchange;
use dify_contract::mock::{Mock, MockOptions, Witness};
use dify_contract::plan::{Phase, PlanOptions};
use dify_contract::run::{Campaign, RunOptions};
use dify_contract::target::{Target, Vocabulary};
use libtest_mimic::Arguments;
use tokio::runtime::Runtime;

use replay::Replay;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A run makes at least so many requests for one of a plain load.
const RATIO: f64 = 0.5;

/// The first request goes out so soon after the start.
const FIRST: Duration = Duration::from_millis(50);

/// Requests by chance for each operation: more than `run` makes by itself, so that a run lasts some seconds,
/// and neither its planning nor the one second that it waits for decides what is measured.
const CHANCES: u32 = 100;

/// How often each is measured: often enough that what else the machine does is not in the middle.
const TURNS: usize = 11;
const STARTS: usize = 21;

/// As many at the same time as `run` has on the mock.
const JOBS: usize = 32;

/// Schemas that contain each other are compiled on the threads' stacks.
const STACK: usize = 64 << 20;

fn main() -> ExitCode {
    // `cargo test` runs benchmarks as well, to see that they build.
    if !std::env::args().any(|argument| argument == "--bench") {
        return ExitCode::SUCCESS;
    }
    let first = std::env::args().any(|argument| argument == "runs") || first_request();
    let runs = runs();
    if first && runs { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// From the start of the program to its first request, in its best turn: what else the machine does can
/// only make it slower.
fn first_request() -> bool {
    let mut times: Vec<Duration> = (0..STARTS)
        .map(|_| {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let address = listener.local_addr().unwrap();
            let begun = Instant::now();
            let mut program = Command::new(env!("CARGO_BIN_EXE_dify-contract"))
                .args(["run", "--list"])
                .current_dir(env!("CARGO_TARGET_TMPDIR"))
                .env("DIFY_BASE_URL", format!("http://{address}/v1"))
                .env("DIFY_CHAT_KEY", "app-0123456789abcdef01234567")
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            let (mut connection, _) = listener.accept().unwrap();
            connection.read_exact(&mut [0]).unwrap();
            let time = begun.elapsed();
            program.kill().unwrap();
            program.wait().unwrap();
            time
        })
        .collect();
    times.sort_unstable();
    let (best, median) = (times[0], times[times.len() / 2]);
    println!("from start to first request: {best:.1?} (median {median:.1?}; limit {FIRST:?})\n");
    best <= FIRST
}

/// Runs and loads in turns.
fn runs() -> bool {
    let contract = contract();
    // The mock has threads of its own, as a server has: those who call it cannot run on them.
    let (runtime, callers) = (threads(), threads());
    let replay = Arc::new(replay(contract, &runtime));
    println!("{} requests in a load, {JOBS} at the same time", replay.len());
    println!("{:<20}{:>8}{:>8}{:>8}", "requests per second", "run", "load", "ratio");
    let mut turns = Vec::new();
    for turn in 1..=TURNS {
        let mock = started(&runtime, None);
        let run = measured(|| run(contract, &runtime, &mock));
        drop(mock);
        // What was made is removed in both, so that both find the same.
        let mock = started(&runtime, None);
        let mut same = 0;
        let load = measured(|| {
            let played = callers.block_on(replay.play(&mock.base_url(), JOBS));
            same = played.same;
            played.sent
        });
        // A load that is refused is none.
        assert!(same * 100 >= replay.len() * 95, "{same} were answered as in the run");
        show(&format!("turn {turn}"), [run, load]);
        turns.push([run, load]);
    }
    // What else the machine does may make any of them slower.
    let ratio = |[run, load]: &[Measure; 2]| run.rate / load.rate;
    turns.sort_by(|one, other| ratio(one).total_cmp(&ratio(other)));
    let median = turns[TURNS / 2];
    show("median", median);
    println!("the limit of the ratio is {RATIO}");
    ratio(&median) >= RATIO
}

fn threads() -> Runtime {
    let mut threads = tokio::runtime::Builder::new_multi_thread();
    threads.enable_all().thread_stack_size(STACK).build().unwrap()
}

/// How fast requests were, and how long the processor worked for one, the mock's work included.
#[derive(Debug, Clone, Copy, Default)]
struct Measure {
    rate: f64,
    busy: Option<f64>,
}

#[expect(clippy::cast_precision_loss, reason = "a rate")]
fn measured(work: impl FnOnce() -> usize) -> Measure {
    let (begun, busy) = (Instant::now(), busy_microseconds());
    let requests = work() as f64;
    let busy = busy.zip(busy_microseconds()).map(|(before, after)| (after - before) / requests);
    Measure { rate: requests / begun.elapsed().as_secs_f64(), busy }
}

fn show(what: &str, [run, load]: [Measure; 2]) {
    let ratio = run.rate / load.rate;
    print!("{what:<20}{:>8.0}{:>8.0}{ratio:>8.2}", run.rate, load.rate);
    if let [Some(run), Some(load)] = [run.busy, load.busy] {
        print!("   processor: {run:.0} and {load:.0} µs each");
    }
    println!();
}

/// How long this process has kept the processors busy, where the system tells it.
fn busy_microseconds() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = status.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |number: usize| fields.get(number)?.parse::<f64>().ok();
    // A tick is a hundredth of a second wherever Linux runs.
    Some((ticks(11)? + ticks(12)?) * 10_000.0)
}

fn contract() -> &'static Contract {
    let sources = Sources {
        specs: vec![builtin::CONTRACT.to_owned()],
        optional_overlays: vec![Overlay::read(builtin::OVERLAY).unwrap()],
        ..Sources::default()
    };
    Box::leak(Box::new(Contract::load(sources).unwrap()))
}

/// A mock that waits for nothing.
fn started(runtime: &Runtime, witness: Option<Arc<dyn Witness>>) -> Mock {
    let options = MockOptions {
        chunk_delay: Duration::ZERO,
        index_time: Duration::ZERO,
        idle_limit: Duration::from_millis(1),
        witness,
        ..MockOptions::default()
    };
    runtime.block_on(Mock::start(options)).unwrap()
}

/// A whole run; tells how many requests it sent.
fn run(contract: &'static Contract, runtime: &Runtime, mock: &Mock) -> usize {
    let vocabulary = Vocabulary::of(contract).unwrap();
    let keys = mock.keys().iter().map(|key| (key.name, key.key.as_str()));
    let target = Target::known("mock", &mock.base_url(), keys, &vocabulary).unwrap();
    let options = RunOptions {
        plan: PlanOptions {
            shard: None,
            suites: Vec::new(),
            seed: 7,
            phases: Phase::ALL.to_vec(),
            operation: None,
            chances: CHANCES,
        },
        model_calls: u32::MAX,
        files: None,
        recording: None,
        ledger: None,
        mark: "dc-bench".to_owned(),
        command: String::new(),
        choice: String::new(),
    };
    let campaign = runtime.block_on(Campaign::prepare(contract, target, options)).unwrap();
    let arguments = Arguments {
        test_threads: Some(JOBS),
        format: Some(libtest_mimic::FormatSetting::Terse),
        logfile: Some(if cfg!(windows) { "NUL" } else { "/dev/null" }.to_owned()),
        ..Arguments::default()
    };
    let (stop, done) = (Arc::<AtomicBool>::default(), Arc::<AtomicUsize>::default());
    let finished = campaign.run(&arguments, runtime.handle(), stop, done).unwrap();
    usize::try_from(finished.result.exchanges.total).unwrap()
}

/// Keeps every exchange.
#[derive(Debug, Default)]
struct Keeper(Mutex<Vec<Exchange>>);

impl Witness for Keeper {
    fn saw(&self, exchange: Exchange) {
        self.0.lock().unwrap().push(exchange);
    }
}

/// The requests of a run.
fn replay(contract: &'static Contract, runtime: &Runtime) -> Replay {
    let keeper = Arc::new(Keeper::default());
    let mock = started(runtime, Some(Arc::clone(&keeper) as Arc<dyn Witness>));
    run(contract, runtime, &mock);
    drop(mock);
    let seen = std::mem::take(&mut *keeper.0.lock().unwrap());
    Replay::of(&seen)
}
