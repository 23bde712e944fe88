//! Laws over several calls: sequences against a mock that keeps them or breaks them, and the recordings
//! of a real server as one long case.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may fail, and says why")]

#[path = "support/bench.rs"]
mod bench;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;

use dify_contract::check::LAWS;
use dify_contract::exchange::{HarReader, HarWriter, Limits};
use dify_contract::finding::{Finding, Redactor};
use dify_contract::plan::{Phase, PlanOptions};
use dify_contract::run::{CheckOptions, Finished, Verdict, check_recordings};

use bench::{Bench, everything};

/// The checks that found something, with the places.
fn found(findings: &[Finding]) -> String {
    let mut text = String::new();
    for Finding { check, operation, place, promised, seen, .. } in findings {
        let _ = writeln!(text, "{check} | {operation} | {place}\n  {promised}\n  {seen}");
    }
    text
}

/// The lives of all things, and so many sequences by chance.
fn sequences(bench: &Bench, seed: u64, faults: &[&str], chances: u32) -> Finished {
    let options = PlanOptions { phases: vec![Phase::Stateful], chances, ..everything(seed) };
    bench.run(seed, faults, options)
}

#[test]
fn a_sound_server_keeps_the_laws() {
    let bench = Bench::new();
    for seed in [1, 2] {
        let finished = sequences(&bench, seed, &[], 40);
        assert_eq!(found(&finished.result.findings), "");
        let run = finished.result.run.as_ref().unwrap();
        assert!(run.passed > 60, "{} of {} passed", run.passed, run.cases);
        assert!(finished.leftovers.is_empty(), "{:?}", finished.leftovers);
    }
}

#[test]
fn each_law_is_broken_by_its_fault() {
    let bench = Bench::new();
    for (fault, law) in [
        ("created-lost:POST /datasets", "created-not-found"),
        ("created-not-listed:POST /datasets/tags", "created-not-listed"),
        ("deleted-still-there:DELETE /datasets/{dataset_id}", "deleted-still-there"),
        ("deleted-still-listed:/apps/annotations", "deleted-still-listed"),
        ("update-not-kept:PUT /apps/annotations/{annotation_id}", "written-not-read"),
        ("update-resets:PATCH /datasets/{dataset_id}", "unnamed-changed"),
        ("refused-but-changed:PATCH /datasets/{dataset_id}", "refused-write-changed"),
        ("other-value:PATCH /datasets/tags", "value-not-as-asked"),
        ("other-id:GET /datasets/{dataset_id}", "id-not-as-asked"),
    ] {
        let findings = sequences(&bench, 1, &[fault], 0).result.findings;
        let checks: BTreeSet<&str> = findings.iter().map(|finding| finding.check).collect();
        assert!(checks.contains(law), "{fault}: {}", found(&findings));
    }
}

#[test]
fn what_breaks_a_law_is_made_short() {
    let bench = Bench::new();
    let finished = sequences(&bench, 1, &["update-not-kept:PATCH /datasets/{dataset_id}"], 30);
    let steps = |verdict: &Verdict| match verdict {
        Verdict::Failed(_, Some(steps)) if steps.starts_with("the steps") => {
            Some(steps.lines().count() - 1)
        }
        _ => None,
    };
    let shortest = finished.outcomes.iter().filter_map(|outcome| steps(&outcome.verdict)).min();
    // Made, changed, and read.
    assert_eq!(shortest, Some(3));
}

/// What is known of a real server, each of it true.
const KNOWN: &[&str] = &[];

#[test]
fn a_real_server_keeps_the_laws() {
    let Ok(corpus) = std::env::var("DIFY_CONTRACT_CORPUS") else {
        println!("skipped: DIFY_CONTRACT_CORPUS is not set");
        return;
    };
    let laws: BTreeSet<&str> = LAWS.iter().map(|law| law.meta.id).collect();
    let bench = Bench::new();
    for name in ["dify-1.14.2.har", "dify-1.14.2-fuzzed-chat.har.gz"] {
        let whole = as_one_case(&format!("{corpus}/recordings/{name}"));
        let inputs = [whole.to_string_lossy().into_owned()];
        let judged = check_recordings(bench.contract, &inputs, &CheckOptions::default());
        let findings = judged.unwrap_or_else(|problem| panic!("{problem}")).findings;
        let own: Vec<Finding> = findings
            .into_iter()
            .filter(|f| laws.contains(f.check) || f.check.ends_with("-as-asked"))
            .filter(|f| f.check != "stream-not-as-asked")
            .filter(|f| !KNOWN.contains(&format!("{} {}", f.check, f.operation).as_str()))
            .collect();
        assert_eq!(found(&own), "", "{name}");
    }
}

/// The recording with all of its exchanges in one case.
fn as_one_case(path: &str) -> PathBuf {
    let limits = Limits::default();
    let redactor = Redactor::new(std::iter::empty::<String>(), &[]).unwrap();
    let reader = HarReader::open(path, &limits).unwrap_or_else(|error| panic!("{error}"));
    let mut writer = HarWriter::new(Vec::new(), ("test", "1")).unwrap();
    for entry in reader {
        let mut exchange = entry.unwrap().parse(&redactor, &limits).unwrap();
        exchange.case = Some("all".into());
        writer.write(&exchange).unwrap();
    }
    let name = std::path::Path::new(path).file_stem().unwrap().to_string_lossy().into_owned();
    let whole = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("as-one-case-{name}.har"));
    std::fs::write(&whole, writer.finish().unwrap()).unwrap();
    whole
}
