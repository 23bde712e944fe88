//! `check`: exit codes, and the reports it writes.

use std::fs;
use std::io::Read;
use std::process::Stdio;

use super::{folder, program, run};

const SPEC: [&str; 2] = ["--spec", "api.json"];

#[test]
fn the_exit_code_tells_what_a_run_came_to() {
    for (recording, code, last) in [
        ("conforming.har", 0, "ok: 0 errors, "),
        ("drifted.har", 1, "FAILED: "),
        ("elsewhere.har", 3, "NOTHING JUDGED: no exchange goes to the documented API"),
    ] {
        let run = run(&[&["check", recording], &SPEC[..]].concat());
        assert_eq!(run.code, Some(code), "{recording}: {}{}", run.stdout, run.stderr);
        let verdict = run.stdout.lines().last().unwrap();
        assert!(verdict.starts_with(last), "{recording}: {verdict}");
        assert_eq!(run.stderr, "", "{recording}");
    }
}

#[test]
fn reports_are_written_where_they_were_asked_for() {
    let folder = folder("written");
    let (xml, json) = (folder.join("a/b/run.xml"), folder.join("run.json"));
    let run = run(&[
        &["check", "drifted.har", "--report", &format!("junit={}", xml.display())],
        &["--report", &format!("json={}", json.display())][..],
        &SPEC,
    ]
    .concat());
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(fs::read_to_string(xml).unwrap().starts_with("<?xml"));
    assert!(fs::read_to_string(json).unwrap().ends_with("}\n"));
}

#[test]
fn a_report_on_standard_output_is_there_alone() {
    let run = run(&[&["check", "drifted.har", "--report", "json=-"], &SPEC[..]].concat());
    assert_eq!(run.code, Some(1));
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(report["verdict"], "findings");
    let schema = serde_json::from_str(include_str!("../../reports/schema/run.schema.json"));
    jsonschema::validate(&schema.unwrap(), &report).unwrap();
    assert!(run.stderr.contains("FAILED: "), "{}", run.stderr);
}

#[test]
fn the_console_on_standard_output_is_there_once() {
    let run = run(&[&["check", "drifted.har", "--report", "console=-"], &SPEC[..]].concat());
    assert_eq!((run.stdout.matches("FAILED: ").count(), run.stderr.as_str()), (1, ""));
}

#[test]
fn a_report_that_cannot_be_written_does_not_keep_the_others() {
    let folder = folder("unwritable");
    // A file stands where a folder is needed.
    let (file, other) = (folder.join("file"), folder.join("run.json"));
    fs::write(&file, "").unwrap();
    let run = run(&[
        &["check", "drifted.har", "--report", &format!("junit={}/run.xml", file.display())],
        &["--report", &format!("json={}", other.display())][..],
        &SPEC,
    ]
    .concat());
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    assert!(run.stderr.contains("cannot write the junit report to "), "{}", run.stderr);
    assert!(run.stdout.contains("FAILED: "));
    assert!(other.exists());
}

#[test]
fn colours_are_for_those_who_want_them() {
    let check = [&["check", "drifted.har"], &SPEC[..]].concat();
    assert!(!run(&check).stdout.contains('\u{1b}'));
    assert!(run(&[&check[..], &["--color", "always"]].concat()).stdout.contains('\u{1b}'));
    let forced = program().args(&check).env("CLICOLOR_FORCE", "1").output().unwrap();
    assert!(forced.stdout.contains(&0x1b));
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let mut child = program()
        .args(["completions", "bash"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let status = child.wait().unwrap();
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert_eq!((status.code(), stderr.as_str()), (Some(0), ""));
}
