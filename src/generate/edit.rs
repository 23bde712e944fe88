//! Values changed at a place.

use serde_json::{Map, Value};

/// What stands at a place; `-` is the first item.
#[must_use]
pub fn get<'v>(value: &'v Value, path: &[String]) -> Option<&'v Value> {
    path.iter().try_fold(value, |value, token| match value {
        Value::Object(members) => members.get(token),
        Value::Array(items) => items.get(index(token)?),
        _ => None,
    })
}

/// Puts a value at a place, in the place of what stood there. What is missing on the way is made: an
/// object, or a list before an index. Tells whether it could: nothing is put into a text.
pub fn set(value: &mut Value, path: &[String], new: Value) -> bool {
    let Some((token, rest)) = path.split_first() else {
        *value = new;
        return true;
    };
    let next = || match rest.first() {
        Some(token) if token == "-" => Value::Array(Vec::new()),
        _ => Value::Object(Map::new()),
    };
    match value {
        Value::Object(members) => set(members.entry(token).or_insert_with(next), rest, new),
        Value::Array(items) => {
            let Some(index) = index(token) else { return false };
            if index == items.len() {
                items.push(next());
            }
            items.get_mut(index).is_some_and(|item| set(item, rest, new))
        }
        _ => false,
    }
}

/// Takes away what stands at a place; tells whether something did.
pub fn remove(value: &mut Value, path: &[String]) -> bool {
    let Some((token, rest)) = path.split_first() else { return false };
    match value {
        Value::Object(members) if rest.is_empty() => members.shift_remove(token).is_some(),
        Value::Object(members) => members.get_mut(token).is_some_and(|member| remove(member, rest)),
        Value::Array(items) => {
            let Some(index) = index(token).filter(|index| *index < items.len()) else {
                return false;
            };
            if rest.is_empty() {
                items.remove(index);
                return true;
            }
            items.get_mut(index).is_some_and(|item| remove(item, rest))
        }
        _ => false,
    }
}

fn index(token: &str) -> Option<usize> {
    if token == "-" { Some(0) } else { token.parse().ok() }
}
