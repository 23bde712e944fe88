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
#[cfg(target_os = "linux")]
fn a_report_that_cannot_be_written_does_not_keep_the_others() {
    let other = folder("full").join("run.json");
    let run = run(&[
        // Only writing tells that there is no room.
        &["check", "drifted.har", "--report", "junit=/dev/full"],
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
fn a_path_that_no_report_can_have_is_refused_before_anything_is_done() {
    let folder = folder("unwritable");
    // A file stands where a folder is needed.
    let file = folder.join("file");
    fs::write(&file, "").unwrap();
    let (file, here) = (file.display(), folder.display());
    for (report, words) in [
        (format!("junit={file}/run.xml"), "the junit report to "),
        (format!("json={here}"), "it is a folder, not a file\n  help: name a file"),
        (format!("json={here}/new/deep/../../file/run.json"), "the json report to "),
    ] {
        for command in [&["check", "drifted.har"][..], &["run", "--list"]] {
            let run = run(&[command, &["--report", &report], &SPEC].concat());
            assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{report}: {}", run.stderr);
            assert!(run.stderr.contains("error: cannot write "), "{report}: {}", run.stderr);
            assert!(run.stderr.contains(words), "{report}: {}", run.stderr);
        }
    }
    let run = run(&["run", "--report", &format!("har={here}")]);
    assert!(run.stderr.contains("cannot write the har recording to "), "{}", run.stderr);
}

#[test]
fn two_reports_have_two_paths() {
    let folder = folder("twice");
    let path = folder.join("s.x");
    let (json, junit) = (format!("json={}", path.display()), format!("junit={}", path.display()));
    let har = format!("har={}/./s.x", folder.display());
    let check = run(
        &[&["check", "drifted.har", "--report", &json, "--report", &junit], &SPEC[..]].concat()
    );
    let message = format!("error: two reports cannot both be {}: json and junit\n", path.display());
    assert!(check.stderr.starts_with(&message), "{}", check.stderr);
    let more = run(&["run", "--report", &json, "--report", &har]);
    assert!(more.stderr.contains(": json and har\n  help: give each report a path of its own"));
    assert_eq!(
        (check.code, more.code, check.stdout + &more.stdout),
        (Some(2), Some(2), String::new())
    );
    assert!(!path.exists());
}

#[test]
fn to_look_whether_a_report_can_be_written_leaves_nothing_behind() {
    let folder = folder("tried");
    let kept = folder.join("kept.json");
    fs::write(&kept, "as it was").unwrap();
    let reports =
        [format!("json={}", kept.display()), format!("junit={}/a/b/c.xml", folder.display())];
    let wrong = ["check", "missing.har", "--report", &reports[0], "--report", &reports[1]];
    assert_eq!(run(&[&wrong[..], &SPEC].concat()).code, Some(2));
    assert_eq!(fs::read_to_string(kept).unwrap(), "as it was");
    assert!(!folder.join("a").exists());
}

#[test]
fn an_operation_that_the_recording_does_not_have_is_not_judged() {
    for (operation, code, last) in [
        ("GET /things", 0, "ok: 0 errors, "),
        ("DELETE", 3, "NOTHING JUDGED: no exchange is with an operation that was chosen"),
    ] {
        let check = ["check", "conforming.har", "--operation", operation];
        let run = run(&[&check[..], &SPEC].concat());
        assert_eq!(run.code, Some(code), "{operation}: {}{}", run.stdout, run.stderr);
        let verdict = run.stdout.lines().last().unwrap();
        assert!(verdict.starts_with(last), "{operation}: {verdict}");
    }
    let help = run(&["run", "--help"]).stdout;
    assert!(help.contains("  junit    ") && help.contains("  har      all exchanges"), "{help}");
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
