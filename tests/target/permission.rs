//! What an operation needs to be allowed.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use dify_contract::contract::Operation;
use dify_contract::contract::laws::Laws;
use dify_contract::contract::model::{At, Traits};
use dify_contract::target::Permission;
use proptest::prelude::*;

use super::contract;

fn operation(method: &str, safety: Option<&str>, cost: Option<&str>) -> Operation {
    let traits = Traits {
        safety: safety.map(str::to_owned),
        cost: cost.map(str::to_owned),
        ..Traits::default()
    };
    Operation {
        id: format!("{method} /"),
        method: method.to_owned(),
        path: "/".to_owned(),
        operation_id: None,
        tags: Vec::new(),
        summary: None,
        deprecated: false,
        parameters: Vec::new(),
        request_body: None,
        responses: Vec::new(),
        traits,
        laws: Laws::default(),
        at: At { document: 0, pointer: String::new() },
    }
}

const SAFETIES: [Option<&str>; 7] = [
    Some("read"),
    Some("create"),
    Some("update"),
    Some("delete"),
    Some("control"),
    Some("disrupt"),
    None,
];
const COSTS: [Option<&str>; 4] = [Some("free"), Some("maybe"), Some("model"), None];

#[test]
fn the_table() {
    let mut table = String::new();
    for method in ["GET", "POST"] {
        for safety in SAFETIES {
            for cost in COSTS {
                let needed = Permission::needed(&operation(method, safety, cost)).word();
                let (safety, cost) = (safety.unwrap_or("-"), cost.unwrap_or("-"));
                writeln!(table, "{method:<5} {safety:<8} {cost:<6} {needed}").unwrap();
            }
        }
    }
    insta::assert_snapshot!(table);
}

/// All operations of the contract: a change here is a change of what is done to live servers.
#[test]
fn what_each_operation_needs() {
    let contract = contract();
    let mut levels: BTreeMap<Permission, Vec<&str>> = BTreeMap::new();
    for operation in &contract.operations {
        levels.entry(Permission::needed(operation)).or_default().push(&operation.id);
    }
    insta::assert_debug_snapshot!(levels);
}

/// Where it may cost nothing, the operation as such needs no more than its effect; each request is then
/// looked at by itself.
#[test]
fn what_may_be_free_needs_what_it_does() {
    let mut change = operation("POST", Some("update"), Some("maybe"));
    assert_eq!(Permission::needed(&change), Permission::Spend);
    change.traits.free_when = Some(serde_json::json!({"required": ["cheap"]}));
    assert_eq!(Permission::needed(&change), Permission::Write);
    // What always calls a model is not made free by any words.
    change.traits.cost = Some("model".to_owned());
    assert_eq!(Permission::needed(&change), Permission::Spend);
}

proptest! {
    /// Neither half makes the other milder, and what is not known is not taken for harmless.
    #[test]
    fn the_stricter_half_decides(
        method in "GET|POST|PUT|PATCH|DELETE|HEAD|[A-Z]{1,6}",
        safety in prop::option::of("read|create|update|delete|control|disrupt|[a-z]{1,9}"),
        cost in prop::option::of("free|maybe|model|[a-z]{1,9}"),
    ) {
        let needed = |safety, cost| Permission::needed(&operation(&method, safety, cost));
        let (safety, cost) = (safety.as_deref(), cost.as_deref());
        let all = needed(safety, cost);
        prop_assert_eq!(all, needed(safety, Some("free")).max(needed(Some("read"), cost)));
        if safety.is_some_and(|word| !SAFETIES.contains(&Some(word))) {
            prop_assert_eq!(all, Permission::Disrupt);
        }
        if cost.is_some_and(|word| word != "free") {
            prop_assert!(all >= Permission::Spend);
        }
        if all == Permission::Read {
            prop_assert!(safety == Some("read") || ["GET", "HEAD", "OPTIONS", "TRACE"].contains(&&*method));
        }
    }
}
