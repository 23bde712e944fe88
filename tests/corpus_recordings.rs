//! Real documents and recordings: how many findings each check makes there. `DIFY_CONTRACT_CORPUS`
//! names the folder that holds `specs/` and `recordings/`; without it these tests say that they
//! skip, and pass. Numbers and ids alone are kept here, nothing of the documents.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test may fail, and says why"
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use dify_contract::contract::{Contract, Overlay, Sources};
use dify_contract::run::{CheckOptions, RunResult, check_recordings};

const RECORDED: &str = "recordings/dify-1.14.2.har";
const FUZZED: &str = "recordings/dify-1.14.2-fuzzed-chat.har.gz";

/// The documents of July, those of June, and what the server tells of itself.
const DOCUMENTS: [(&str, &str); 3] = [
    ("july", "specs/dify-docs-1.16.en.json"),
    ("june", "specs/dify-docs-2026-06"),
    ("server", "specs/dify-server-1.14.2.swagger.json"),
];

/// The corpus, if there is one.
fn corpus() -> Option<PathBuf> {
    let folder = std::env::var_os("DIFY_CONTRACT_CORPUS");
    if folder.is_none() {
        println!("skipped: DIFY_CONTRACT_CORPUS is not set");
    }
    folder.map(PathBuf::from)
}

/// A contract of one document, or of all in a folder, with the overlay that is built in.
fn contract(path: &Path) -> Contract {
    let mut specs = vec![path.to_path_buf()];
    if path.is_dir() {
        let files = fs::read_dir(path).expect("the folder can be read");
        let files = files.map(|file| file.expect("the folder can be read").path());
        specs = files.filter(|file| file.extension().is_some_and(|e| e == "json")).collect();
        specs.sort();
    }
    let overlay = fs::read_to_string("specs/dify.overlay.yaml").expect("the overlay is there");
    let overlay = Overlay::parse("specs/dify.overlay.yaml", overlay).expect("it is an overlay");
    let specs = specs.iter().map(|spec| spec.to_string_lossy().into_owned()).collect();
    let sources = Sources { specs, optional_overlays: vec![overlay], ..Sources::default() };
    Contract::load(sources).unwrap_or_else(|problems| panic!("{problems:?}"))
}

fn judged(contract: &Contract, recording: &Path, jobs: usize) -> RunResult {
    let options = CheckOptions { jobs, ..CheckOptions::default() };
    let inputs = [recording.to_string_lossy().into_owned()];
    let result = check_recordings(contract, &inputs, &options);
    let result = result.unwrap_or_else(|problem| panic!("{problem}"));
    assert_eq!(result.inputs[0].problem_count, 0, "{:?}", result.inputs[0].problems);
    result
}

/// What was looked at, and for each check the findings, and how often they were seen.
fn numbers(result: &RunResult) -> String {
    let exchanges = &result.exchanges;
    let outside: u64 = exchanges.outside.values().sum();
    let mut text = format!(
        "exchanges {}: judged {}, undocumented {}, outside {outside}, unanswered {}\n",
        exchanges.total, exchanges.judged, exchanges.undocumented, exchanges.unanswered
    );
    let coverage = &result.coverage;
    for (name, ratio) in [
        ("operations", coverage.operations),
        ("statuses", coverage.statuses),
        ("properties", coverage.properties),
        ("events", coverage.events),
    ] {
        let _ = writeln!(text, "{name} seen {} of {}", ratio.seen, ratio.documented);
    }
    let unjudged = result.operations.iter().flat_map(|operation| &operation.unjudged);
    let _ = writeln!(text, "not judged {}", unjudged.map(|u| u.exchanges).sum::<u64>());
    let mut checks: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for finding in &result.findings {
        let numbers = checks.entry(finding.check).or_default();
        *numbers = (numbers.0 + 1, numbers.1 + finding.count);
    }
    let (findings, raw) = (result.findings.len(), result.disagreements);
    let _ = writeln!(text, "\n{:32}{:>9}{:>9}", "check", "findings", "seen");
    for (check, (findings, seen)) in checks {
        let _ = writeln!(text, "{check:32}{findings:>9}{seen:>9}");
    }
    let _ = writeln!(text, "{:32}{findings:>9}{raw:>9}", "all disagreements");
    text
}

fn snapshot(recording: &str, name: &str) {
    let Some(corpus) = corpus() else { return };
    for (document, path) in DOCUMENTS {
        let result = judged(&contract(&corpus.join(path)), &corpus.join(recording), 0);
        insta::assert_snapshot!(format!("{name}-{document}"), numbers(&result));
    }
}

#[test]
fn the_recording_of_every_operation() {
    snapshot(RECORDED, "recorded");
}

#[test]
fn the_recording_of_odd_input() {
    snapshot(FUZZED, "fuzzed");
}

#[test]
fn every_action_of_the_overlay_hits_in_july_and_in_june() {
    let Some(corpus) = corpus() else { return };
    for (document, path) in &DOCUMENTS[..2] {
        let contract = contract(&corpus.join(path));
        assert!(contract.notes.is_empty(), "{document}: {:?}", contract.notes);
        // It is applied only if most of it hits.
        assert!(contract.documents.iter().all(|document| document.error.is_some()), "{document}");
    }
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let Some(corpus) = corpus() else { return };
    let contract = contract(&corpus.join(DOCUMENTS[1].1));
    for recording in [RECORDED, FUZZED] {
        let told = |jobs| {
            let result = judged(&contract, &corpus.join(recording), jobs);
            serde_json::to_string(&result).expect("a result is JSON")
        };
        let alone = told(1);
        assert!(told(2) == alone && told(5) == alone, "{recording}");
    }
}

/// A finding is one cause: it has a place in the documents unless they are silent, at most three
/// samples, and a command that repeats it.
#[test]
fn findings_are_complete() {
    let Some(corpus) = corpus() else { return };
    let contract = contract(&corpus.join(DOCUMENTS[0].1));
    for recording in [RECORDED, FUZZED] {
        let result = judged(&contract, &corpus.join(recording), 0);
        for finding in &result.findings {
            let place = format!("{} {} {}", finding.check, finding.operation, finding.place);
            assert!(!finding.promised.is_empty() && !finding.seen.is_empty(), "{place}");
            assert!(finding.count >= 1 && finding.exchanges >= 1, "{place}");
            assert!(finding.samples.len() <= 3, "{place}");
            assert_eq!(finding.curl.is_some(), !finding.samples.is_empty(), "{place}");
            if let Some(source) = &finding.source {
                let nowhere = source.line == 1 && !source.pointer.is_empty();
                assert!(!nowhere, "{place}: {source:?}");
            }
        }
    }
}

/// Laws of lists, times and counts: what a real server answers keeps them, answer by answer and all
/// together.
const OF_LISTS: &[&str] = &[
    "limit-not-kept",
    "default-not-kept",
    "page-not-as-asked",
    "has-more-wrong",
    "total-wrong",
    "count-wrong",
    "listed-twice",
    "order-not-as-asked",
    "filter-not-kept",
    "wrong-time-unit",
    "time-goes-back",
    "pages-overlap",
    "pages-skip",
];

#[test]
fn a_real_server_keeps_the_laws_of_lists() {
    let Some(corpus) = corpus() else { return };
    let text = fs::read_to_string(corpus.join(RECORDED)).expect("the recording is there");
    let mut har: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    // It was made by one caller, one request after the other.
    for entry in har["log"]["entries"].as_array_mut().into_iter().flatten() {
        entry["_case"] = "all of it".into();
    }
    let whole = Path::new(env!("CARGO_TARGET_TMPDIR")).join("one-episode.har");
    fs::write(&whole, har.to_string()).expect("the folder for tests can be written");
    for (document, path) in DOCUMENTS {
        let contract = contract(&corpus.join(path));
        for recording in [whole.clone(), corpus.join(FUZZED)] {
            let result = judged(&contract, &recording, 0);
            let found = result.findings.iter().filter(|finding| OF_LISTS.contains(&finding.check));
            let found: Vec<String> =
                found.map(|finding| format!("{} {}", finding.check, finding.operation)).collect();
            assert!(found.is_empty(), "{document}, {}: {found:#?}", recording.display());
        }
    }
}
