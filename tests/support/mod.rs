//! What tests of the whole road share: the bookshop, and exchanges with it written as data.

pub mod fixture;
pub mod recording;

use std::path::PathBuf;

use dify_contract::contract::{Contract, Sources};
use dify_contract::run::{CheckOptions, RunResult, check_recordings};

/// The example API.
pub const BOOKSHOP: &str = "tests/fixtures/bookshop/openapi.yaml";

/// A contract of these documents, all of which must be sound.
pub fn contract(specs: &[&str]) -> Contract {
    let specs = specs.iter().map(|spec| (*spec).to_owned()).collect();
    let contract = Contract::load(Sources { specs, ..Sources::default() });
    let contract = contract.unwrap_or_else(|problems| panic!("{problems:?}"));
    assert!(contract.notes.is_empty(), "{:?}", contract.notes);
    contract
}

/// Judges recordings with this many threads; all of them must be readable.
pub fn judge(contract: &Contract, recordings: &[PathBuf], jobs: usize) -> RunResult {
    let inputs: Vec<String> = recordings.iter().map(|p| p.to_string_lossy().into_owned()).collect();
    let options = CheckOptions { jobs, ..CheckOptions::default() };
    let result = check_recordings(contract, &inputs, &options);
    let result = result.unwrap_or_else(|problem| panic!("{problem}"));
    for input in &result.inputs {
        assert!(input.problems.is_empty(), "{}: {:?}", input.path, input.problems);
    }
    result
}
