//! How many requests a run makes in a second, beside a plain load of the same requests on the same mock,
//! and how soon after its start the program sends its first request.
//!
//! The plain load is sent by the HTTP client that the program uses, too, and nobody looks at the answers:
//! what is left between the two is our work. Bare sockets, which no program could work with, are shown
//! beside them. A load consists of the requests of a run that can be repeated, with the same status: those
//! with ids of what is gone would be refused at once, and be no measure of anything.
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

use load::{Call, Connection};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

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
    println!("{} requests in a load, {JOBS} at the same time", calls.len());
    println!(
        "{:<20}{:>8}{:>8}{:>8}{:>8}",
        "requests per second", "run", "load", "ratio", "sockets"
    );
    let mut best = [Measure::default(); 3];
    for turn in 1..=TURNS {
        let mock = started(&runtime, None);
        let now = [
            measured(|| run(contract, &runtime, &mock)),
            measured(|| {
                runtime.block_on(send_all(&mock.base_url(), &requests));
                requests.len()
            }),
            measured(|| {
                load::share(mock.address(), JOBS, calls.len() as u64, |connection, number| {
                    let number = usize::try_from(number).unwrap();
                    connection.send(&calls[number]);
                });
                calls.len()
            }),
        ];
        show(&format!("turn {turn}"), now);
        for (best, now) in best.iter_mut().zip(now) {
            if now.rate > best.rate {
                *best = now;
            }
        }
    }
    show("best", best);
    println!("the limit of the ratio is {RATIO}");
    best[0].rate / best[1].rate >= RATIO
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

fn show(what: &str, [run, load, sockets]: [Measure; 3]) {
    let ratio = run.rate / load.rate;
    print!("{what:<20}{:>8.0}{:>8.0}{ratio:>8.2}{:>8.0}", run.rate, load.rate, sockets.rate);
    if let [Some(run), Some(load), Some(sockets)] = [run.busy, load.busy, sockets.busy] {
        print!("   processor: {run:.0}, {load:.0} and {sockets:.0} µs each");
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
                    builder = builder.body(body.bytes());
                }
                builder.send().await.unwrap().bytes().await.unwrap();
            }
        });
    }
    while tasks.join_next().await.is_some() {}
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
            chances: 12,
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

/// Keeps every request, and the status of its answer.
#[derive(Debug, Default)]
struct Keeper(Mutex<Vec<(Request, u16)>>);

impl Witness for Keeper {
    fn saw(&self, exchange: Exchange) {
        let status = exchange.response.map_or(0, |response| response.status);
        self.0.lock().unwrap().push((exchange.request, status));
    }
}

/// The requests of a run that can be repeated.
fn requests(contract: &'static Contract, runtime: &Runtime) -> Arc<Vec<Request>> {
    let keeper = Arc::new(Keeper::default());
    let mock = started(runtime, Some(Arc::clone(&keeper) as Arc<dyn Witness>));
    run(contract, runtime, &mock);
    let mut seen = std::mem::take(&mut *keeper.0.lock().unwrap());
    let mock = started(runtime, None);
    let mut connection = Connection::open(mock.address());
    seen.retain(|(request, status)| connection.send(&call(request)).status == *status);
    Arc::new(seen.into_iter().map(|(request, _)| request).collect())
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
        bytes.extend(&**body);
    }
    Call::raw(bytes)
}
