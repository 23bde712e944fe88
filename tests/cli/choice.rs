//! `run`: what is chosen to be tried, and how it is told.

use super::Run;
use super::live::bare;

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
