//! What a run leaves on a server: nothing, whatever happens to it.

use std::path::PathBuf;
use std::process::Command;

use dify_contract::exchange::{Client, ClientOptions, Exchange, Headers, Request, Secret};
use serde_json::Value;

use super::Run;
use super::live::Live;

/// Asks the server with a key, and gives the answer's JSON.
fn ask(live: &Live, key: &str, path: &str) -> Value {
    let client = Client::new(ClientOptions::default()).unwrap();
    let request = Request {
        method: "GET".to_owned(),
        url: format!("{}{path}", live.mock.base_url()),
        headers: Headers::default(),
        body: dify_contract::exchange::Body::Empty,
    };
    let secret = Secret::bearer(live.mock.key(key)).unwrap();
    let threads = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let exchange = threads.block_on(client.send(&request, Some(&secret)));
    let response = exchange.response.unwrap();
    assert_eq!(response.status, 200, "{path}");
    serde_json::from_slice(response.body.bytes().unwrap()).unwrap()
}

/// Everything that can be listed: knowledge bases with what is in them, tags, annotations.
pub fn state(live: &Live) -> Value {
    let list = |path: &str| ask(live, "knowledge", path);
    let bases = list("/datasets?limit=100");
    let inside = bases["data"].as_array().unwrap().iter().map(|base| {
        let id = base["id"].as_str().unwrap();
        let part = |what: &str| list(&format!("/datasets/{id}/{what}"));
        serde_json::json!([part("documents?limit=100"), part("metadata"), part("tags")])
    });
    let inside: Vec<Value> = inside.collect();
    let annotations = |key: &str| ask(live, key, "/apps/annotations?limit=100");
    let annotations: Vec<Value> =
        ["chat", "agent", "chatflow", "completion"].map(annotations).into();
    serde_json::json!({
        "bases": bases, "inside": inside, "tags": list("/datasets/tags"), "annotations": annotations,
    })
}

fn run(command: &mut Command, arguments: &[&str]) -> Run {
    Run::of(&command.args(arguments).output().unwrap())
}

/// The ledgers in the folder of a program.
fn ledgers(command: &Command) -> Vec<PathBuf> {
    let folder = command.get_current_dir().unwrap().join("reports");
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "ledger"))
        .collect()
}

/// Whether an exchange changed something on the server.
fn changes(exchange: &Exchange) -> bool {
    let success = exchange.response.as_ref().is_some_and(|response| response.status < 300);
    success && exchange.request.method != "GET"
}

#[test]
fn a_run_that_may_read_sends_reads_alone() {
    let live = Live::start(&[]);
    let before = state(&live);
    let mut program = live.program("traces-read");
    let read = run(&mut program, &["run", "--cases", "1", "--seed", "1"]);
    assert_eq!(read.code, Some(0), "{}{}", read.stdout, read.stderr);
    let seen = live.seen();
    assert!(seen.len() > 200, "{}", seen.len());
    // What has another method was refused, as it was meant to be.
    let changed: Vec<String> = { seen.iter() }
        .filter(|exchange| changes(exchange))
        .map(|exchange| format!("{} {}", exchange.request.method, exchange.request.url))
        .collect();
    assert_eq!(changed, Vec::<String>::new());
    assert_eq!(before, state(&live));
    assert_eq!(ledgers(&program), Vec::<PathBuf>::new());
}

#[test]
fn a_run_that_may_write_leaves_nothing_behind() {
    let live = Live::start(&[]);
    let before = state(&live);
    let mut program = live.program("traces-write");
    let written = run(&mut program, &["run", "--allow", "write", "--cases", "1", "--seed", "1"]);
    assert_ne!(written.code, Some(2), "{}{}", written.stdout, written.stderr);
    assert!(live.seen().iter().filter(|exchange| changes(exchange)).count() > 100);
    assert_eq!(before, state(&live));
    assert_eq!(ledgers(&program), Vec::<PathBuf>::new());
}

#[test]
fn nor_where_nobody_has_told_what_operations_do() {
    let live = Live::start(&[]);
    let before = state(&live);
    let mut program = live.program("traces-inferred");
    program.env("CONTRACT_API_KEY", live.mock.key("knowledge"));
    let address = live.mock.base_url();
    let arguments = ["run", "--no-overlay", "--base-url", &address, "--allow", "write"];
    let written = run(&mut program, &[&arguments[..], &["--cases", "1", "--seed", "1"]].concat());
    assert_ne!(written.code, Some(2), "{}{}", written.stdout, written.stderr);
    assert!(live.seen().iter().filter(|exchange| changes(exchange)).count() > 20);
    assert_eq!(before, state(&live));
    // What it says repeats it, wherever lines end.
    let words: Vec<&str> = written.stdout.split_whitespace().collect();
    assert!(words.join(" ").contains("--allow write --no-overlay"), "{}", written.stdout);
}

#[cfg(unix)]
#[test]
fn what_a_killed_run_has_left_is_removed_by_its_ledger() {
    let live = Live::start(&[]);
    let before = state(&live);
    // Killed at several moments, each time in the middle of something.
    for enough in [5, 60] {
        let so_far = live.seen().iter().filter(|exchange| changes(exchange)).count();
        let mut program = live.program("traces-killed");
        program.args(["run", "--allow", "write", "--cases", "1", "--seed", "1"]);
        program.args(["--phase", "examples", "--phase", "boundary"]);
        program.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
        let mut child = program.spawn().unwrap();
        let changed = || live.seen().iter().filter(|exchange| changes(exchange)).count() - so_far;
        while changed() < enough && child.try_wait().unwrap().is_none() {
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let ledgers = ledgers(&program);
        assert_eq!(ledgers.len(), 1);
        assert_ne!(before, state(&live));
        // The folder stays as it is: the program is not made anew.
        let mut cleanup = super::live::again(&program);
        let cleaned = run(cleanup.arg("cleanup").arg(&ledgers[0]), &[]);
        assert_eq!(cleaned.code, Some(0), "{}{}", cleaned.stdout, cleaned.stderr);
        assert_eq!(before, state(&live), "{}", cleaned.stdout);
        assert!(!ledgers[0].exists());
    }
}

#[cfg(unix)]
#[test]
fn what_an_interrupted_run_has_made_is_removed() {
    let live = Live::start(&[]);
    let before = state(&live);
    let mut program = live.program("traces-interrupted");
    program.args(["run", "--allow", "write", "--cases", "1", "--seed", "1"]);
    program.args(["--phase", "examples", "--phase", "boundary"]);
    program.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::null());
    let mut child = program.spawn().unwrap();
    let changed = || live.seen().iter().filter(|exchange| changes(exchange)).count();
    while changed() < 60 && child.try_wait().unwrap().is_none() {
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    let ended = Run::of(&child.wait_with_output().unwrap());
    assert_eq!(ended.code, Some(2), "{}", ended.stdout);
    assert!(ended.stdout.contains("\nINCOMPLETE: "), "{}", ended.stdout);
    assert_eq!(before, state(&live));
    assert_eq!(ledgers(&program), Vec::<PathBuf>::new());
}

/// The fingerprints of all findings in a report, each with its check and operation.
fn findings(report: &std::path::Path) -> std::collections::BTreeSet<String> {
    let report: Value = serde_json::from_str(&std::fs::read_to_string(report).unwrap()).unwrap();
    let word = |finding: &Value, name: &str| finding[name].as_str().unwrap_or_default().to_owned();
    let told = |finding: &Value| {
        let words = ["operation", "check", "place", "kind", "fingerprint"];
        words.map(|name| word(finding, name)).join(" · ")
    };
    report["findings"].as_array().unwrap().iter().map(told).collect()
}

#[test]
fn the_recording_of_a_run_shows_what_the_run_found() {
    let faults = [
        "drop-property:GET /datasets#/data",
        "null-property:GET /conversations",
        "other-status:GET /messages",
        "other-code:GET /datasets/{dataset_id}",
        "silent-stream:POST /completion-messages",
        "unknown-event:POST /chat-messages",
        "event-order:POST /workflows/run",
        "truncated-body:GET /site",
        "reset:GET /meta",
        "html-error:GET /datasets/tags",
        "auth-not-enforced:GET /datasets/{dataset_id}/documents",
        "other-users-data:GET /conversations",
        "required-not-enforced:POST /datasets/tags",
        "server-error:DELETE /datasets/tags",
        "created-lost:POST /datasets/{dataset_id}/metadata",
    ];
    let live = Live::start(&faults);
    let mut program = live.program("traces-recording");
    let folder = program.get_current_dir().unwrap().to_owned();
    let run = run(
        program.args(["run", "--allow", "disrupt", "--max-model-calls", "10000", "--cases", "1"]),
        &[
            "--seed",
            "1",
            "--timeout",
            "2",
            "--silence",
            "200ms",
            "--report",
            "har=run.har",
            "--report",
            "json=run.json",
        ],
    );
    assert!(matches!(run.code, Some(1 | 2)), "{}{}", run.stdout, run.stderr);
    let mut check = super::live::again(&program);
    let checked =
        Run::of(&check.args(["check", "run.har", "--report", "json=check.json"]).output().unwrap());
    assert_eq!(checked.code, Some(1), "{}{}", checked.stdout, checked.stderr);
    let (ran, checked) = (findings(&folder.join("run.json")), findings(&folder.join("check.json")));
    let missing: Vec<&String> = ran.difference(&checked).collect();
    let more: Vec<&String> = checked.difference(&ran).collect();
    assert!(missing.is_empty() && more.is_empty(), "missing: {missing:#?}\nmore: {more:#?}");
    assert!(ran.len() > faults.len(), "{ran:#?}");
}

/// The addresses in the requests that a server was to fetch a file from.
fn fetched(live: &Live) -> Vec<String> {
    let mut found = Vec::new();
    for exchange in live.seen() {
        let body = exchange.request.body.bytes().unwrap_or_default();
        let Ok(body) = serde_json::from_slice::<Value>(body) else { continue };
        for file in body["files"].as_array().into_iter().flatten() {
            // What is no address at all is not fetched from anywhere.
            found.extend(file["url"].as_str().filter(|url| url.contains("://")).map(str::to_owned));
        }
    }
    found
}

#[test]
fn servers_fetch_from_the_run_or_not_at_all() {
    let run = |live: &Live, more: &[&str]| {
        let operation = "POST /completion-messages";
        let mut program = live.program("traces-fetched");
        program.args(["run", "--allow", "spend", "--max-model-calls", "10000", "--seed", "1"]);
        Run::of(&program.args(["--operation", operation]).args(more).output().unwrap())
    };
    let live = Live::start(&[]);
    let alone = run(&live, &[]);
    assert_eq!(alone.code, Some(0), "{}{}", alone.stdout, alone.stderr);
    assert!(alone.stdout.contains("needs `--serve"), "{}", alone.stdout);
    assert_eq!(fetched(&live), Vec::<String>::new());
    let live = Live::start(&[]);
    let served = run(&live, &["--serve", "127.0.0.1:0"]);
    assert_eq!(served.code, Some(0), "{}{}", served.stdout, served.stderr);
    let urls = fetched(&live);
    assert!(
        !urls.is_empty() && urls.iter().all(|url| url.starts_with("http://127.0.0.1:")),
        "{urls:?}"
    );
}
