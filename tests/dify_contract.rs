//! The contract in `specs/dify`: sound in itself, true to recorded traffic, and different from the
//! published document only where we mean it to be.
//!
//! What needs real documents and recordings finds them through `DIFY_CONTRACT_CORPUS`, and says so
//! where it skips.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test may fail, and says why"
)]

use std::path::{Path, PathBuf};

use dify_contract::contract::{Contract, Overlay, Sources, lint};
use dify_contract::drift::{Difference, differences};
use dify_contract::finding::Severity;
use dify_contract::run::{CheckOptions, check_recordings};
use serde::Deserialize;

/// The kinds of difference that the comparison always sees.
const VISIBLE: &[&str] = &["added", "removed", "status", "media-type", "code", "enum"];

const SPEC: &str = "specs/dify/openapi.yaml";

/// A fault of the real server that recorded traffic shows.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct KnownFault {
    check: String,
    operation: String,
    /// A place, in which `*` stands for anything.
    place: String,
    #[expect(dead_code, reason = "for those who read the list")]
    reason: String,
}

/// A difference from the published document that is meant.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Deliberate {
    operation: String,
    place: String,
    difference: String,
    #[expect(dead_code, reason = "for those who read the list")]
    reason: String,
}

fn corpus(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("DIFY_CONTRACT_CORPUS").map(|folder| Path::new(&folder).join(name));
    if path.is_none() {
        println!("skipped: DIFY_CONTRACT_CORPUS is not set");
    }
    path
}

fn load(spec: &str) -> Contract {
    let overlay = Overlay::read("specs/dify.overlay.yaml").unwrap();
    let sources =
        Sources { specs: vec![spec.to_owned()], overlays: vec![overlay], ..Sources::default() };
    Contract::load(sources).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

fn list<T: serde::de::DeserializeOwned>(path: &Path) -> Vec<T> {
    let text = std::fs::read_to_string(path).unwrap();
    serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Whether a text fits a pattern in which `*` stands for anything.
fn fits(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = text.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[test]
fn it_describes_all_operations_and_every_overlay_action_hits() {
    let contract = load(SPEC);
    assert_eq!(contract.by_id().len(), 82);
    assert!(contract.notes.is_empty(), "{:#?}", contract.notes);
    for operation in &contract.operations {
        assert!(operation.traits.key.is_some(), "{} takes no key", operation.id);
        assert!(operation.traits.safety.is_some(), "{} has no safety", operation.id);
    }
}

#[test]
fn it_has_no_defect() {
    let defects: Vec<String> = lint::run(&load(SPEC))
        .iter()
        .map(|d| format!("{}:{} {}: {}", d.source.file, d.source.line, d.rule, d.message))
        .collect();
    assert!(defects.is_empty(), "{defects:#?}");
}

/// The server's framework answers with a page where no route fits; nothing else does.
#[test]
fn a_page_is_right_for_404_and_for_nothing_else() {
    const ID: &str = "5a3f0c52-6d1e-4b8a-9c47-0e5b2d9f1a63";
    let page = |status: u16, path: &str| {
        let headers =
            [serde_json::json!({ "name": "Content-Type", "value": "text/html; charset=utf-8" })];
        serde_json::json!({
            "startedDateTime": "2026-03-14T09:26:53.000Z",
            "time": 1,
            "request": { "method": "GET", "url": format!("https://dify.example/v1{path}"), "headers": [], "bodySize": 0 },
            "response": {
                "status": status,
                "headers": headers,
                "content": { "mimeType": "text/html", "size": 4, "text": "<p>x" },
            },
        })
    };
    let entries = [
        page(404, "/datasets/nothing"),
        page(404, &format!("/datasets/{ID}")),
        page(404, "/nowhere"),
        page(403, &format!("/datasets/{ID}")),
        page(404, "/info"),
    ];
    let log = serde_json::json!({ "log": {
        "version": "1.2", "creator": { "name": "test", "version": "1" }, "entries": entries,
    } });
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pages.har");
    std::fs::write(&path, log.to_string()).unwrap();
    let input = path.to_string_lossy().into_owned();
    let result = check_recordings(&load(SPEC), &[input], &CheckOptions::default()).unwrap();
    let found: Vec<String> = result
        .findings
        .iter()
        .filter(|finding| finding.severity > Severity::Note)
        .map(|f| format!("{} {} {}", f.check, f.operation, f.place))
        .collect();
    assert_eq!(found, ["html-error GET /datasets/{dataset_id} response 403"]);
}

#[test]
fn recorded_traffic_keeps_it_but_for_known_faults() {
    let Some(recordings) = corpus("recordings") else { return };
    let known: Vec<KnownFault> = list(Path::new("specs/dify/known-faults.yaml"));
    let contract = load(SPEC);
    let mut used = vec![false; known.len()];
    let mut unknown = Vec::new();
    for name in ["dify-1.14.2.har", "dify-1.14.2-fuzzed-chat.har.gz"] {
        let input = recordings.join(name).to_string_lossy().into_owned();
        let result = check_recordings(&contract, &[input], &CheckOptions::default()).unwrap();
        for finding in result.findings.iter().filter(|f| f.severity > Severity::Note) {
            let place = finding.place.to_string();
            let matching = known.iter().enumerate().filter(|(_, fault)| {
                fault.check == finding.check
                    && fits(&fault.operation, &finding.operation)
                    && fits(&fault.place, &place)
            });
            let matching: Vec<usize> = matching.map(|(index, _)| index).collect();
            if matching.is_empty() {
                unknown.push(format!(
                    "{} {}: {place}: {}; seen {} ({})",
                    finding.operation,
                    finding.check,
                    finding.promised,
                    finding.seen,
                    finding.samples.first().map_or("", |s| s.exchange.as_str()),
                ));
            }
            for index in matching {
                used[index] = true;
            }
        }
    }
    assert!(unknown.is_empty(), "{} unknown: {unknown:#?}", unknown.len());
    let idle: Vec<_> = known.iter().zip(&used).filter(|(_, used)| !**used).collect();
    assert!(idle.is_empty(), "these faults no longer show: {idle:#?}");
}

#[test]
fn it_differs_from_the_published_document_only_where_we_mean_it() {
    let Some(published) = corpus("specs/dify-docs-1.16.en.json") else { return };
    let mut deliberate: Vec<Deliberate> = Vec::new();
    let mut files: Vec<_> = std::fs::read_dir("specs/dify/differences")
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    for file in files {
        deliberate.extend(list::<Deliberate>(&file));
    }
    let found = differences(&load(&published.to_string_lossy()), &load(SPEC));
    let unlisted: Vec<_> =
        found.iter().filter(|d| !deliberate.iter().any(|entry| covers(entry, d))).collect();
    assert!(unlisted.is_empty(), "{} unlisted: {unlisted:#?}", unlisted.len());
    let idle: Vec<_> = deliberate
        .iter()
        // Of what values may be, the comparison sees only a part.
        .filter(|entry| VISIBLE.contains(&entry.difference.as_str()))
        .filter(|entry| !found.iter().any(|difference| covers(entry, difference)))
        .collect();
    assert!(idle.is_empty(), "these differences are gone: {idle:#?}");
}

/// Whether an entry of the list speaks of a difference.
fn covers(entry: &Deliberate, difference: &Difference) -> bool {
    let kind = match entry.difference.as_str() {
        "status" | "media-type" => matches!(difference.kind, "added" | "removed"),
        kind => kind == difference.kind,
    };
    let place = &difference.place;
    // Entries leave out the media type, and that a parameter is one.
    let is_media_type = |word: &&str| word.contains('/') && !word.starts_with(['/', '[', '{']);
    let brief: Vec<&str> =
        place.split(' ').filter(|word| !is_media_type(word) && *word != "parameter").collect();
    kind && fits(&entry.operation, &difference.operation)
        && (fits(&entry.place, place) || fits(&tight(&entry.place), &tight(&brief.join(" "))))
}

/// A place without the space before the items of a list that is the value as a whole.
fn tight(place: &str) -> String {
    place.replace(" []", "[]")
}
