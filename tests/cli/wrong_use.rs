//! Every wrong use says what to do, and exits with 2.

use std::fmt::Write as _;

use super::run;

/// Our own words, to the letter.
#[test]
fn wrong_use_says_what_to_do() {
    let check = ["check", "conforming.har", "--spec", "api.json"];
    let with = |more: &[&'static str]| [&check[..], more].concat();
    let uses: Vec<Vec<&str>> = vec![
        vec!["check", "--spec", "api.json"],
        with(&["--report", "xml=a.xml"]),
        with(&["--report", "a.xml"]),
        with(&["--report", "junit="]),
        with(&["--report", "junit"]),
        vec!["run", "--report", "html=a.html"],
        vec!["run", "--report", "a.har"],
        with(&["--operation", "/thingz"]),
        with(&["--report", "junit=-", "--report", "json=-"]),
        with(&["--fail-on", "nonsense"]),
        with(&["--jobs", "0"]),
        with(&["--jobs", "many"]),
        with(&["--color", "blue"]),
        with(&["--verbos"]),
        vec!["check", "conforming.har", "--spec", "missing.json"],
        vec!["check", "conforming.har", "--spec", "drifted.har"],
        vec!["run", "--shard", "4/3"],
        vec!["run", "--shard", "third"],
        vec!["run", "--shard", "1/0"],
        vec!["run", "--seed", "abc"],
        vec!["run", "--jobs", "0"],
        vec!["run", "--cases", "-1"],
        vec!["run", "--max-model-calls", "many"],
        vec!["run", "--suite", "a.yaml", "--phase", "examples"],
        vec!["run", "--suite", "suites/empty.yaml"],
        vec!["run", "--suite", "suites/list.yaml"],
        vec!["run", "--suite", "suites/one.yaml", "--suite", "./suites/one.yaml"],
        vec!["mock", "--listen", "localhost"],
        vec!["mock", "--listen", "localhost:http"],
        vec!["mock", "--port", "70000"],
        vec!["mock", "--fault", "null-property:GET /info#/nope"],
        vec!["mock", "--fault", "null-property:GET /info#/nam"],
        vec!["cleanup", "cut.ledger", "--allow", "write"],
        vec!["cleanup", "api.json"],
        vec!["cleanup", "cut.ledger"],
        vec!["report"],
        vec!["report", "merge"],
        vec!["report", "merge", "api.json"],
        vec!["report", "merge", "cut.ledger"],
        vec!["report", "merge", "few.yaml", "missing.json"],
        vec!["spec", "lint"],
        vec!["spec", "lint", "missing.json"],
        vec!["spec", "show", "thingz", "--spec", "api.json"],
        vec!["spec", "show", "things", "--spec", "api.json"],
        vec!["list"],
        vec!["list", "checkz"],
        vec!["explain"],
        vec!["completions", "cmd"],
        vec!["chekc"],
    ];
    let mut texts = String::new();
    for arguments in uses {
        let run = run(&arguments);
        assert_eq!(run.code, Some(2), "{arguments:?}: {}", run.stderr);
        assert_eq!(run.stdout, "", "{arguments:?}");
        writeln!(texts, "$ dify-contract {}\n{}", arguments.join(" "), run.stderr).unwrap();
    }
    insta::assert_snapshot!(texts);
}

#[test]
fn an_unknown_check_is_like_a_known_one() {
    for list in ["checks", "rules"] {
        let known = run(&["list", list]).stdout;
        let id = known.split_whitespace().next().unwrap();
        let mistyped = &id[..id.len() - 1];
        let wrong = run(&["explain", mistyped]);
        assert_eq!(wrong.code, Some(2));
        let message = format!("error: there is no check, rule or fault `{mistyped}`");
        assert!(wrong.stderr.starts_with(&message), "{}", wrong.stderr);
        assert!(wrong.stderr.contains(&format!("`{id}`")), "{}", wrong.stderr);
    }
    let wrong = run(&["explain", "zzz"]);
    assert!(wrong.stderr.contains("list checks"), "{}", wrong.stderr);
}

#[test]
fn an_overlay_that_is_not_there_is_named() {
    let run = run(&["list", "operations", "--spec", "api.json", "--overlay", "missing.yaml"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""));
    assert!(run.stderr.starts_with("error: cannot read missing.yaml: there is no such file"));
}

#[test]
fn a_recording_that_is_none_is_named() {
    for (recording, words) in [("missing.har", "missing.har"), ("api.json", "HAR")] {
        let run = run(&["check", recording, "--spec", "api.json"]);
        assert_eq!(run.code, Some(2), "{}", run.stderr);
        let all = format!("{}{}", run.stdout, run.stderr);
        assert!(all.contains(recording) && all.contains(words), "{all}");
    }
}

#[test]
fn what_acts_on_a_terminal_is_shown_instead() {
    let run = run(&["explain", "\u{1b}[31mred"]);
    assert!(run.stderr.contains("\\u{1b}[31mred") && !run.stderr.contains('\u{1b}'));
}
