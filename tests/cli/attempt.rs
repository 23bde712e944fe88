//! `try`: what is sent, what is shown, and what it says of wrong wishes.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};

use regex::Regex;

use super::Run;
use super::live::{Live, bare};
use super::server::{error, json};

/// Runs `try` on the embedded mock.
fn attempt(test: &str, arguments: &[&str]) -> Run {
    Run::of(&bare(test).arg("try").args(arguments).output().unwrap())
}

/// The text without what differs from run to run.
fn lasting(text: &str) -> String {
    let mut text = text.to_owned();
    for (what, word) in [
        (r"127\.0\.0\.1:\d+", "HOST"),
        (r"\bdc-[0-9a-f]{8}", "MARK"),
        (r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f-]+", "UUID"),
        (r" *\d+ ms\b", " 1 ms"),
        (r"date: .*", "date: …"),
        (r"\b1[67]\d{8}\b", "TIME"),
        (r"nonce=\w+&sign=[\w%-]+", "SIGNED"),
    ] {
        text = Regex::new(what).unwrap().replace_all(&text, word).into_owned();
    }
    text
}

#[test]
fn a_read_is_filled_in_shown_and_judged() {
    let tried = attempt(
        "try-read",
        &["get /datasets/{dataset_id}/documents/{document_id}/indexing-status"],
    );
    let unknown = attempt("try-read", &["GET /conversations", "-p", "limit=2", "--user", "ann"]);
    assert_eq!(unknown.code, Some(0), "{}{}", unknown.stdout, unknown.stderr);
    assert!(unknown.stdout.contains("/v1/conversations?limit=2&user=ann\n"), "{}", unknown.stdout);
    assert_eq!(tried.code, Some(2), "{}{}", tried.stdout, tried.stderr);
    let tried = attempt("try-read", &["GET /datasets/{dataset_id}/metadata"]);
    assert_eq!((tried.code, tried.stderr.as_str()), (Some(0), ""), "{}", tried.stdout);
    insta::assert_snapshot!("try-read", lasting(&tried.stdout));
}

#[test]
fn a_stream_is_shown_by_its_events() {
    let wish = ["-p", "response_mode=streaming", "-p", "query=2", "-p", "/inputs/name=Ann"];
    let tried =
        attempt("try-stream", &[&["POST /chat-messages", "--key", "chat"], &wish[..]].concat());
    assert_eq!(tried.code, Some(0), "{}{}", tried.stdout, tried.stderr);
    // A text where a text may stand, whatever it looks like.
    assert!(tried.stdout.contains(r#""query": "2""#), "{}", tried.stdout);
    assert!(tried.stdout.contains(r#""name": "Ann""#), "{}", tried.stdout);
    assert!(tried.stdout.contains(r#" ms  {"event":"message_end""#), "{}", tried.stdout);
    assert!(tried.stdout.contains("\nremoved again: conversation "), "{}", tried.stdout);
}

#[test]
fn a_file_is_uploaded_under_its_own_name() {
    let folder = super::folder("try-files");
    std::fs::write(folder.join("my notes.md"), "# Notes\n").unwrap();
    let path = folder.join("my notes.md");
    let wish = format!("file=@{}", path.display());
    let tried = attempt("try-upload", &["POST /files/upload", "--file", &wish, "-p", "user=ann"]);
    assert_eq!(tried.code, Some(0), "{}{}", tried.stdout, tried.stderr);
    assert!(tried.stdout.contains("\n  file: the file my notes.md, 8 bytes\n"), "{}", tried.stdout);
    assert!(tried.stdout.contains("\n  user: ann\n"), "{}", tried.stdout);
    assert!(tried.stdout.contains("\n201 after "), "{}", tried.stdout);
    assert!(tried.stdout.contains(r#""mime_type": "text/markdown""#), "{}", tried.stdout);
    let curl = attempt("try-upload", &["POST /files/upload", "--curl", "--file", &wish]);
    let named = format!("-F 'file=@{};type=text/markdown'", path.display());
    assert!(curl.stdout.contains(&named), "{}", curl.stdout);
}

#[test]
fn curl_lines_take_the_key_from_its_variable() {
    let mut lines = String::new();
    for arguments in [
        vec!["GET /info"],
        vec!["POST /chat-messages", "--key", "agent", "-p", "response_mode=streaming"],
        vec!["POST /chat-messages", "-d", r#"{"query": "it's", "inputs": {}}"#, "--user", "ann"],
        vec!["DELETE /datasets/{dataset_id}/documents/{document_id}", "-p", "document_id=1"],
        vec!["POST /datasets/{dataset_id}/document/create-by-file"],
        vec!["POST /workflows/run", "--base-url", "https://dify.example/v1"],
    ] {
        let mut command = bare("try-curl");
        let command = command.env("DIFY_API_KEY", "app-0123456789abcdef0123").arg("try");
        // The key is asked for nothing, and shown nowhere; a base URL alone is a target, too.
        let run = Run::of(&command.arg("--curl").args(&arguments).output().unwrap());
        assert_eq!(run.code, Some(0), "{arguments:?}: {}", run.stderr);
        assert!(!run.stdout.contains("0123456789"), "{}", run.stdout);
        write!(lines, "$ {}\n{}{}\n", arguments.join(" "), run.stdout, run.stderr).unwrap();
    }
    insta::assert_snapshot!(lines);
}

#[test]
fn wrong_wishes_say_what_to_do() {
    let folder = super::folder("try-wrong-files");
    std::fs::write(folder.join("broken.json"), "{\n  \"query\": \"a\",\n  inputs: {}\n}\n")
        .unwrap();
    let mut texts = String::new();
    for arguments in [
        vec!["zzz"],
        vec!["GET /infos"],
        vec!["annotation"],
        vec!["GET /info", "-d", "{}"],
        vec!["POST /chat-messages", "-d", "{\"query\": }"],
        vec!["POST /chat-messages", "-d", "query"],
        vec!["POST /chat-messages", "-d", ""],
        vec!["POST /chat-messages", "-d", "@broken.json"],
        vec!["POST /chat-messages", "-d", "@missing.json"],
        vec!["POST /chat-messages", "-d", "@-"],
        vec!["GET /info", "-p", "x"],
        vec!["GET /conversations", "-p", "limits=1"],
        vec!["POST /chat-messages", "-p", "quary=1"],
        vec!["GET /info", "-p", "x=1"],
        vec!["GET /info", "--file", "a=b"],
        vec!["GET /info", "--file", "a=@missing.txt"],
        vec!["GET /info", "--file", "a=@broken.json"],
        vec!["POST /files/upload", "--file", "fil=@broken.json"],
        vec!["POST /files/upload", "-d", "[]"],
        vec!["GET /info", "--curl", "--key", "chatt"],
        vec!["POST /workflows/run", "--curl", "--key", "chat"],
    ] {
        let mut command = bare("try-wrong");
        let run =
            Run::of(&command.current_dir(&folder).arg("try").args(&arguments).output().unwrap());
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{arguments:?}: {}", run.stderr);
        writeln!(texts, "$ try {}\n{}", arguments.join(" "), run.stderr).unwrap();
    }
    insta::assert_snapshot!(texts);
}

#[test]
fn what_cannot_be_tried_says_what_would_help() {
    let live = Live::start(&[]);
    let run = |arguments: &[&str]| {
        let mut command = live.program("try-next");
        command.arg("try").args(arguments).env("DIFY_KNOWLEDGE_KEY", "dataset-unknown");
        Run::of(&command.output().unwrap()).stderr
    };
    for (arguments, told) in [
        (
            vec!["GET /datasets"],
            "error: GET /datasets cannot be tried: no usable key: DIFY_KNOWLEDGE_KEY is refused\n  help: copy the key again",
        ),
        (
            vec!["POST /files/upload"],
            "error: POST /files/upload cannot be tried: nothing removes what it makes: needs `--allow spend`\n  help: add `--allow spend`, if that may be done to this server\n",
        ),
        (
            vec!["GET /workflows/run/{workflow_run_id}"],
            ": POST /workflows/run: not allowed: needs `--allow spend`\n  help: give -p workflow_run_id=…, or add `--allow spend`",
        ),
    ] {
        let stderr = run(&arguments);
        assert!(stderr.contains(told), "{arguments:?}: {stderr}");
    }
}

#[test]
fn findings_tell_the_line_that_promises() {
    let live = Live::start(&["drop-property:GET /datasets#/data"]);
    let run = |arguments: &[&str]| {
        Run::of(&live.program("try-finding").arg("try").args(arguments).output().unwrap())
    };
    let tried = run(&["GET /datasets"]);
    assert_eq!(tried.code, Some(1), "{}{}", tried.stdout, tried.stderr);
    let place = Regex::new(
        r"error missing-required in response 200 application/json\n +/data +1 of 1  datasets\.yaml:\d+\n",
    );
    assert!(place.unwrap().is_match(&tried.stdout), "{}", tried.stdout);
    assert!(tried.stdout.ends_with("\nFAILED · 1 finding\n"), "{}", tried.stdout);
    let verbose = run(&["GET /datasets", "-v"]);
    let source = Regex::new(r"\n    source +\S+datasets\.yaml:\d+:\d+ · ").unwrap();
    assert!(source.is_match(&verbose.stdout), "{}", verbose.stdout);
}

#[test]
fn what_the_user_names_is_changed_at_his_word_alone() {
    let live = Live::start(&[]);
    let run = |arguments: &[&str]| {
        let mut command = live.program("try-named");
        std::fs::write(
            command.get_current_dir().unwrap().join("dify-contract.toml"),
            format!(
                "[targets.mock]\nbase-url = \"{}\"\nallow = \"disrupt\"\n[targets.mock.keys]\n\
                 knowledge = {{ env = \"DIFY_KNOWLEDGE_KEY\" }}\n",
                live.mock.base_url()
            ),
        )
        .unwrap();
        Run::of(&command.arg("try").args(arguments).output().unwrap())
    };
    let ids = |text: &str| {
        Regex::new(r#""id": "([^"]+)""#).unwrap().captures(text).map(|c| c[1].to_owned())
    };
    let list = run(&["GET /datasets"]);
    let id = ids(&list.stdout).unwrap_or_else(|| panic!("{}{}", list.stdout, list.stderr));
    let named = format!("dataset_id={id}");
    let delete = ["DELETE /datasets/{dataset_id}", "-p", &named];
    // What the file allows is not said of this thing.
    for more in [&[][..], &["--allow", "read"][..]] {
        let refused = run(&[&delete[..], more].concat());
        assert_eq!((refused.code, refused.stdout.as_str()), (Some(2), ""), "{}", refused.stderr);
    }
    let deleted =
        |exchange: &dify_contract::exchange::Exchange| exchange.request.method == "DELETE";
    assert!(!live.seen().iter().any(deleted));
    let refused = run(&delete);
    insta::assert_snapshot!("try-named", refused.stderr.replace(&id, "ID"));
    // Reads need no word, and a thing of the run's own is changed without one.
    assert_eq!(run(&["GET /datasets/{dataset_id}", "-p", &named]).code, Some(0));
    let own = run(&["PATCH /datasets/{dataset_id}"]);
    assert_eq!(own.code, Some(0), "{}{}", own.stdout, own.stderr);
    let allowed = run(&[&delete[..], &["--allow", "write"]].concat());
    assert_eq!(allowed.code, Some(0), "{}{}", allowed.stdout, allowed.stderr);
    let said = format!("acts on what the run did not make: dataset {id}\n");
    assert!(allowed.stdout.contains(&said), "{}", allowed.stdout);
    assert!(live.seen().iter().any(|exchange| {
        deleted(exchange) && exchange.request.url.ends_with(&format!("/datasets/{id}"))
    }));
}

#[test]
fn no_key_is_ever_shown() {
    let live = Live::start(&[]);
    let key = live.mock.key("chat");
    let body =
        format!(r#"{{"query": "my key is {key}", "inputs": {{}}, "response_mode": "streaming"}}"#);
    for more in [vec!["-v"], vec!["--curl"], vec!["--allow", "spend", "-v"]] {
        let mut command = live.program("try-secret");
        let command = command.args(["try", "POST /chat-messages", "--key", "chat", "-d", &body]);
        let run = Run::of(&command.args(more).output().unwrap());
        let all = format!("{}{}", run.stdout, run.stderr);
        assert!(!all.contains(key) && !all.contains(&key[4..]), "{all}");
        assert!(all.contains("***") || run.code == Some(2), "{all}");
    }
}

/// A server with a chat app, whose stream goes on when it is told to.
fn staged() -> (String, std::sync::mpsc::Sender<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    let (go, gone) = channel();
    let gone = std::sync::Arc::new(std::sync::Mutex::new(gone));
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let gone = std::sync::Arc::clone(&gone);
            std::thread::spawn(move || answer(stream, &gone.lock().unwrap()));
        }
    });
    (url, go)
}

fn answer(mut stream: TcpStream, gone: &Receiver<()>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let (mut first, mut key, mut length) = (String::new(), false, 0);
    reader.read_line(&mut first).unwrap();
    for line in reader.by_ref().lines().map_while(Result::ok).take_while(|line| !line.is_empty()) {
        let line = line.to_lowercase();
        key |= line.starts_with("authorization:");
        length = line.strip_prefix("content-length: ").map_or(length, |n| n.parse().unwrap());
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let text = match (first.split(' ').nth(1).unwrap_or_default(), key) {
        (_, false) => error(401, "unauthorized"),
        ("/v1/info", _) => json(r#"{"name":"app","mode":"chat"}"#),
        ("/v1/parameters", _) => json("{}"),
        ("/v1/chat-messages", _) => {
            let head =
                "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";
            let events = [head, "data: {\"event\":\"message\",\"answer\":\"one\"}\n\n"].concat();
            let _ = stream.write_all(events.as_bytes());
            if gone.recv().is_ok() {
                let _ = stream.write_all(b"data: {\"event\":\"message_end\"}\n\n");
            }
            return;
        }
        _ => error(404, "not_found"),
    };
    let _ = stream.write_all(text.as_bytes());
}

/// Starts a stream on such a server, and reads what is shown until the first event is.
fn streaming(name: &str, url: &str) -> (Child, BufReader<std::process::ChildStdout>, String) {
    let mut command = bare(name);
    command.args(["try", "POST /chat-messages", "--allow", "spend", "--base-url", url]);
    command.args(["-d", r#"{"query":"a","inputs":{},"response_mode":"streaming"}"#]);
    command.env("DIFY_CHAT_KEY", "app-streaming").stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut shown = BufReader::new(child.stdout.take().unwrap());
    let mut text = String::new();
    while !text.contains(r#""answer":"one""#) {
        assert!(shown.read_line(&mut text).unwrap() > 0, "{text}");
    }
    (child, shown, text)
}

#[test]
fn events_are_shown_as_they_come() {
    let (url, go) = staged();
    // The second event comes once the first was shown.
    let (mut child, mut shown, _) = streaming("try-live", &url);
    go.send(()).unwrap();
    let mut rest = String::new();
    shown.read_to_string(&mut rest).unwrap();
    assert!(rest.contains(r#"{"event":"message_end"}"#), "{rest}");
    assert_eq!(child.wait().unwrap().code(), Some(1), "{rest}");
    assert!(rest.contains("missing-required"), "{rest}");
}

#[cfg(unix)]
#[test]
fn who_asks_to_end_gets_the_verdict_so_far() {
    let (url, _go) = staged();
    let (mut child, mut shown, _) = streaming("try-interrupt", &url);
    let killed =
        std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(killed.unwrap().success());
    let mut rest = String::new();
    shown.read_to_string(&mut rest).unwrap();
    assert!(rest.contains("what came until then was judged"), "{rest}");
    assert!(rest.contains("it was not read to its end"), "{rest}");
    // The event that came lacks what is required of it.
    assert_eq!(child.wait().unwrap().code(), Some(1), "{rest}");
    assert!(rest.ends_with("findings\n"), "{rest}");
}
