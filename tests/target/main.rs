//! Targets: configuration files, what they are made, and what may be done to them.

#![expect(clippy::unwrap_used, reason = "in a test, a failure is a panic")]

mod config;
mod exercise;
mod permission;
mod resolve;
mod vocabulary;

use std::sync::LazyLock;

use dify_contract::contract::{Contract, Overlay, Sources};
use dify_contract::error::Problem;
use dify_contract::target::Vocabulary;

/// The overlay that is built in.
const OVERLAY: &str = include_str!("../../specs/dify.overlay.yaml");

/// What the built-in overlay says of deployments.
fn vocabulary() -> Vocabulary {
    static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(|| {
        let mut document = serde_json::json!({});
        Overlay::parse("overlay", OVERLAY.to_owned()).unwrap().apply(&mut document).unwrap();
        Vocabulary::of_document(&document).unwrap()
    });
    VOCABULARY.clone()
}

/// The project's own contract, with the built-in overlay.
fn contract() -> Contract {
    Contract::load(Sources {
        specs: vec!["specs/dify".to_owned()],
        overlays: vec![Overlay::parse("overlay", OVERLAY.to_owned()).unwrap()],
        ..Sources::default()
    })
    .unwrap()
}

/// Problems as they are printed.
fn told(problems: &[Problem]) -> String {
    problems.iter().fold(String::new(), |told, problem| told + &format!("error: {problem}\n"))
}
