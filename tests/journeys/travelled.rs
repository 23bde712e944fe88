//! Suites that are travelled on the mock.

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

/// What came of a run.
struct Told {
    code: Option<i32>,
    result: Value,
    stderr: String,
}

/// Where the reports of a test are.
fn folder(test: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("journeys").join(test)
}

/// Runs the journeys of a fixture on the embedded mock, with a recording, which is judged again.
fn run(suite: &str, test: &str, more: &[&str]) -> Told {
    let folder = folder(test);
    std::fs::create_dir_all(&folder).unwrap();
    let path = |name: &str| folder.join(name).to_string_lossy().into_owned();
    let (json, har, again) = (path("run.json"), path("run.har"), path("check.json"));
    let program = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dify-contract"));
        command.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/suites"));
        for variable in ["DIFY_BASE_URL", "DIFY_API_KEY"] {
            command.env_remove(variable);
        }
        command
    };
    let output = program()
        .args(["run", "--seed", "1", "--suite", &format!("{suite}.arazzo.yaml")])
        .args(["--report", &format!("json={json}"), "--report", &format!("har={har}")])
        .args(more)
        .output()
        .unwrap();
    let read = |path: &str| -> Value {
        serde_json::from_slice(&std::fs::read(path).unwrap_or_default()).unwrap_or_default()
    };
    let result = read(&json);
    let checked =
        program().args(["check", &har, "--report", &format!("json={again}")]).output().unwrap();
    assert_eq!(checked.stderr.as_slice(), b"", "{}", String::from_utf8_lossy(&checked.stderr));
    assert_eq!(findings(&read(&again)), findings(&result), "the recording tells something else");
    Told {
        code: output.status.code(),
        result,
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// The findings, each in a line.
fn findings(result: &Value) -> Vec<String> {
    let text = |finding: &Value, pointer: &str| {
        finding.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let all = result.pointer("/findings").and_then(Value::as_array);
    let line = |finding: &Value| {
        format!(
            "{} | {} | {} | promised {} | seen {} | {}:{}",
            text(finding, "/check"),
            text(finding, "/operation"),
            text(finding, "/place"),
            text(finding, "/promised"),
            // What is new has another name in each run.
            text(finding, "/seen").split(" is [").next().unwrap_or_default(),
            text(finding, "/source/file"),
            finding.pointer("/source/line").unwrap_or(&Value::Null),
        )
    };
    all.into_iter().flatten().map(line).collect()
}

fn skipped(result: &Value) -> Vec<String> {
    let all = result.pointer("/run/skipped").and_then(Value::as_array);
    let reason = |skip: &Value| skip["reason"].as_str().unwrap_or_default().to_owned();
    all.into_iter().flatten().map(reason).collect()
}

#[test]
fn everything_that_a_suite_can_do_is_done() {
    let told = run("features", "all", &[]);
    assert_eq!(findings(&told.result), [""; 0], "{}", told.stderr);
    assert_eq!(skipped(&told.result), ["no node of the app waits for a person"]);
    assert_eq!(told.result["run"]["passed"], 4, "{}", told.result["run"]);
    assert_eq!(told.result["run"]["leftovers"].as_array().map(Vec::len), Some(0));
    assert_eq!(told.code, Some(0), "{}", told.stderr);
}

#[test]
fn the_wire_bears_what_a_suite_says() {
    let told = run("features", "wire", &["--exact", "chat::journey::forms-and-files"]);
    assert_eq!(told.code, Some(0), "{}", told.stderr);
    let har = std::fs::read_to_string(folder("wire").join("run.har")).unwrap();
    assert!(!har.contains("x-contract-step"), "the mark of a step is not sent");
    assert!(har.contains("\"_case\":\"chat::journey::forms-and-files\""));
}

#[test]
fn a_step_that_fails_is_a_finding_at_its_line() {
    let told = run("failing", "failing", &["--skip", "in-a-circle"]);
    assert_eq!(told.code, Some(1), "{}", told.stderr);
    let findings = findings(&told.result).join("\n");
    // What the run calls things depends on it.
    let findings = regex::Regex::new("dc-[0-9a-f]{8}").unwrap().replace_all(&findings, "dc-mark");
    insta::assert_snapshot!(findings);
    let skipped = skipped(&told.result);
    assert_eq!(skipped.len(), 1, "{skipped:?}");
    let (head, tail) = skipped[0].split_once('`').unwrap();
    assert_eq!(head, "DELETE /datasets/{dataset_id} would change the dataset ");
    assert!(tail.ends_with("which the journey has not made"), "{tail}");
    // What was made is removed all the same.
    assert_eq!(told.result["run"]["leftovers"].as_array().map(Vec::len), Some(0));
}

#[test]
fn a_suite_that_does_not_end_is_ended_and_is_no_success() {
    let told = run("failing", "circle", &["--exact", "knowledge::journey::in-a-circle"]);
    assert_eq!(findings(&told.result), [""; 0]);
    let skipped = skipped(&told.result);
    assert_eq!(skipped.len(), 1, "{skipped:?}");
    assert!(skipped[0].contains("step limit of 1000"), "{skipped:?}");
    assert_eq!(told.code, Some(2), "{}", told.stderr);
}
