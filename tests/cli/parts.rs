//! `run --shard` and `report merge`: exit codes, and what is said of parts.

use std::path::Path;

use super::{Run, folder, run};

const SPEC: [&str; 2] = ["--spec", "api.json"];

/// A report of the recording, in a file of its own.
fn check(folder: &Path, recording: &str) -> String {
    let path = folder.join(recording).with_extension("json").display().to_string();
    run(&[&["check", recording, "--report", &format!("json={path}")], &SPEC[..]].concat());
    path
}

fn merge(reports: &[&str]) -> Run {
    run(&[&["report", "merge"], reports].concat())
}

#[test]
fn the_exit_code_of_merged_reports_is_that_of_the_whole() {
    let folder = folder("merged");
    let [good, bad, elsewhere] =
        ["conforming.har", "drifted.har", "elsewhere.har"].map(|name| check(&folder, name));
    for (reports, code, last) in [
        (vec![&*good], 0, "ok: 0 errors, "),
        (vec![&*good, &elsewhere], 0, "ok: 0 errors, "),
        (vec![&*elsewhere, &bad, &good], 1, "FAILED: "),
        (vec![&*elsewhere], 3, "NOTHING JUDGED: "),
    ] {
        let run = merge(&reports);
        assert_eq!(run.code, Some(code), "{reports:?}: {}{}", run.stdout, run.stderr);
        let verdict = run.stdout.lines().last().unwrap();
        assert!(verdict.starts_with(last), "{reports:?}: {verdict}");
    }
    let noted = merge(&[&good, "--fail-on", "note"]);
    assert_eq!(
        noted.code,
        run(&["check", "conforming.har", "--fail-on", "note", SPEC[0], SPEC[1]]).code
    );
}

#[test]
fn parts_of_a_run_are_named_and_missed() {
    let folder = folder("parts");
    let shard = |shard: &str| {
        let path = folder.join(format!("{}.json", shard.replace('/', "-"))).display().to_string();
        let report = format!("json={path}");
        let part = run(&[
            "run",
            "--seed",
            "1",
            "--operation",
            "/info",
            "--shard",
            shard,
            "--report",
            &report,
        ]);
        assert_eq!(part.code, Some(0), "{}", part.stderr);
        assert!(part.stdout.contains(&format!("--shard {shard}\n")), "{}", part.stdout);
        path
    };
    let parts: Vec<String> = (1..=4).map(|number| shard(&format!("{number}/4"))).collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let all = merge(&parts);
    assert_eq!((all.code, all.stderr.as_str()), (Some(0), ""));
    assert!(all.stdout.contains("11 cases: 11 passed, 0 failed, 0 skipped"), "{}", all.stdout);
    assert!(!all.stdout.contains("--shard"), "{}", all.stdout);
    let some = merge(&parts[..2]);
    assert_eq!(some.code, Some(2));
    assert_eq!(some.stderr, "not the whole run: no report of 3/4, 4/4\n");
    let twice = merge(&[parts[0], parts[1], parts[0]]);
    assert_eq!((twice.code, twice.stdout.as_str()), (Some(2), ""));
    assert!(twice.stderr.contains("are the same report"), "{}", twice.stderr);
}

#[test]
fn a_part_without_any_case_is_no_failure() {
    let folder = folder("empty-part");
    let one = ["run", "no-key", "--seed", "1", "--operation", "/info"];
    for (shard, cases) in [("1/2", "1 case"), ("2/2", "0 cases")] {
        let path = folder.join(format!("{}.json", &shard[..1])).display().to_string();
        let report = format!("json={path}");
        let part = run(&[&one[..], &["--shard", shard, "--report", &report]].concat());
        assert_eq!(part.code, Some(0), "{}", part.stderr);
        assert!(part.stdout.contains(&format!("{cases}: ")), "{shard}: {}", part.stdout);
    }
    let path = |name: &str| folder.join(name).display().to_string();
    assert_eq!(merge(&[&path("1.json"), &path("2.json")]).code, Some(0));
}

#[test]
fn the_cases_of_all_parts_are_those_of_the_run() {
    let list = |more: &[&str]| {
        let listed =
            run(&[&["run", "--seed", "1", "--operation", "/info", "--list"], more].concat());
        listed.stdout.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let mut parts: Vec<String> =
        ["1/2", "2/2"].iter().flat_map(|s| list(&["--shard", s])).collect();
    let mut whole = list(&[]);
    assert!(parts.len() == 11 && list(&["--shard", "1/2"]).len() < 11);
    parts.sort();
    whole.sort();
    assert_eq!(parts, whole);
}
