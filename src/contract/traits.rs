//! What an overlay says of an operation, and what a description says in backticks.

use std::collections::BTreeMap;

use serde_json::Value;

use super::model::Traits;

/// Reads the `x-contract-*` extensions of an operation; what is of the wrong type is left out.
pub fn read(operation: Option<&Value>) -> Traits {
    let get = |name: &str| operation.and_then(|operation| operation.get(name));
    let text = |name: &str| get(name).and_then(Value::as_str).map(str::to_owned);
    Traits {
        key: text("x-contract-key"),
        modes: texts(get("x-contract-modes")),
        safety: text("x-contract-safety"),
        cost: text("x-contract-cost"),
        free_when: get("x-contract-free-when").cloned(),
        needs: texts(get("x-contract-needs")),
        consumes: tables(get("x-contract-consumes")),
        produces: tables(get("x-contract-produces")),
        names: texts(get("x-contract-names")),
    }
}

/// The strings of a list.
pub fn texts(value: Option<&Value>) -> Vec<String> {
    let items = value.and_then(Value::as_array).into_iter().flatten();
    items.filter_map(|item| item.as_str().map(str::to_owned)).collect()
}

fn tables(value: Option<&Value>) -> Vec<BTreeMap<String, String>> {
    let items = value.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object);
    items
        .map(|item| {
            let strings =
                item.iter().filter_map(|(k, v)| Some((k.clone(), v.as_str()?.to_owned())));
            strings.collect()
        })
        .collect()
}

/// The words of a text that stand in backticks and look like error codes: `not_found`.
pub fn backticked(text: &str) -> Vec<String> {
    let words = text.split('`').skip(1).step_by(2);
    let looks_like_code = |word: &&str| {
        !word.is_empty()
            && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    let mut codes: Vec<String> = words.filter(looks_like_code).map(str::to_owned).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}
