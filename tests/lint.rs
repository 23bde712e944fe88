//! Every rule on every fixture: only the listed ones may report, and what they report is pinned.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may fail, and says why")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};

use dify_contract::contract::lint::{self, Defect};
use dify_contract::contract::{Contract, Overlay, Sources};

const FOLDER: &str = "tests/fixtures/lint";

fn fixtures() -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(FOLDER)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "yaml"))
        .filter(|path| !path.to_string_lossy().ends_with(".overlay.yaml"))
        .collect();
    paths.sort();
    paths
}

fn defects(path: &Path) -> Vec<Defect> {
    let overlay = path.with_extension("overlay.yaml");
    let overlays = if overlay.exists() {
        vec![Overlay::read(overlay.to_str().unwrap()).unwrap()]
    } else {
        Vec::new()
    };
    let specs = vec![path.to_str().unwrap().to_owned()];
    let contract = Contract::load(Sources { specs, overlays, ..Sources::default() })
        .unwrap_or_else(|problems| panic!("{}: {problems:?}", path.display()));
    assert!(contract.notes.is_empty(), "{}: {:?}", path.display(), contract.notes);
    lint::run(&contract)
}

/// The rules in the fixture's `# expect:` line, with how often each reports.
fn expected(path: &Path) -> BTreeMap<String, usize> {
    let text = std::fs::read_to_string(path).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix("# expect: ")).unwrap();
    line.split(", ")
        .filter(|entry| *entry != "nothing")
        .map(|entry| match entry.split_once(" x") {
            Some((rule, times)) => (rule.to_owned(), times.parse().unwrap()),
            None => (entry.to_owned(), 1),
        })
        .collect()
}

#[test]
fn only_the_listed_rules_report() {
    let mut wrong = String::new();
    for path in fixtures() {
        let found = defects(&path);
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for defect in &found {
            *counts.entry(defect.rule.to_owned()).or_default() += 1;
        }
        if counts != expected(&path) {
            writeln!(wrong, "{}: {counts:?}, expected {:?}", path.display(), expected(&path))
                .unwrap();
            for defect in found {
                writeln!(wrong, "    {} {}", defect.rule, defect.message).unwrap();
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn every_rule_has_a_faulty_and_a_sound_fixture() {
    for rule in lint::rules() {
        let path = |kind: &str| Path::new(FOLDER).join(format!("{}.{kind}.yaml", rule.id));
        assert!(expected(&path("faulty")).contains_key(rule.id), "{}", rule.id);
        assert!(expected(&path("sound")).is_empty(), "{}", rule.id);
    }
}

#[test]
fn what_is_reported() {
    let mut text = String::new();
    for path in fixtures() {
        let found = defects(&path);
        if !found.is_empty() {
            writeln!(text, "{}", path.file_name().unwrap().to_string_lossy()).unwrap();
        }
        for Defect { rule, severity, place, message, source, .. } in found {
            let (line, column) = (source.line, source.column);
            writeln!(text, "  {line}:{column} {severity} {rule} in {place}\n    {message}")
                .unwrap();
        }
    }
    insta::assert_snapshot!(text);
}

/// The list of rules, the files and the ids are the same names.
#[test]
fn every_file_is_a_rule_of_its_name() {
    let files: BTreeSet<String> = std::fs::read_dir("src/contract/lint/rules")
        .unwrap()
        .filter_map(|entry| entry.unwrap().path().file_stem()?.to_str().map(str::to_owned))
        .filter(|name| name != "mod")
        .map(|name| name.replace('_', "-"))
        .collect();
    let ids: BTreeSet<String> = lint::rules().map(|rule| rule.id.to_owned()).collect();
    assert_eq!(files, ids);
    for rule in lint::rules() {
        assert!(std::ptr::eq(lint::rule(rule.id).unwrap(), rule));
        for text in [rule.title, rule.what, rule.why, rule.example, rule.remedy] {
            assert!(!text.is_empty() && !text.contains("  "), "{}: {text}", rule.id);
        }
    }
    assert!(lint::rule("no-such-rule").is_none());
}
