//! What the built-in overlay says of deployments fits the contract.

use std::collections::BTreeSet;

use dify_contract::contract::{Contract, Overlay, Sources};
use dify_contract::target::{Permission, Vocabulary};

use super::{contract, told, vocabulary};

#[test]
fn every_word_is_one_that_the_contract_knows() {
    let (contract, vocabulary) = (contract(), vocabulary());
    let traits = || contract.operations.iter().map(|operation| &operation.traits);
    let kinds: BTreeSet<&String> = traits().filter_map(|traits| traits.key.as_ref()).collect();
    let modes: BTreeSet<&String> = traits().flat_map(|traits| &traits.modes).collect();
    let keys = &vocabulary.keys;
    assert_eq!(keys.iter().filter_map(|key| key.kind.as_ref()).collect::<BTreeSet<_>>(), kinds);
    assert_eq!(keys.iter().flat_map(|key| &key.modes).collect::<BTreeSet<_>>(), modes);
    let needs: BTreeSet<&String> = traits().flat_map(|traits| &traits.needs).collect();
    let abilities: BTreeSet<&String> = vocabulary.abilities.iter().map(|rule| &rule.name).collect();
    assert_eq!(needs, abilities);
    // What is asked is there, and may be asked whatever is allowed.
    let identify = vocabulary.identify.iter().map(|rule| (&rule.kind, &rule.ask));
    let able = vocabulary.abilities.iter().filter_map(|rule| rule.ask.as_ref());
    for (kind, ask) in identify.chain(able.map(|rule| (&rule.kind, &rule.ask))) {
        let found = contract.operations.iter().find(|operation| operation.id == ask.operation);
        let operation = found.unwrap();
        assert_eq!(&operation.traits.key, kind, "{ask:?}");
        assert_eq!(Permission::needed(operation), Permission::Read, "{ask:?}");
        assert!(!ask.path().contains(['{', '}']), "{ask:?}");
    }
}

#[test]
fn a_faulty_vocabulary_is_told_with_its_place() {
    let overlay = "overlay: 1.0.0\ninfo: {title: x, version: '1'}\nactions:\n  - target: $\n    update:\n      \
                   x-contract-target:\n        keys: [{name: chat, knid: app}]\n";
    let contract = Contract::load(Sources {
        specs: vec!["tests/fixtures/bookshop/openapi.yaml".to_owned()],
        overlays: vec![Overlay::parse("overlay.yaml", overlay.to_owned()).unwrap()],
        ..Sources::default()
    });
    let problem = Vocabulary::of(&contract.unwrap()).unwrap_err();
    insta::assert_snapshot!(told(&[problem]));
}
