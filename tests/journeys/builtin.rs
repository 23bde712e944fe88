//! The suites that are part of the program: nothing is wrong with them. tests/suites.rs tells what is in them.

use std::collections::BTreeSet;

use dify_contract::plan::journeys::builtin;
use dify_contract::suites;

use super::{CONTRACT, read};

#[test]
fn nothing_is_wrong_with_them() {
    for (name, _) in suites::FILES {
        if let Err(problems) = read(&format!("built-in:suites/{name}")) {
            panic!("{problems}");
        }
    }
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
