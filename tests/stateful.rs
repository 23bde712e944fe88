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
use serde_json::{Value, json};

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

/// An exchange of a case, as a HAR has it.
fn entry(
    second: usize,
    (method, path, sent): (&str, &str, Value),
    (status, answer): (u16, Value),
) -> Value {
    let base = "http://localhost/v1/datasets/7c3e33d4-2a8b-4e5f-9b1a-d3c6e8f12345/documents";
    let body = answer.to_string();
    let header = json!([{ "name": "Content-Type", "value": "application/json" }]);
    let mut request = json!({
        "method": method, "url": format!("{base}{path}"), "httpVersion": "HTTP/1.1",
        "headers": header, "queryString": [], "cookies": [], "headersSize": -1, "bodySize": -1,
    });
    if !sent.is_null() {
        request["postData"] = json!({ "mimeType": "application/json", "text": sent.to_string() });
    }
    json!({
        "startedDateTime": format!("2026-01-01T00:00:{second:02}Z"), "time": 1, "_case": "parts",
        "request": request,
        "response": {
            "status": status, "statusText": "", "httpVersion": "HTTP/1.1", "headers": header,
            "content": { "size": body.len(), "mimeType": "application/json", "text": body },
            "cookies": [], "redirectURL": "", "headersSize": -1, "bodySize": -1,
        },
        "cache": {}, "timings": { "send": 0, "wait": 1, "receive": 0 },
    })
}

#[test]
fn parts_of_what_was_made_anew_may_be_gone() {
    let bench = Bench::new();
    let document = "/0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d";
    let segment = "5d0c4e21-7f3a-4b58-9d6e-2c1b0a9f8e7d";
    let sent = json!({ "segments": [{ "content": "Moss likes water." }] });
    let made = json!({ "data": [{ "id": segment, "content": "Moss likes water." }], "doc_form": "text_model" });
    let text = json!({ "name": "Moss", "text": "Ferns like shade." });
    let gone = json!({ "code": "not_found", "message": "Gone.", "status": 404 });
    let makes = ("POST", &*format!("{document}/segments"), sent);
    let updates = ("POST", &*format!("{document}/update-by-text"), text);
    let reads = ("GET", &*format!("{document}/segments/{segment}"), Value::Null);
    let lost = |anew: bool| {
        let mut entries = vec![entry(1, makes.clone(), (200, made.clone()))];
        if anew {
            let told = json!({ "document": { "id": &document[1..] }, "batch": "1" });
            entries.push(entry(2, updates.clone(), (200, told)));
        }
        entries.push(entry(3, reads.clone(), (404, gone.clone())));
        let har = json!({ "log": { "version": "1.2", "creator": { "name": "test", "version": "1" },
            "entries": entries } });
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("parts-{anew}.har"));
        std::fs::write(&path, har.to_string()).unwrap();
        let inputs = [path.to_string_lossy().into_owned()];
        let judged = check_recordings(bench.contract, &inputs, &CheckOptions::default());
        let findings = judged.unwrap_or_else(|problem| panic!("{problem}")).findings;
        findings.iter().filter(|finding| finding.check == "created-not-found").count()
    };
    assert_eq!((lost(false), lost(true)), (1, 0));
}
