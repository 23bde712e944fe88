//! Which operations can be exercised, by what is known of a target.

use std::collections::BTreeMap;

use dify_contract::contract::model::Traits;
use dify_contract::target::probe::exercise::{Known, operations};
use dify_contract::target::probe::report::{AbilityReport, KeyReport, KeyState};
use dify_contract::target::{BaseUrl, Limits, Permission, Target, Vocabulary};

use super::{contract, vocabulary};

fn target(allow: Permission) -> Target {
    Target {
        name: "here".to_owned(),
        embedded: false,
        base_url: BaseUrl::parse("http://localhost/v1").unwrap(),
        base_url_from: "--base-url".to_owned(),
        keys: Vec::new(),
        keys_named: false,
        missing: Vec::new(),
        allow,
        limits: Limits::default(),
        ca_file: None,
        proxy: None,
        user: None,
        notes: Vec::new(),
    }
}

fn key(name: &str, kind: &str, mode: Option<&str>, state: KeyState) -> KeyReport {
    KeyReport {
        name: name.to_owned(),
        from: format!("{name} variable"),
        state,
        kind: Some(kind.to_owned()),
        modes: mode.map(str::to_owned).into_iter().collect(),
        title: None,
        abilities: Vec::new(),
    }
}

fn able(name: &str, there: bool) -> AbilityReport {
    AbilityReport { name: name.to_owned(), title: name.to_owned(), there: Some(there) }
}

/// How many operations have which obstacle, and how many have none.
fn counted(known: Known<'_>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for operation in operations(&contract(), known) {
        let reason = operation.obstacle.map_or("none".to_owned(), |obstacle| obstacle.reason);
        *counts.entry(reason).or_default() += 1;
    }
    counts
}

#[test]
fn what_is_allowed_grows_with_the_permission() {
    let vocabulary = vocabulary();
    let modes = ["chat", "agent-chat", "advanced-chat", "workflow", "completion"];
    let mut keys = modes.map(|mode| key(mode, "app", Some(mode), KeyState::Accepted)).to_vec();
    keys.push(key("knowledge", "dataset", None, KeyState::Accepted));
    let mut most = 0;
    for allow in Permission::ALL {
        let target = target(allow);
        let known = Known { target: &target, vocabulary: &vocabulary, keys: &keys, abilities: &[] };
        let counts = counted(known);
        assert!(counts["none"] > most, "{allow:?}: {counts:?}");
        most = counts["none"];
    }
    assert_eq!(most, 82);
}

#[test]
fn obstacles_are_told() {
    let vocabulary = vocabulary();
    let mut chat = key("chat", "app", Some("chat"), KeyState::Accepted);
    chat.abilities = vec![able("speech-to-text", true), able("text-to-speech", false)];
    let mut agent = key("agent", "app", Some("agent-chat"), KeyState::Accepted);
    agent.abilities = vec![able("speech-to-text", false), able("text-to-speech", false)];
    let keys = [
        chat,
        agent,
        key("workflow", "app", Some("workflow"), KeyState::Refused),
        key("knowledge", "dataset", None, KeyState::SwitchedOff),
    ];
    let abilities = [able("speech-to-text-model", true), able("embedding-model", false)];
    let target = target(Permission::Disrupt);
    let known =
        Known { target: &target, vocabulary: &vocabulary, keys: &keys, abilities: &abilities };
    insta::assert_debug_snapshot!(counted(known));
    // Of two keys that open it, the one that can do it.
    let all = operations(&contract(), known);
    let speech = all.iter().find(|operation| operation.id == "POST /audio-to-text").unwrap();
    assert_eq!((speech.keys.as_slice(), speech.unsure.len()), (["chat".to_owned()].as_slice(), 0));
    let asked = all.iter().find(|o| o.id == "GET /messages/{message_id}/suggested").unwrap();
    assert_eq!(asked.unsure, ["follow-up-questions"]);
}

/// An API that says nothing of keys may need none; then nothing but the permission is in the way.
#[test]
fn an_api_without_keys_can_be_exercised() {
    let mut bare = contract();
    bare.operations.iter_mut().for_each(|operation| operation.traits = Traits::default());
    let vocabulary = Vocabulary::of_document(&serde_json::json!({})).unwrap();
    let target = target(Permission::Read);
    let known = Known { target: &target, vocabulary: &vocabulary, keys: &[], abilities: &[] };
    for operation in operations(&bare, known) {
        let reads = operation.id.starts_with("GET ");
        assert_eq!(operation.obstacle.is_none(), reads, "{operation:?}");
    }
}
