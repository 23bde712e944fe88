//! The built-in journeys: that all files are there, that they reach every operation, and that other
//! runners of Arazzo can read them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use dify_contract::contract::{Contract, Overlay, Sources};
use dify_contract::plan::journeys::{Journey, Suite, builtin};
use dify_contract::suites::FILES;
use dify_contract::target::Vocabulary;
use regex::Regex;
use serde_json::Value;

fn suites() -> (Contract, Vec<Arc<Suite>>) {
    let specs = vec!["specs/dify/openapi.yaml".to_owned()];
    let overlays = vec![Overlay::read("specs/dify.overlay.yaml").unwrap()];
    let contract = Contract::load(Sources { specs, overlays, ..Sources::default() }).unwrap();
    let vocabulary = Vocabulary::of(&contract).unwrap();
    let suites = builtin(&contract, &vocabulary).unwrap();
    (contract, suites.into_iter().map(Arc::new).collect())
}

#[test]
fn every_file_is_part_of_the_program_and_told_of() {
    let entries = std::fs::read_dir("suites").unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let there: BTreeSet<String> = names.filter(|name| name.ends_with(".arazzo.yaml")).collect();
    let known: BTreeSet<String> = FILES.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(there, known);
    let readme = std::fs::read_to_string("suites/README.md").unwrap();
    for name in &there {
        let row = format!("| `{}` |", name.trim_end_matches(".arazzo.yaml"));
        assert!(readme.contains(&row), "{name} is not in suites/README.md");
    }
}

#[test]
fn together_they_reach_every_operation() {
    let (contract, suites) = suites();
    let mut reached = BTreeSet::new();
    for suite in &suites {
        for number in 0..suite.workflows.len() {
            reached.extend(Journey::of(suite, number).operations);
        }
    }
    let missing: Vec<&str> = contract
        .operations
        .iter()
        .enumerate()
        .filter(|(number, _)| !reached.contains(number))
        .map(|(_, operation)| operation.id.as_str())
        .collect();
    assert_eq!(missing, Vec::<&str>::new());
    assert_eq!(reached.len(), 82);
}

#[test]
fn there_are_journeys_without_any_model() {
    let (contract, suites) = suites();
    let mut reached = BTreeSet::new();
    for suite in &suites {
        for (number, workflow) in suite.workflows.iter().enumerate() {
            if workflow.free {
                reached.extend(Journey::of(suite, number).operations);
            }
        }
    }
    let ids: Vec<&str> =
        reached.iter().map(|number| contract.operations[*number].id.as_str()).collect();
    for needed in [
        "POST /datasets/{dataset_id}/document/create-by-text",
        "POST /datasets/{dataset_id}/retrieve",
    ] {
        assert!(ids.contains(&needed), "{needed} is in none");
    }
}

#[test]
fn no_key_stands_in_them() {
    let key = Regex::new(r"\b(?:app|dataset)-[A-Za-z0-9]{16,}|(?i:bearer )\S").unwrap();
    for (name, text) in FILES {
        assert!(!key.is_match(text), "{name} holds a key");
    }
}

/// What other runners need, and what they do not understand alike.
#[test]
fn other_runners_can_run_them() {
    let quoted = Regex::new(r"==\s*'?\{\$").unwrap();
    let (_, suites) = suites();
    for suite in &suites {
        let mut outputs: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for workflow in &suite.workflows {
            let raw = suite.raw(workflow.at.as_str()).unwrap();
            let at = format!("{} in {}", workflow.id, suite.path);
            assert_eq!(
                raw.pointer("/x-security/0/values/token"),
                Some(&Value::from("$inputs.api_key")),
                "no place for the key: {at}"
            );
            let inputs = raw.pointer("/inputs/properties").unwrap();
            assert!(inputs.get("api_key").is_some(), "no input for the key: {at}");
            for (input, schema) in inputs.as_object().unwrap() {
                let strange = schema.as_object().unwrap().keys().find(|key| key.starts_with("x-"));
                assert_eq!(strange, None, "strict validators refuse the schema of {input}: {at}");
            }
            for step in &workflow.steps {
                let raw = suite.raw(step.at.as_str()).unwrap();
                for criterion in
                    raw.get("successCriteria").and_then(Value::as_array).into_iter().flatten()
                {
                    let condition = criterion.get("condition").and_then(Value::as_str).unwrap();
                    // Some put quotes around what they fill in.
                    assert!(!quoted.is_match(condition), "{condition}: {} of {at}", step.id);
                }
                // A linter takes the last step of a name that has outputs for all of that name.
                let names = raw.get("outputs").and_then(Value::as_object);
                let names: BTreeSet<String> =
                    names.into_iter().flatten().map(|(name, _)| name.clone()).collect();
                if !names.is_empty() {
                    let before = outputs.insert(step.id.clone(), names.clone()).unwrap_or_default();
                    assert!(before.is_subset(&names), "{} has other outputs before {at}", step.id);
                }
            }
        }
    }
}
