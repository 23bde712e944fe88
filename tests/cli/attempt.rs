//! `try` on the embedded mock.

use super::{Run, folder, program, run};

/// Runs `try` in an empty folder, where nothing is configured.
fn attempt(name: &str, arguments: &[&str]) -> Run {
    let mut command = program();
    command.current_dir(folder(name)).arg("try").args(arguments);
    Run::of(&command.output().unwrap())
}

#[test]
fn a_read_is_filled_in_and_judged() {
    let tried = attempt("try-read", &["GET /datasets/{dataset_id}"]);
    assert_eq!(tried.code, Some(0), "{}{}", tried.stdout, tried.stderr);
    assert!(tried.stdout.contains("\n200 in "), "{}", tried.stdout);
    assert!(tried.stdout.ends_with("the answer is as documented\n"), "{}", tried.stdout);
}

#[test]
fn a_stream_is_shown_by_its_events() {
    let body = r#"{"query":"hi","inputs":{},"response_mode":"streaming","user":"u"}"#;
    let tried = attempt("try-stream", &["POST /chat-messages", "--key", "chat", "-d", body]);
    assert_eq!(tried.code, Some(0), "{}{}", tried.stdout, tried.stderr);
    assert!(tried.stdout.contains(r#" ms  {"event":"message_end""#), "{}", tried.stdout);
}

#[test]
fn wrong_wishes_say_what_to_do() {
    for (arguments, says) in [
        (vec!["try", "zzz"], "no operation has `zzz` in its name"),
        (vec!["try", "chat-messages"], "did you mean `POST /chat-messages`"),
        (vec!["try", "GET /info", "-d", "{"], "the body is not JSON"),
        (vec!["try", "GET /info", "-p", "x"], "NAME=VALUE"),
        (vec!["try", "GET /info", "--file", "a=b"], "NAME=@FILE"),
    ] {
        let wrong = run(&arguments);
        assert_eq!(wrong.code, Some(2), "{arguments:?}");
        assert!(wrong.stderr.contains(says), "{arguments:?}: {}", wrong.stderr);
    }
}
