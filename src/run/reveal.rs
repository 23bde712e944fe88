//! Ids in requests and answers: what an answer reveals, and what a request names.

use std::collections::BTreeSet;

use serde_json::Value;

use super::answered::Answered;
use crate::document::Pointer;
use crate::plan::{Provider, Reveals};

/// The ids that an answer reveals, each once.
pub fn revealed(provider: &Provider, answered: &Answered) -> Vec<String> {
    let mut found = BTreeSet::new();
    match &provider.reveals {
        Reveals::Body(pointer) => {
            if let Some(json) = answered.json() {
                select(json, pointer, provider.filter.as_ref(), &mut found);
            }
        }
        Reveals::Stream(pointer) => {
            for event in answered.events() {
                select(event, pointer, None, &mut found);
            }
        }
        Reveals::Request(_) => {}
    }
    found.into_iter().collect()
}

/// The texts and whole numbers at a pointer in which `-` stands for any item; a filter holds for the innermost of them.
pub fn select(
    value: &Value,
    pointer: &str,
    filter: Option<&(String, Value)>,
    found: &mut BTreeSet<String>,
) {
    let (here, rest) = match pointer.split_once("/-") {
        Some((here, rest)) => (here, Some(rest)),
        None => (pointer, None),
    };
    let Some(value) = Pointer::find(value, here) else { return };
    match (rest, value) {
        (Some(rest), Value::Array(items)) => {
            for item in items {
                let inner = rest.contains("/-");
                let fits = |(member, wanted): &(String, Value)| {
                    Pointer::find(item, member) == Some(wanted)
                };
                if inner || filter.is_none_or(fits) {
                    select(item, rest, filter, found);
                }
            }
        }
        (None, Value::String(text)) if !text.is_empty() => {
            found.insert(text.clone());
        }
        // Ids are numbers in many APIs; in paths they are texts all the same.
        (None, Value::Number(number)) if number.is_u64() => {
            found.insert(number.to_string());
        }
        _ => {}
    }
}
