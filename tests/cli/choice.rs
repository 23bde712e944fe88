//! `run`: what is chosen to be tried, and how it is told.

use super::Run;
use super::live::{Live, bare};

/// The path of a file among the data.
fn data(name: &str) -> String {
    format!("{}/tests/cli/data/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn run(test: &str, arguments: &[&str]) -> Run {
    Run::of(&bare(test).arg("run").args(arguments).output().unwrap())
}

#[test]
fn equal_names_in_two_suites_are_names_of_two_cases() {
    let (one, other) = (data("suites/one.yaml"), data("suites/other.yaml"));
    let alone = run("suite", &["--suite", &one, "--list"]);
    assert_eq!(alone.stdout, "knowledge::journey::look: test\n", "{}", alone.stderr);
    let both = run("suites", &["--suite", &one, "--suite", &other, "--list"]);
    let names = [one, other].map(|path| format!("knowledge::journey::{path}::look: test\n"));
    assert_eq!(both.stdout, names.concat(), "{}", both.stderr);
}

#[test]
fn reasons_are_told_before_anything_is_sent() {
    let live = Live::start(&[]);
    let arguments = ["run", "--dry-run", "-v", "--operation", "POST /files/upload"];
    let run = Run::of(&live.program("dry").args(arguments).output().unwrap());
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let (_, reasons) = run.stdout.split_once("\nskipped  because\n").unwrap();
    assert!(
        reasons.contains("  nothing removes what it makes: needs `--allow spend`\n"),
        "{reasons}"
    );
    // Numbers end where the words above them do.
    let lines: Vec<&str> = run.stdout.lines().take(2).collect();
    assert_eq!(lines[0].len(), lines[1].len(), "{}", run.stdout);
}

#[test]
fn no_empty_folder_stays_behind() {
    let live = Live::start(&[]);
    let mut command = live.program("no-folder");
    let here = command.get_current_dir().unwrap().to_owned();
    let run = Run::of(
        &command.args(["run", "--phase", "examples", "--operation", "GET /info"]).output().unwrap(),
    );
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    assert!(!here.join("reports").exists());
}
