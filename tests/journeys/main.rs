//! Journeys: suites that are read, suites that are wrong, and suites that are travelled on the mock.

#![expect(clippy::unwrap_used, reason = "in a test, a failure is a panic")]

mod builtin;
mod travelled;
mod wrong;

use std::sync::LazyLock;

use dify_contract::contract::{Contract, Overlay, Sources};
use dify_contract::plan::journeys::{Strangers, Suite};
use dify_contract::target::Vocabulary;

/// The built-in contract, and what it says of deployments.
static CONTRACT: LazyLock<(Contract, Vocabulary)> = LazyLock::new(|| {
    let contract = Contract::load(Sources {
        specs: vec![dify_contract::builtin::CONTRACT.to_owned()],
        optional_overlays: vec![Overlay::read(dify_contract::builtin::OVERLAY).unwrap()],
        ..Sources::default()
    })
    .unwrap();
    let vocabulary = Vocabulary::of(&contract).unwrap();
    (contract, vocabulary)
});

/// Reads a suite against the built-in contract; what is wrong, as it is printed.
fn read(path: &str) -> Result<Suite, String> {
    let (contract, vocabulary) = &*CONTRACT;
    Suite::read(path, contract, vocabulary, Strangers::Refused).map_err(|problems| {
        problems.iter().fold(String::new(), |told, problem| told + &format!("error: {problem}\n"))
    })
}
