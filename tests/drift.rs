//! Two documents held against each other.

#![expect(clippy::panic, reason = "it fails by panicking, and says so")]

use dify_contract::contract::{Contract, Sources};
use dify_contract::drift::differences;

fn load(path: &str) -> Contract {
    Contract::load(Sources { specs: vec![path.to_owned()], ..Sources::default() })
        .unwrap_or_else(|problems| panic!("{problems:#?}"))
}

#[test]
fn a_document_does_not_differ_from_itself() {
    let path = "tests/fixtures/bookshop/openapi.yaml";
    assert_eq!(differences(&load(path), &load(path)), []);
}

#[test]
fn every_kind_of_difference_is_told() {
    let before = load("tests/fixtures/drift/before.yaml");
    let after = load("tests/fixtures/drift/after.yaml");
    let told: Vec<String> = differences(&before, &after)
        .into_iter()
        .map(|d| format!("{} | {} | {} | {} | {}", d.operation, d.place, d.kind, d.before, d.after))
        .collect();
    insta::assert_snapshot!(told.join("\n"));
}
