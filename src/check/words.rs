//! Turns of phrase that several checks share.

use serde_json::Value;

use super::evidence::Evidence;
use crate::contract::schema::excerpt;

/// What is documented where something else was seen.
pub fn documented<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    match names.as_slice() {
        [] => "none is documented".to_owned(),
        [name] => format!("documented is {name}"),
        names => format!("documented are {}", names.join(", ")),
    }
}

/// Alternatives: `a`, `a or b`, `a, b or c`.
pub fn either(names: &[String]) -> String {
    match names {
        [] => "nothing".to_owned(),
        [name] => name.clone(),
        [names @ .., last] => format!("{} or {last}", names.join(", ")),
    }
}

/// An error as it was answered: status, code, and the text for people.
pub fn error(evidence: &Evidence<'_>) -> String {
    let mut words = evidence.response.status.to_string();
    if let Some(code) = evidence.code() {
        words.push(' ');
        words.push_str(code);
    }
    if let Some(message) = evidence.message() {
        words.push_str(": ");
        words.push_str(&excerpt(&Value::from(message)));
    }
    words
}
