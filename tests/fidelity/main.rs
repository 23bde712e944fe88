//! Is the mock true to the real server? Recorded exchanges are sent to it again, one after the other,
//! with its ids in place of the recorded ones, and the answers are held against the recorded answers:
//! status, media type, error code, headers, the types at every place, the order of events.
//!
//! The recordings are where `DIFY_CONTRACT_CORPUS` says; without it the tests of the mock say that they
//! skip. Those of the replayer itself need nothing (`itself.rs`).

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, and says what it found"
)]

mod compare;
mod differences;
mod echo;
mod fuzzed;
mod ids;
mod itself;
mod recording;
mod replay;
mod report;
mod shape;
mod wire;

use std::path::PathBuf;
use std::time::Duration;

use dify_contract::mock::{Mock, MockOptions};

use differences::Listed;
use echo::Echo;
use recording::Recorded;
use replay::{Server, replay, stale};
use report::{Count, markdown, tables};

/// A recording; `None` where there is no corpus.
fn recording(name: &str) -> Option<Vec<Recorded>> {
    let Some(corpus) = std::env::var_os("DIFY_CONTRACT_CORPUS") else {
        eprintln!("skipped: DIFY_CONTRACT_CORPUS is not set");
        return None;
    };
    Some(recording::read(&PathBuf::from(corpus).join("recordings").join(name)))
}

fn listed() -> Listed {
    let path = "tests/fixtures/fidelity/differences.yaml";
    let text = std::fs::read_to_string(path).unwrap();
    Listed::parse(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn the_recording_is_equal_to_itself() {
    let Some(recording) = recording("dify-1.14.2.har") else { return };
    let listed = Listed { lost_bodies: listed().lost_bodies, ..Listed::default() };
    let echo = Echo::of(&recording);
    let outcomes = replay(&recording, &echo.server.clone(), &listed);
    assert_eq!(tables(&outcomes), "");
    let count = Count { exchanges: 238, equal: 238, ..Count::default() };
    assert_eq!(Count::of(&outcomes), count);
    assert_eq!(echo.requests().len(), 238);
}

/// By the name of a key in the recordings, the mock's name for it.
const KEYS: [(&str, &str); 7] = [
    ("app-EXAMPLECHAT0000000000000", "chat"),
    ("app-EXAMPLECHATFLOW000000000", "chatflow"),
    ("app-EXAMPLEWORKFLOW000000000", "workflow"),
    ("app-EXAMPLECOMPLETION0000000", "completion"),
    ("app-EXAMPLEAGENT000000000000", "agent"),
    ("app-EXAMPLEHITL0000000000000", "human-input"),
    ("dataset-EXAMPLEDATASET0000000000", "knowledge"),
];

/// A mock on a thread of its own.
fn with_mock<T>(test: impl FnOnce(&Server) -> T) -> T {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let options = MockOptions {
        chunk_delay: Duration::from_millis(1),
        index_time: Duration::from_millis(240),
        ..MockOptions::default()
    };
    let settle = options.index_time * 2;
    let mock = runtime.block_on(Mock::start(options)).unwrap();
    let keys = KEYS.map(|(recorded, name)| {
        assert!(!mock.key(name).is_empty(), "the mock has a key called {name}");
        (recorded.to_owned(), mock.key(name).to_owned())
    });
    let server = Server {
        address: mock.address().to_string(),
        base: "/v1".to_owned(),
        keys: keys.into(),
        settle,
        patience: Duration::from_secs(2),
    };
    let result = test(&server);
    runtime.block_on(mock.stop());
    result
}

#[test]
fn the_mock_answers_as_the_recorded_server_did() {
    let Some(recording) = recording("dify-1.14.2.har") else { return };
    let listed = listed();
    let outcomes = with_mock(|server| replay(&recording, server, &listed));
    let count = Count::of(&outcomes);
    eprintln!("{count}");
    let report = concat!(env!("CARGO_TARGET_TMPDIR"), "/fidelity.md");
    std::fs::write(report, markdown(&outcomes)).unwrap();
    assert_eq!(count.failures, 0, "{count}\n{}", tables(&outcomes));
    assert_eq!(stale(&outcomes, &listed), Vec::<String>::new(), "the list has what nothing needs");
}

/// The part of the fuzzer's requests that the mock has to answer as the real server did.
const FUZZED_RATE: f64 = 0.995;

#[test]
fn the_mock_takes_odd_input_as_the_recorded_server_did() {
    let Some(recording) = recording("dify-1.14.2-fuzzed-chat.har.gz") else { return };
    let rules = listed().odd_input;
    let replay =
        |server: &Server| fuzzed::replay(&recording, server, &server.keys[KEYS[0].0], &rules);
    let fuzzed = with_mock(replay);
    let table = fuzzed.table();
    std::fs::write(concat!(env!("CARGO_TARGET_TMPDIR"), "/fuzzed.txt"), &table).unwrap();
    eprintln!("{}", table.lines().next().unwrap_or_default());
    assert!(fuzzed.failed.is_empty(), "the mock never fails:\n{table}");
    assert!(fuzzed.rate() >= FUZZED_RATE, "{table}");
    let unused = (0..rules.len()).filter(|rule| !fuzzed.deliberate.contains_key(rule));
    let unused: Vec<_> = unused.map(|rule| &rules[rule]).collect();
    assert!(unused.is_empty(), "the list has what nothing needs: {unused:?}");
}

#[test]
fn every_change_to_the_recording_is_found_and_no_other() {
    let Some(recording) = recording("dify-1.14.2.har") else { return };
    let listed = Listed { lost_bodies: listed().lost_bodies, ..Listed::default() };
    let (mut answers, mut changed) = (Vec::new(), Vec::new());
    for recorded in &recording {
        let mut answer = recorded.answer.clone();
        if itself::change(&mut answer, recorded.index) {
            changed.push(recorded.index);
        }
        answers.push(answer);
    }
    assert!(changed.len() > 150, "{}", changed.len());
    let echo = Echo::start(answers);
    let outcomes = replay(&recording, &echo.server.clone(), &listed);
    let found: Vec<u64> = outcomes.iter().filter(|o| o.is_failure()).map(|o| o.index).collect();
    assert_eq!(found, changed);
}
