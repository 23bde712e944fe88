//! Which cases a run tries, what it says of itself, and that it does not begin with what cannot work.

use std::io::Read;
use std::process::{Command, Stdio};

use super::Run;
use super::live::{Live, bare};
use super::traces::state;

fn run(command: &mut Command, arguments: &[&str]) -> Run {
    Run::of(&command.args(arguments).output().unwrap())
}

/// A text without its line ends.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Nothing but questions about the target was sent.
fn asked_only(live: &Live) {
    let seen = live.seen();
    assert!(seen.iter().all(|exchange| exchange.request.method == "GET"));
    assert!(seen.len() < 60, "{}", seen.len());
}

/// How many requests made something, and how many removed something.
fn made_and_removed(live: &Live) -> (usize, usize) {
    let seen = live.seen();
    let done = |method: &str| {
        let of = seen.iter().filter(|exchange| exchange.request.method == method);
        of.filter(|e| e.response.as_ref().is_some_and(|response| response.status < 300)).count()
    };
    (done("POST"), done("DELETE"))
}

#[test]
fn a_wrong_key_among_right_ones_ends_the_run() {
    let live = Live::start(&[]);
    let mut program = live.program("choice-wrong-key");
    program.env("DIFY_CHAT_KEY", "app-aaaaaaaaaaaaaaaaaaaaaaaa");
    let ended = run(&mut program, &["run", "--seed", "1"]);
    assert_eq!(ended.code, Some(2), "{}", ended.stdout);
    let told = "error: DIFY_CHAT_KEY holds no key that this server accepts";
    assert!(ended.stderr.contains(told), "{}", ended.stderr);
    assert!(ended.stderr.contains("help: copy the key again"), "{}", ended.stderr);
    asked_only(&live);
}

#[test]
fn a_key_in_the_wrong_variable_ends_the_run() {
    let live = Live::start(&[]);
    let mut program = live.program("choice-misplaced-key");
    program.env("DIFY_CHAT_KEY", live.mock.key("workflow"));
    let ended = run(&mut program, &["run", "--seed", "1"]);
    assert_eq!(ended.code, Some(2), "{}", ended.stdout);
    assert!(ended.stderr.contains("error: DIFY_CHAT_KEY holds the key of a workflow"));
    assert!(ended.stderr.contains("help: put it into DIFY_WORKFLOW_KEY"), "{}", ended.stderr);
    asked_only(&live);
}

#[test]
fn a_dry_run_counts_what_is_chosen() {
    let case = "chat::GET /info::examples::plain";
    let counted = run(&mut bare("choice-dry"), &["run", "--dry-run", "--exact", case]);
    assert_eq!(counted.code, Some(0), "{}", counted.stderr);
    assert!(counted.stdout.contains("\n1 cases, 0 of them write"), "{}", counted.stdout);
}

#[test]
fn a_choice_of_nothing_is_told() {
    for (arguments, told, help) in [
        (&["--skip", "::"][..], "`--skip` leaves no case", "`dify-contract run --list` shows"),
        (&["GET /infoo"], "no case has `GET /infoo` in its name", "run --list` shows"),
        (
            &["--phase", "stateful", "--operation", "GET /site"],
            "there is nothing to try",
            "`--phase` and `--operation` leave no case together",
        ),
    ] {
        for mode in [&[][..], &["--list"], &["--dry-run"]] {
            let arguments = [&["run"], arguments, mode].concat();
            let ended = run(&mut bare("choice-nothing"), &arguments);
            assert_eq!(ended.code, Some(2), "{arguments:?}: {}", ended.stdout);
            assert!(ended.stderr.contains(&format!("error: {told}\n")), "{}", ended.stderr);
            assert!(ended.stderr.contains(help), "{}", ended.stderr);
        }
    }
    let ended = run(&mut bare("choice-exact"), &["run", "--exact"]);
    assert_eq!(ended.code, Some(2));
}

#[test]
fn a_run_says_how_it_is_repeated() {
    let arguments = ["run", "--seed", "3", "--timeout", "9s", "--max-model-calls", "7"];
    let chosen = ["--skip", "boundary", "GET /info::"];
    let ended = run(&mut bare("choice-again"), &[&arguments[..], &chosen].concat());
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let told = words(&ended.stdout);
    let command = "dify-contract run --seed 3 --timeout 9000ms --max-model-calls 7";
    let all = format!("again {command} --skip boundary 'GET /info::' one alone");
    assert!(told.contains(&all), "{}", ended.stdout);
    let alone = format!("one alone {command} --exact 'CASE'");
    assert!(told.contains(&alone), "{}", ended.stdout);
}

#[test]
fn a_run_in_which_all_is_skipped_says_so() {
    let live = Live::start(&[]);
    let mut program = live.program("choice-skipped");
    let ended = run(&mut program, &["run", "--seed", "1", "POST /datasets::examples"]);
    assert_eq!(ended.code, Some(3), "{}{}", ended.stdout, ended.stderr);
    assert!(ended.stdout.contains("NOTHING JUDGED: "), "{}", ended.stdout);
    assert!(ended.stdout.contains("skipped, for the reasons above"), "{}", ended.stdout);
}

#[test]
fn what_another_key_has_made_is_removed_with_that_key() {
    let live = Live::start(&[]);
    let arguments = ["run", "--seed", "1", "--allow", "spend", "--max-model-calls", "0"];
    let mut program = live.program("choice-other-key");
    let ended =
        run(&mut program, &[&arguments[..], &["POST /apps/annotations::protocol"]].concat());
    assert_eq!(ended.code, Some(0), "{}{}", ended.stdout, ended.stderr);
    let (made, removed) = made_and_removed(&live);
    assert!(made > 0);
    assert_eq!(made, removed);
}

#[cfg(unix)]
#[test]
fn a_run_that_nobody_reads_removes_what_it_made() {
    let live = Live::start(&[]);
    let before = state(&live);
    let mut program = live.program("choice-unread");
    program.args(["run", "--seed", "1", "--allow", "write", "--operation", "POST /datasets"]);
    program.args(["--format", "json"]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = program.spawn().unwrap();
    // A few lines, and then nobody reads any more.
    child.stdout.take().unwrap().read_exact(&mut [0; 100]).unwrap();
    let mut told = String::new();
    child.stderr.take().unwrap().read_to_string(&mut told).unwrap();
    let code = child.wait().unwrap().code();
    assert!(!told.contains("panicked"), "{told}");
    assert_eq!(code, Some(2), "{told}");
    assert!(told.contains("INCOMPLETE: "), "{told}");
    assert!(made_and_removed(&live).0 > 0);
    assert_eq!(before, state(&live));
}
