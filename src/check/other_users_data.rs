//! `other-users-data`: what belongs to one user, shown to another.

use serde_json::{Map, Value};

use super::evidence::{Answer, Evidence};
use super::{Check, Meta, expected};
use crate::exchange::Expects;
use crate::finding::{Disagreement, Severity};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        id: "other-users-data",
        severity: Severity::Error,
        title: "what belongs to one user, shown to another",
        what: "Looks at answers to requests that were sent in the name of a user to whom nothing of \
               what they ask for belongs (`_expects` in a HAR). A refusal is right, and so is an empty \
               list. Reports a list with something in it, the answer itself or the only list in it, \
               and an object without any list that says more than how it went (`{\"result\": \
               \"success\"}`), or how many there are. What has several lists, or is no JSON, is not \
               judged.",
        why: "Users read the conversations of others.",
        example: "response 200 application/json /data: promised nothing, since it belongs to another \
               user; seen 3 items",
        remedy: "Let the server look for things among those of the user who asks.",
    },
    applies: |evidence| expected::expected(evidence, Expects::OtherUser),
    judge,
};

fn judge(evidence: &Evidence<'_>, out: &mut Vec<Disagreement>) {
    if !expected::taken_despite(evidence, Expects::OtherUser) {
        return;
    }
    let Answer::Json(value) = evidence.answer else { return };
    let Some((pointer, seen)) = shown(value) else { return };
    let mut found = expected::disagreement(evidence, &CHECK.meta, 404);
    found.place.part = evidence.part();
    found.place.pointer = pointer;
    "nothing, since it belongs to another user".clone_into(&mut found.promised);
    found.seen = seen;
    out.push(found);
}

/// Where an answer surely shows something, and what.
fn shown(value: &Value) -> Option<(String, String)> {
    match value {
        Value::Array(items) => filled(items).map(|seen| (String::new(), seen)),
        Value::Object(members) => {
            let mut lists = members.iter().filter_map(|(name, v)| Some((name, v.as_array()?)));
            match (lists.next(), lists.next()) {
                (Some((name, items)), None) => filled(items).map(|seen| {
                    let name = name.replace('~', "~0").replace('/', "~1");
                    (format!("/{name}"), seen)
                }),
                (None, _) if !value_has_list(value) => thing(members),
                _ => None,
            }
        }
        _ => None,
    }
}

fn filled(items: &[Value]) -> Option<String> {
    match items.len() {
        0 => None,
        1 => Some("1 item".to_owned()),
        n => Some(format!("{n} items")),
    }
}

fn value_has_list(value: &Value) -> bool {
    match value {
        Value::Array(_) => true,
        Value::Object(members) => members.values().any(value_has_list),
        _ => false,
    }
}

/// The members by which an object tells something of a thing.
fn thing(members: &Map<String, Value>) -> Option<(String, String)> {
    let telling: Vec<&str> =
        members.iter().filter(|(name, v)| tells(name, v)).map(|(name, _)| name.as_str()).collect();
    if telling.is_empty() {
        return None;
    }
    Some((String::new(), format!("an object with {}", telling.join(", "))))
}

/// Whether a member says more than how it went: neither a count nor a switch nor a word, nor the
/// sentence for people that goes with it.
fn tells(name: &str, value: &Value) -> bool {
    let word = |text: &str| text.bytes().all(|b| b.is_ascii_alphabetic() || b"_-".contains(&b));
    match value {
        Value::String(text) => !word(text) && !matches!(name, "message" | "msg" | "detail"),
        Value::Object(members) => members.iter().any(|(name, v)| tells(name, v)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => false,
    }
}
