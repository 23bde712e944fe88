//! How many requests a run makes in a second, beside a plain load of the same requests on the same mock,
//! and how soon after its start the program sends its first request.
//!
//! The plain load is sent by the HTTP client that the program uses, too, and nobody looks at the answers:
//! what is left between the two is our work. Bare sockets, which no program could work with, are shown
//! beside them. Loads are at an advantage: the ids in their requests are those of an earlier run, so that
//! many of them are refused at once.
//!
//! Everything is in one process and takes turns, so that the ratio means something on any machine. It
//! ends with an error if a limit is not held.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "it fails by panicking, and says so")]

#[expect(dead_code, reason = "another benchmark makes its calls itself")]
#[path = "support/load.rs"]
mod load;

use std::io::Read as _;
use std::net::TcpListener;
use std::process::{Command, ExitCode, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use dify_contract::builtin;
use dify_contract::contract::{Contract, Overlay, Sources};
use dify_contract::exchange::{Body, Exchange, Request};
use dify_contract::mock::{Mock, MockOptions, Witness};
use dify_contract::plan::{Phase, PlanOptions};
use dify_contract::run::{Campaign, RunOptions};
use dify_contract::target::{Target, Vocabulary};
use libtest_mimic::Arguments;
use tokio::runtime::Runtime;

use load::Call;

/// A run makes at least so many requests for one of a plain load.
const RATIO: f64 = 0.5;

/// The first request goes out so soon after the start.
const FIRST: Duration = Duration::from_millis(50);

/// How often each is measured.
const TURNS: usize = 5;
const STARTS: usize = 21;

/// As many at the same time as `run` has on the mock.
const JOBS: usize = 16;

/// Schemas that contain each other are compiled on the threads' stacks.
const STACK: usize = 64 << 20;

fn main() -> ExitCode {
    // `cargo test` runs benchmarks as well, to see that they build.
    if !std::env::args().any(|argument| argument == "--bench") {
        return ExitCode::SUCCESS;
    }
    let first = first_request();
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
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_stack_size(STACK)
        .build()
        .unwrap();
    let requests = requests(contract, &runtime);
    let calls: Vec<Call> = requests.iter().map(call).collect();
    println!("{} requests, {JOBS} at the same time", calls.len());
    println!(
        "{:<20}{:>12}{:>12}{:>8}{:>16}",
        "requests per second", "run", "load", "ratio", "bare sockets"
    );
    let (mut best_run, mut best_load, mut best_bare) = (0.0_f64, 0.0_f64, 0.0_f64);
    let show = |what: &str, run: f64, load: f64, bare: f64| {
        println!("{what:<20}{run:>12.0}{load:>12.0}{:>8.2}{bare:>16.0}", run / load);
    };
    for turn in 1..=TURNS {
        let mock = started(&runtime, None);
        let (count, time) = run(contract, &runtime, &mock);
        let run = rate(count, time);
        let begun = Instant::now();
        runtime.block_on(send_all(&mock.base_url(), &requests));
        let load = rate(requests.len(), begun.elapsed());
        let begun = Instant::now();
        load::share(mock.address(), JOBS, calls.len() as u64, |connection, number| {
            let number = usize::try_from(number).unwrap();
            connection.send(&calls[number]);
        });
        let bare = rate(calls.len(), begun.elapsed());
        show(&format!("turn {turn}"), run, load, bare);
        best_run = best_run.max(run);
        best_load = best_load.max(load);
        best_bare = best_bare.max(bare);
    }
    show("best", best_run, best_load, best_bare);
    println!("the limit of the ratio is {RATIO}");
    best_run / best_load >= RATIO
}

/// Sends all requests, and reads the answers.
async fn send_all(base_url: &str, requests: &Arc<Vec<Request>>) {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let origin = base_url.trim_end_matches("/v1").to_owned();
    let next = Arc::new(AtomicUsize::new(0));
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..JOBS {
        let (client, requests, next) = (client.clone(), Arc::clone(requests), Arc::clone(&next));
        let origin = origin.clone();
        tasks.spawn(async move {
            while let Some(request) = requests.get(next.fetch_add(1, Ordering::Relaxed)) {
                let url = format!("{origin}/{}", path(request));
                let mut builder = client.request(request.method.parse().unwrap(), url);
                let own = |name: &str| !matches!(name, "host" | "content-length");
                for header in request.headers.0.iter().filter(|header| own(&header.name)) {
                    builder = builder.header(&header.name, &header.value);
                }
                if let Body::Bytes(body) = &request.body {
                    builder = builder.body(body.clone());
                }
                builder.send().await.unwrap().bytes().await.unwrap();
            }
        });
    }
    while tasks.join_next().await.is_some() {}
}

#[expect(clippy::cast_precision_loss, reason = "a rate")]
fn rate(requests: usize, time: Duration) -> f64 {
    requests as f64 / time.as_secs_f64()
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

/// A whole run: how many requests it sent, and how long that took.
fn run(contract: &'static Contract, runtime: &Runtime, mock: &Mock) -> (usize, Duration) {
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
            chances: 12,
        },
        model_calls: u32::MAX,
        files: None,
        recording: None,
        ledger: None,
        mark: "dc-bench".to_owned(),
        command: String::new(),
    };
    let campaign = runtime.block_on(Campaign::prepare(contract, target, options)).unwrap();
    let arguments = Arguments {
        test_threads: Some(JOBS),
        logfile: Some(if cfg!(windows) { "NUL" } else { "/dev/null" }.to_owned()),
        ..Arguments::default()
    };
    let (stop, done) = (Arc::<AtomicBool>::default(), Arc::<AtomicUsize>::default());
    let begun = Instant::now();
    let finished = campaign.run(&arguments, runtime.handle(), stop, done).unwrap();
    let time = begun.elapsed();
    (usize::try_from(finished.result.exchanges.total).unwrap(), time)
}

/// Keeps every request.
#[derive(Debug, Default)]
struct Keeper(Mutex<Vec<Request>>);

impl Witness for Keeper {
    fn saw(&self, exchange: Exchange) {
        self.0.lock().unwrap().push(exchange.request);
    }
}

/// The requests of a run.
fn requests(contract: &'static Contract, runtime: &Runtime) -> Arc<Vec<Request>> {
    let keeper = Arc::new(Keeper::default());
    let mock = started(runtime, Some(Arc::clone(&keeper) as Arc<dyn Witness>));
    run(contract, runtime, &mock);
    let requests = std::mem::take(&mut *keeper.0.lock().unwrap());
    Arc::new(requests)
}

/// The path and query of a request, without the slash at the beginning.
fn path(request: &Request) -> &str {
    request.url.splitn(4, '/').nth(3).unwrap()
}

/// A request as it was on the wire.
fn call(request: &Request) -> Call {
    let mut bytes = format!("{} /{} HTTP/1.1\r\n", request.method, path(request)).into_bytes();
    for header in &request.headers.0 {
        bytes.extend(format!("{}: {}\r\n", header.name, header.value).bytes());
    }
    bytes.extend(b"\r\n");
    if let Body::Bytes(body) = &request.body {
        bytes.extend(body);
    }
    Call::raw(bytes)
}
