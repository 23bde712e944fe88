//! `doctor`: what is wrong with a server or a key is named, with what to change.

use std::fmt::Write as _;

use super::server::{HANG, Server, error, json, page, response};
use super::{Run, folder, program};

/// Runs `doctor` for a server, with these variables.
fn doctor(url: &str, variables: &[(&str, &str)], arguments: &[&str]) -> Run {
    let mut program = program();
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("DIFY_") || name.to_string_lossy().ends_with("_PROXY")
        {
            program.env_remove(name);
        }
    }
    program.arg("doctor").args(arguments).env("DIFY_BASE_URL", url).envs(variables.iter().copied());
    Run::of(&program.output().unwrap())
}

/// The text without what differs from run to run.
fn lasting(text: &str, server: &Server) -> String {
    let text = text.replace(&format!(":{}", server.port), ":PORT");
    let latency = regex::Regex::new(r"latency    \d+ ms").unwrap();
    latency.replace(&text, "latency    1 ms").into_owned()
}

/// A server with one key of each kind, and some that are refused for a reason.
fn api(line: &str, key: Option<&str>) -> String {
    let Some(path) = line.strip_prefix("GET /v1") else {
        return page(404, "<title>404 Not Found</title>");
    };
    let info = |mode: &str| json(&format!(r#"{{"name":"My {mode}","mode":"{mode}"}}"#));
    match (path, key) {
        ("/info", Some("app-off")) | ("/datasets/tags", Some("dataset-off")) => {
            error(403, "forbidden")
        }
        ("/info", Some("app-broken")) => error(500, "unknown"),
        ("/info", Some("app-hang")) => HANG.to_owned(),
        ("/info", Some("app-old")) => json(r#"{"name":"x"}"#),
        ("/info", Some("app-chat")) => info("chat"),
        ("/info", Some("app-workflow" | "app-unpublished")) => info("workflow"),
        ("/parameters", Some("app-unpublished")) => error(400, "app_unavailable"),
        ("/parameters", Some("app-chat")) => json(
            r#"{"speech_to_text":{"enabled":true},"text_to_speech":{"enabled":false},
                "suggested_questions_after_answer":{"enabled":true}}"#,
        ),
        ("/parameters", Some("app-workflow")) => json("{}"),
        ("/datasets/tags", Some("dataset-1")) => json("[]"),
        ("/datasets?limit=100", Some("dataset-1")) => {
            json(r#"{"data":[{"runtime_mode":"general"}]}"#)
        }
        (path, Some("dataset-1"))
            if path.starts_with("/workspaces/current/models/model-types/") =>
        {
            if path.ends_with("/text%2Dembedding") {
                json(r#"{"data":[{"models":[{"model":"m"}]}]}"#)
            } else {
                json(r#"{"data":[]}"#)
            }
        }
        (path, _) if KNOWN.iter().any(|known| path.starts_with(known)) => {
            error(401, "unauthorized")
        }
        _ => page(404, "<title>404 Not Found</title>"),
    }
}

const KNOWN: [&str; 4] = ["/info", "/parameters", "/datasets", "/workspaces"];

/// A small document with the whole overlay: to read all operations takes longer than to ask.
const FEW: [&str; 7] = [
    "--spec",
    "few.yaml",
    "--no-overlay",
    "--overlay",
    "../../../specs/dify.overlay.yaml",
    "--timeout",
    "500ms",
];

#[test]
fn a_sound_target_is_told_in_full() {
    let server = Server::start(api);
    let keys = [("DIFY_CHAT_KEY", "app-chat"), ("DIFY_KNOWLEDGE_KEY", "dataset-1")];
    let run = doctor(&server.url("/v1"), &keys, &["-v", "--allow", "spend"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{}", run.stdout);
    insta::assert_snapshot!(lasting(&run.stdout, &server));
    // Reads alone, and none twice but that by which the time is taken.
    insta::assert_snapshot!("requests", server.log.lock().unwrap().join("\n"));
}

#[test]
fn what_is_wrong_with_a_key_is_named() {
    let mut texts = String::new();
    for (variables, code) in [
        (vec![], 2),
        (vec![("DIFY_CHAT_KEY", "app-unknown")], 2),
        (vec![("DIFY_CHAT_KEY", "app-chat"), ("DIFY_WORKFLOW_KEY", "app-unknown")], 1),
        (vec![("DIFY_CHAT_KEY", "app-workflow")], 1),
        (vec![("DIFY_CHAT_KEY", "dataset-1")], 1),
        (vec![("DIFY_KNOWLEDGE_KEY", "app-chat")], 1),
        (vec![("DIFY_API_KEY", "dataset-1")], 0),
        (vec![("DIFY_API_KEY", "app-workflow")], 0),
        (vec![("DIFY_API_KEY", "app-unknown")], 2),
        (vec![("DIFY_CHAT_KEY", "app-off")], 2),
        (vec![("DIFY_KNOWLEDGE_KEY", "dataset-off")], 2),
        (vec![("DIFY_CHAT_KEY", "app-unknown"), ("DIFY_WORKFLOW_KEY", "app-other")], 2),
        (vec![("DIFY_WORKFLOW_KEY", "app-unpublished")], 2),
        (vec![("DIFY_CHAT_KEY", "app-broken")], 2),
        (vec![("DIFY_CHAT_KEY", "app-old")], 2),
        (vec![("DIFY_CHAT_KEY", "app-hang"), ("DIFY_WORKFLOW_KEY", "app-workflow")], 2),
    ] {
        let server = Server::start(api);
        let run = doctor(&server.url("/v1"), &variables, &FEW);
        assert_eq!(run.code, Some(code), "{variables:?}: {}{}", run.stdout, run.stderr);
        let all = lasting(&run.stdout, &server);
        // The operations are told elsewhere.
        let keys = all.split("\noperations").next().unwrap().split("\nkeys").nth(1);
        let end = all.split("\noperations").nth(1).unwrap().split("\n\n").skip(1);
        let end: Vec<&str> = end.collect();
        let keys = keys.unwrap_or_default().trim_end();
        writeln!(texts, "{variables:?}{keys}\n{}\n----------", end.join("\n\n")).unwrap();
    }
    insta::assert_snapshot!(texts);
}

/// What a server is, the path of its address, and what it answers.
type Case = (&'static str, &'static str, fn(&str, Option<&str>) -> String);

#[test]
fn what_is_wrong_with_a_server_is_named() {
    let login = |_: &str, _: Option<&str>| {
        page(200, "<title>Sign in</title><form><input type=\"password\"></form>")
    };
    let moved = |_: &str, _: Option<&str>| {
        "HTTP/1.1 307 X\r\nlocation: /signin?token=hunter2\r\ncontent-length: 0\r\n\r\n".to_owned()
    };
    let elsewhere = |_: &str, _: Option<&str>| {
        "HTTP/1.1 301 X\r\nlocation: http://new.example/v1/info\r\ncontent-length: 0\r\n\r\n"
            .to_owned()
    };
    let garbage = |_: &str, _: Option<&str>| "SSH-2.0-OpenSSH_9.9\r\n".to_owned();
    let cut = |_: &str, _: Option<&str>| {
        "HTTP/1.1 200 X\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{".to_owned()
    };
    let mut texts = String::new();
    let cases: [Case; 17] = [
        ("without the suffix", "", api),
        ("with an operation", "/v1/chat-messages", api),
        ("another path", "/v2", api),
        ("a login page", "/v1", login),
        ("a redirect to a login page", "/v1", moved),
        ("a redirect", "/v1", elsewhere),
        ("a web page", "/v1", |_, _| page(200, "<title>Welcome to nginx!</title>")),
        ("a page that says no", "/v1", |_, _| page(403, "<title>Just a moment...</title>")),
        ("a page that is not there", "/v1", |_, _| page(404, "")),
        ("a proxy without a server", "/v1", |_, _| page(502, "<title>502 Bad Gateway</title>")),
        ("a TLS port", "/v1", |_, _| {
            page(400, "<p>The plain HTTP request was sent to HTTPS port</p>")
        }),
        ("a server that fails", "/v1", |_, _| error(500, "internal_server_error")),
        ("too many requests", "/v1", |_, _| error(429, "too_many_requests")),
        ("plain text", "/v1", |_, _| response(200, "text/plain", "hello")),
        ("no HTTP", "/v1", garbage),
        ("a body that breaks off", "/v1", cut),
        ("a server that hangs", "/v1", |_, _| HANG.to_owned()),
    ];
    for (name, path, answer) in cases {
        let server = Server::start(answer);
        let keys = [("DIFY_CHAT_KEY", "app-chat")];
        let run = doctor(&server.url(path), &keys, &FEW);
        assert_eq!((run.code, run.stderr.as_str()), (Some(2), ""), "{name}: {}", run.stdout);
        assert!(!run.stdout.contains("hunter2"), "{}", run.stdout);
        // No key goes to what is no API.
        let log = server.log.lock().unwrap().join("\n");
        assert!(!log.contains("app-chat"), "{name}: {log}");
        let told = lasting(&run.stdout, &server);
        let told = told.split("\n\n").skip(1).collect::<Vec<_>>().join("\n\n");
        writeln!(texts, "{name}\n{told}\n----------").unwrap();
    }
    insta::assert_snapshot!(texts);
}

#[test]
fn a_server_that_speaks_no_tls_is_named() {
    let server = Server::start(api);
    let run = doctor(&server.url("/v1").replace("http:", "https:"), &[], &FEW);
    assert_eq!(run.code, Some(2), "{}", run.stdout);
    let there = format!("but at\n{}", server.url("/v1"));
    assert!(
        run.stdout.contains(&there) || run.stdout.contains(&there.replace('\n', " ")),
        "{}",
        run.stdout
    );
}

/// Any other API: one key, in the header that its security schemes name.
#[test]
fn another_api_is_asked_as_well() {
    let shop = |line: &str, _: Option<&str>| match line {
        "GET /books" => json("{}"),
        _ => error(404, "not_found"),
    };
    let server = Server::start(shop);
    let spec = ["--spec", "../../fixtures/bookshop/openapi.yaml", "--base-url", &server.url("")];
    let run = doctor("http://127.0.0.1:1", &[("CONTRACT_API_KEY", "key-1")], &spec);
    insta::assert_snapshot!("bookshop", lasting(&run.stdout, &server));
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
}

#[test]
fn programs_read_json() {
    let server = Server::start(api);
    let keys = [("DIFY_CHAT_KEY", "app-chat"), ("DIFY_WORKFLOW_KEY", "app-off")];
    let run = doctor(&server.url("/v1"), &keys, &["--format", "json"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(1), ""));
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(report["fitness"], "troubled");
    assert_eq!(report["server"]["version"], "1.14.2");
    assert_eq!(report["keys"][1]["state"], "switched-off");
    assert_eq!(report["operations"].as_array().unwrap().len(), 82);
    assert!(!run.stdout.contains("app-chat"), "{}", run.stdout);
}

#[test]
fn a_target_comes_from_a_file() {
    let server = Server::start(api);
    let folder = folder("doctor-file");
    let file = folder.join("targets.toml");
    let text = format!(
        "[targets.here]\nbase-url = \"{}\"\nallow = \"write\"\nkeys.chat = {{ file = \"key\" }}\n",
        server.url("/v1")
    );
    std::fs::write(&file, text).unwrap();
    std::fs::write(folder.join("key"), "app-chat\n").unwrap();
    let arguments = ["--config", file.to_str().unwrap(), "--target", "here"];
    let run = doctor("http://127.0.0.1:1", &[], &arguments);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{}", run.stdout);
    assert!(run.stdout.contains("write: also resources of its own"), "{}", run.stdout);
    assert!(run.stdout.contains("DIFY_BASE_URL is not used"), "{}", run.stdout);
}

/// What is set in the environment is not read for a target that names its keys.
#[test]
fn keys_that_a_file_names_and_nothing_holds_are_named() {
    let server = Server::start(api);
    let file = folder("doctor-unset").join("targets.toml");
    let target = format!("[targets.main]\nbase-url = \"{}\"\n", server.url("/v1"));
    let mut texts = String::new();
    for keys in ["chat = { env = \"MY_KEY\" }", "chatflow = { env = \"MY_FLOW\" }"] {
        std::fs::write(&file, format!("{target}[targets.main.keys]\n{keys}\n")).unwrap();
        let arguments = ["--config", file.to_str().unwrap(), "--target", "main"];
        let set = [("DIFY_CHAT_KEY", "app-chat"), ("DIFY_KNOWLEDGE_KEY", "dataset-1")];
        let run = doctor(&server.url("/v1"), &set, &[&arguments[..], &FEW].concat());
        assert_eq!(run.code, Some(2), "{}", run.stdout);
        let told = lasting(&run.stdout, &server);
        let told = told.split("\n\n").skip(1).collect::<Vec<_>>().join("\n\n");
        writeln!(texts, "{keys}\n{told}----------").unwrap();
    }
    insta::assert_snapshot!(texts);
}

/// Whoever names a proxy means it, for this machine, too.
#[test]
fn a_proxy_that_is_named_is_used() {
    let server = Server::start(api);
    let proxy = ["--proxy", "http://127.0.0.1:1"];
    let run =
        doctor(&server.url("/v1"), &[("DIFY_CHAT_KEY", "app-chat")], &[&proxy[..], &FEW].concat());
    assert_eq!(run.code, Some(2), "{}", run.stdout);
    assert!(run.stdout.contains("the proxy did not let us through"), "{}", run.stdout);
    assert!(server.log.lock().unwrap().is_empty());
}

/// What is the same for several keys is told once.
#[test]
fn advice_is_told_once() {
    let server = Server::start(api);
    let run = |key: &str| {
        let mut command = super::live::bare("advice");
        command.args(["try", "GET /info"]).env("DIFY_BASE_URL", server.url("/v1"));
        for name in ["DIFY_CHAT_KEY", "DIFY_AGENT_KEY", "DIFY_COMPLETION_KEY"] {
            command.env(name, key);
        }
        Run::of(&command.output().unwrap()).stderr
    };
    for (key, line, help) in [
        (
            "app-off",
            "error: what DIFY_AGENT_KEY opens is switched off (403 forbidden)\n",
            "switch the API of",
        ),
        (
            "app-none",
            "error: DIFY_AGENT_KEY holds no key that this server accepts\n",
            "copy the key again",
        ),
    ] {
        let told = run(key);
        assert!(told.contains(line), "{told}");
        assert_eq!(told.matches(help).count(), 1, "{told}");
        assert_eq!(told.matches("error: ").count(), 3, "{told}");
    }
}

#[test]
fn a_configuration_file_is_written_once() {
    let folder = folder("init");
    let init = |more: &[&str]| {
        Run::of(&program().current_dir(&folder).arg("init").args(more).output().unwrap())
    };
    let first = init(&["--base-url", "http://localhost:5001/v1"]);
    assert_eq!((first.code, first.stderr.as_str()), (Some(0), ""));
    insta::assert_snapshot!("init", first.stdout);
    let text = std::fs::read_to_string(folder.join("dify-contract.toml")).unwrap();
    assert!(text.contains("base-url = \"http://localhost:5001/v1\""), "{text}");
    let again = init(&[]);
    assert_eq!(again.code, Some(2));
    insta::assert_snapshot!("init-again", again.stderr);
    assert_eq!(init(&["--force"]).code, Some(0));
    assert_eq!(init(&["missing/a.toml"]).code, Some(2));
    assert_eq!(
        init(&["-"]).stdout,
        std::fs::read_to_string(folder.join("dify-contract.toml")).unwrap()
    );
}
