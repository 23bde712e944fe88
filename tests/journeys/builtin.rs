//! The suites that are part of the program.

use std::collections::BTreeSet;
use std::sync::Arc;

use dify_contract::plan::journeys::{Journey, builtin};
use dify_contract::suites;

use super::{CONTRACT, read};

#[test]
fn all_suites_are_part_of_the_program() {
    let there: BTreeSet<String> = std::fs::read_dir("suites")
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains(".arazzo."))
        .collect();
    let known: BTreeSet<String> =
        suites::FILES.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(known, there, "suites/builtin.rs on the left, suites/ on the right");
}

#[test]
fn nothing_is_wrong_with_them() {
    for (name, _) in suites::FILES {
        if let Err(problems) = read(&format!("built-in:suites/{name}")) {
            panic!("{problems}");
        }
    }
}

#[test]
fn together_they_reach_all_operations() {
    let (contract, vocabulary) = &*CONTRACT;
    let suites: Vec<_> = builtin(contract, vocabulary).unwrap().into_iter().map(Arc::new).collect();
    let journeys = suites.iter().flat_map(|suite| {
        let alone = suite.workflows.iter().enumerate().filter(|(_, workflow)| !workflow.called);
        alone.map(|(number, _)| Journey::of(suite, number))
    });
    let reached: BTreeSet<usize> = journeys.flat_map(|journey| journey.operations).collect();
    let missed: Vec<&str> = contract
        .operations
        .iter()
        .enumerate()
        .filter(|(number, _)| !reached.contains(number))
        .map(|(_, operation)| operation.id.as_str())
        .collect();
    assert!(missed.is_empty(), "no journey calls {missed:?}");
}

#[test]
fn no_two_journeys_have_one_name() {
    let (contract, vocabulary) = &*CONTRACT;
    let mut names = BTreeSet::new();
    for suite in builtin(contract, vocabulary).unwrap() {
        for workflow in &suite.workflows {
            assert!(names.insert(workflow.id.clone()), "{} in {}", workflow.id, suite.path);
        }
    }
}
