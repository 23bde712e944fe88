//! How fast the embedded mock answers, beside a server that does nothing but answer; how soon it is
//! up; and whether its memory grows without end.
//!
//! The two servers and the load are in one process and take turns, so that the ratio means something
//! on any machine. It ends with an error if a limit is not held.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "it fails by panicking, and says so")]

#[expect(dead_code, reason = "another benchmark sends what a run has sent")]
#[path = "support/load.rs"]
mod load;

use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::any;
use axum::serve::ListenerExt as _;
use dify_contract::mock::{Mock, MockOptions};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use load::{Answer, Call, Connection};

/// The mock answers at least so many times as often as a server that does nothing.
const RATIO: f64 = 0.6;

/// It answers its first request so soon after it was started.
const READY: Duration = Duration::from_millis(50);

/// Memory counts as steady if the second half of a long load adds no larger part than this: what were
/// kept of each call, even a hundred bytes, would be more.
const GROWTH: f64 = 0.1;

/// So many connections make the load.
const CONNECTIONS: usize = 8;

/// How long one server is under load before it is the other's turn, and how often.
const TURN: Duration = Duration::from_millis(500);
const TURNS: usize = 5;

fn main() -> ExitCode {
    // `cargo test` runs benchmarks as well, to see that they build.
    if !std::env::args().any(|argument| argument == "--bench") {
        return ExitCode::SUCCESS;
    }
    let runtime = Runtime::new().unwrap();
    let mut held = true;
    println!("{:<28}{:>12}{:>12}{:>8}", "requests per second", "mock", "bare", "ratio");
    for operation in [Operation::Info, Operation::Parameters, Operation::NewDataset] {
        let (mock, bare) = rates(&runtime, operation);
        let ratio = mock / bare;
        println!("{:<28}{mock:>12.0}{bare:>12.0}{ratio:>8.2}", operation.name());
        held &= ratio >= RATIO;
    }
    held &= ready(&runtime);
    held &= memory(&runtime);
    if held { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What is called.
#[derive(Debug, Clone, Copy)]
enum Operation {
    Info,
    Parameters,
    NewDataset,
}

impl Operation {
    fn name(self) -> &'static str {
        match self {
            Self::Info => "GET /info",
            Self::Parameters => "GET /parameters",
            Self::NewDataset => "POST /datasets",
        }
    }

    /// The call with this number; no two make the same thing.
    fn call(self, mock: &Mock, number: u64) -> Call {
        match self {
            Self::Info => Call::get("/v1/info", mock.key("chatflow")),
            Self::Parameters => Call::get("/v1/parameters", mock.key("chatflow")),
            Self::NewDataset => {
                let body =
                    format!("{{\"name\":\"load {number}\",\"description\":\"made in passing\"}}");
                Call::json("POST", "/v1/datasets", mock.key("knowledge"), &body)
            }
        }
    }
}

fn started(runtime: &Runtime) -> Mock {
    let options = MockOptions {
        chunk_delay: Duration::ZERO,
        index_time: Duration::ZERO,
        ..MockOptions::default()
    };
    runtime.block_on(Mock::start(options)).unwrap()
}

/// Requests per second of the mock and of a bare server that gives the same answer, each in its best
/// turn: what else the machine does can only make it slower.
fn rates(runtime: &Runtime, operation: Operation) -> (f64, f64) {
    let (mut best_mock, mut best_bare) = (0.0_f64, 0.0_f64);
    for _ in 0..TURNS {
        let mock = started(runtime);
        let call = |number| operation.call(&mock, number);
        let mut first = Connection::open(mock.address());
        let answer = first.send(&call(u64::MAX));
        assert!(answer.status < 300, "{}: {answer:?}", operation.name());
        let bare = bare(runtime, &answer);
        best_mock = best_mock.max(load::rate(mock.address(), CONNECTIONS, TURN, call));
        best_bare = best_bare.max(load::rate(bare, CONNECTIONS, TURN, call));
    }
    (best_mock, best_bare)
}

/// A server that reads what it is sent and gives one answer to everything.
fn bare(runtime: &Runtime, answer: &Answer) -> SocketAddr {
    let status = StatusCode::from_u16(answer.status).unwrap();
    let own =
        answer.headers.iter().filter(|(name, _)| !matches!(&**name, "date" | "content-length"));
    let headers: HeaderMap =
        own.map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
    let body = Bytes::from(answer.body.clone());
    let handler = move |_: Bytes| {
        let answer = (status, headers.clone(), Body::from(body.clone()));
        async { answer }
    };
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let listener = listener.tap_io(|stream| stream.set_nodelay(true).unwrap());
        let router = Router::new().fallback(any(handler));
        tokio::spawn(async move { axum::serve(listener, router).await });
        address
    })
}

/// From nothing to the first answer.
fn ready(runtime: &Runtime) -> bool {
    let mut times: Vec<Duration> = (0..21)
        .map(|_| {
            let begun = Instant::now();
            let mock = started(runtime);
            let answer = Connection::open(mock.address()).send(&Operation::Info.call(&mock, 0));
            assert_eq!(answer.status, 200);
            begun.elapsed()
        })
        .collect();
    times.sort_unstable();
    let (median, worst) = (times[times.len() / 2], times[times.len() - 1]);
    println!("\nfrom start to first answer: {median:.1?} (at worst {worst:.1?}; limit {READY:?})");
    median <= READY
}

/// What is made and deleted leaves nothing behind, and of what is only made the oldest goes.
fn memory(runtime: &Runtime) -> bool {
    /// More than the mock keeps of anything.
    const ROUND: u64 = 11_000;
    const ROUNDS: u64 = 8;
    let Some(before) = resident_megabytes() else {
        println!("\nmemory: this system does not tell");
        return true;
    };
    let mock = started(runtime);
    println!(
        "\nmemory after {ROUND} times POST and DELETE /datasets, and as many chats, per round"
    );
    println!("{:<28}{before:>10.1} MB", "before");
    let mut sizes = vec![before];
    let (datasets, chats) = (mock.key("knowledge").to_owned(), mock.key("chat").to_owned());
    for round in 0..ROUNDS {
        load::share(mock.address(), CONNECTIONS, ROUND, |connection, number| {
            let number = round * ROUND + number;
            let made = connection.send(&Operation::NewDataset.call(&mock, number));
            let path = format!("/v1/datasets/{}", made.json()["id"].as_str().unwrap());
            let gone = connection.send(&Call::json("DELETE", &path, &datasets, ""));
            assert_eq!(gone.status, 204, "{gone:?}");
            let streams = if number.is_multiple_of(4) { "streaming" } else { "blocking" };
            let body = serde_json::json!({
                "inputs": {}, "query": "How are you?", "response_mode": streams,
                "user": format!("user {}", number % 100),
            });
            let call = Call::json("POST", "/v1/chat-messages", &chats, &body.to_string());
            let answer = connection.send(&call);
            assert_eq!(answer.status, 200, "{answer:?}");
        });
        let now = resident_megabytes().unwrap_or_default();
        println!("round {:<22}{now:>10.1} MB", round + 1);
        sizes.push(now);
    }
    // The first half fills what the mock keeps, and the stock of the allocator.
    let (half, end) = (sizes[sizes.len() / 2], sizes[sizes.len() - 1]);
    let growth = (end - half) / half;
    println!("growth in the second half: {:.0} % (limit {:.0} %)", growth * 100.0, GROWTH * 100.0);
    growth <= GROWTH
}

/// The resident size of this process, where the system tells it.
#[expect(clippy::cast_precision_loss, reason = "megabytes")]
fn resident_megabytes() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? as f64 / 1024.0)
}
