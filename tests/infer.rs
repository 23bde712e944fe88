//! Ids of documents without our overlay: what is inferred of them, and that nothing is where somebody has
//! described them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fmt::Write as _;

use dify_contract::contract::{Contract, Overlay, Sources};
use dify_contract::plan::Resources;

const LIBRARY: &str = "tests/fixtures/infer/library.yaml";

fn load(spec: &str, overlays: Vec<Overlay>) -> Contract {
    let sources = Sources { specs: vec![spec.to_owned()], overlays, ..Sources::default() };
    Contract::load(sources).unwrap()
}

/// What each operation needs, tells and does.
fn told(contract: &Contract) -> String {
    let mut text = String::new();
    for operation in &contract.operations {
        let traits = &operation.traits;
        let _ = writeln!(text, "{} ({})", operation.id, traits.safety.as_deref().unwrap_or("-"));
        for (word, entries) in [("needs", &traits.consumes), ("tells", &traits.produces)] {
            for entry in entries {
                let members: Vec<String> = entry.iter().map(|(k, v)| format!("{k}={v}")).collect();
                let _ = writeln!(text, "  {word} {}", members.join(" "));
            }
        }
    }
    text
}

#[test]
fn paths_and_schemas_tell_ids() {
    insta::assert_snapshot!("inferred_ids", told(&load(LIBRARY, Vec::new())));
}

#[test]
fn what_is_made_comes_before_what_is_there_already() {
    let contract = load(LIBRARY, Vec::new());
    let resources = Resources::of(&contract);
    let of = |kind: &str| -> Vec<(String, bool)> {
        let id = |number: usize| contract.operations[number].id.clone();
        resources.providers(kind).map(|p| (id(p.operation), p.makes)).collect()
    };
    let expected = [("POST /shelves".to_owned(), true), ("GET /shelves".to_owned(), false)];
    assert_eq!(of("shelves"), expected);
    assert_eq!(resources.ancestors("books").into_iter().collect::<Vec<_>>(), ["shelves"]);
    // What nothing removes again is left behind.
    let notes = contract.operations.iter().position(|o| o.id == "POST /notes").unwrap();
    assert!(resources.leaves_something(&contract, notes));
}

#[test]
fn nothing_is_inferred_where_somebody_has_said_it() {
    let overlay = "overlay: 1.0.0\ninfo: {title: T, version: '1'}\nactions:\n  \
                   - target: $.paths['/shelves'].get\n    update: {x-contract-safety: read}\n";
    let overlay = Overlay::parse("overlay.yaml", overlay.to_owned()).unwrap();
    let contract = load(LIBRARY, vec![overlay]);
    for operation in &contract.operations {
        assert!(operation.traits.consumes.is_empty(), "{}", operation.id);
        assert!(operation.traits.produces.is_empty(), "{}", operation.id);
    }
}

#[test]
fn what_is_inferred_of_our_contract_agrees_with_what_its_overlay_says() {
    let bare = load("specs/dify/openapi.yaml", Vec::new());
    let overlay = Overlay::read("specs/dify.overlay.yaml").unwrap();
    let described = load("specs/dify/openapi.yaml", vec![overlay]);
    let (mut inferred, mut wrong) = (0, Vec::new());
    for (bare, described) in bare.operations.iter().zip(&described.operations) {
        assert_eq!(bare.id, described.id);
        for entry in &bare.traits.consumes {
            inferred += 1;
            let same = |other: &std::collections::BTreeMap<String, String>| {
                other.get("name") == entry.get("name")
            };
            if !described.traits.consumes.iter().any(same) {
                wrong.push(format!("{} needs {entry:?}", bare.id));
            }
        }
        for entry in &bare.traits.produces {
            inferred += 1;
            let same = |other: &std::collections::BTreeMap<String, String>| {
                ["pointer", "undo"].iter().all(|word| other.get(*word) == entry.get(*word))
            };
            if !described.traits.produces.iter().any(same) {
                wrong.push(format!("{} tells {entry:?}", bare.id));
            }
        }
    }
    assert!(inferred > 40, "{inferred}");
    assert!(wrong.is_empty(), "{wrong:#?}");
}
