//! Faults of values.

use serde_json::{Value, json};

use super::{Injection, place};

fn at(value: &mut Value, injection: &Injection, mut act: impl FnMut(&mut Value)) {
    place::values(value, injection.pointer.as_deref(), &mut act);
}

/// Acts on the place, or, without one, on the place that is usual.
fn usually(value: &mut Value, injection: &Injection, usual: &str, mut act: impl FnMut(&mut Value)) {
    place::values(value, injection.pointer.as_deref().or(Some(usual)), &mut act);
}

/// A member is left out.
pub fn drop_member(value: &mut Value, injection: &Injection) {
    place::members(value, injection.pointer.as_deref(), &mut |object, name| {
        object.shift_remove(name);
    });
}

/// An object has a member more.
pub fn add_member(value: &mut Value, injection: &Injection) {
    let added = injection.value.as_deref().unwrap_or("surprise");
    usually(value, injection, "", |value| {
        // Of a list that is the whole answer, its items.
        let objects = match value {
            Value::Array(items) => items.iter_mut().collect(),
            value => vec![value],
        };
        for object in objects.into_iter().filter_map(Value::as_object_mut) {
            object.insert(added.to_owned(), json!("nobody documented this"));
        }
    });
}

/// A member has another name.
pub fn rename_member(value: &mut Value, injection: &Injection) {
    place::members(value, injection.pointer.as_deref(), &mut |object, name| {
        if let Some(value) = object.shift_remove(name) {
            let new = injection.value.clone().unwrap_or_else(|| format!("{name}_"));
            object.insert(new, value);
        }
    });
}

/// A member is null.
pub fn null_member(value: &mut Value, injection: &Injection) {
    at(value, injection, |value| *value = Value::Null);
}

/// A member is of another type.
pub fn retype_member(value: &mut Value, injection: &Injection) {
    at(value, injection, |value| {
        *value = match value {
            Value::String(text) => json!({ "text": text }),
            Value::Number(number) => json!(number.to_string()),
            Value::Bool(flag) => json!(if *flag { "yes" } else { "no" }),
            Value::Array(items) => json!({ "items": items }),
            Value::Object(_) | Value::Null => json!(7),
        };
    });
}

/// A member has a value that is not among those documented.
pub fn strange_value(value: &mut Value, injection: &Injection) {
    let strange = injection.value.as_deref().unwrap_or("quixotic");
    at(value, injection, |value| *value = json!(strange));
}

/// A member is not written in its format.
pub fn break_format(value: &mut Value, injection: &Injection) {
    at(value, injection, |value| {
        if let Value::String(text) = value {
            text.insert_str(0, "!?");
        }
    });
}

/// A number, a text or a list is far beyond what is sensible.
pub fn exaggerate(value: &mut Value, injection: &Injection) {
    at(value, injection, |value| {
        *value = match value {
            Value::Number(_) => json!(-1_000_000),
            Value::String(text) if text.is_empty() => json!("x".repeat(2000)),
            Value::String(text) => json!(text.repeat(2000 / text.len() + 1)),
            Value::Array(items) => json!(vec![items.first().cloned().unwrap_or_default(); 2000]),
            Value::Object(_) | Value::Bool(_) | Value::Null => return,
        };
    });
}

/// Seconds are told as milliseconds.
pub fn milliseconds(value: &mut Value, injection: &Injection) {
    each_named(value, injection, "created_at", &|value| {
        if let Some(seconds) = value.as_i64() {
            *value = json!(seconds.saturating_mul(1000));
        }
    });
}

/// What was changed was changed before it was made.
pub fn before_creation(value: &mut Value, injection: &Injection) {
    each_named(value, injection, "updated_at", &|value| {
        if let Some(seconds) = value.as_i64() {
            *value = json!(seconds.saturating_sub(864_000));
        }
    });
}

/// Acts on the place, or, without one, on every member of this name.
fn each_named(value: &mut Value, injection: &Injection, name: &str, act: &dyn Fn(&mut Value)) {
    if injection.pointer.is_some() {
        return at(value, injection, act);
    }
    match value {
        Value::Object(object) => {
            for (own, value) in object.iter_mut() {
                if own == name {
                    act(value);
                } else {
                    each_named(value, injection, name, act);
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                each_named(item, injection, name, act);
            }
        }
        _ => {}
    }
}

/// An id is another one.
pub fn other_id(value: &mut Value, injection: &Injection) {
    usually(value, injection, "/id", |value| {
        if value.is_string() {
            *value = json!("0f0f0f0f-0f0f-4f0f-8f0f-0f0f0f0f0f0f");
        }
    });
}

/// A value is not what it was set to.
pub fn other_value(value: &mut Value, injection: &Injection) {
    usually(value, injection, "/name", |value| match value {
        Value::String(text) => text.push_str(" (edited)"),
        Value::Number(number) => *value = json!(number.as_i64().unwrap_or_default() + 1),
        Value::Bool(flag) => *flag = !*flag,
        Value::Null | Value::Array(_) | Value::Object(_) => {}
    });
}

/// The opposite is told of whether there is more.
pub fn lie_of_more(value: &mut Value, injection: &Injection) {
    usually(value, injection, "/has_more", |value| {
        if let Value::Bool(more) = value {
            *more = !*more;
        }
    });
}

/// One too many is told.
pub fn miscount(value: &mut Value, injection: &Injection) {
    usually(value, injection, "/total", |value| {
        if let Some(count) = value.as_i64() {
            *value = json!(count + 1);
        }
    });
}

/// A list is told in the opposite order.
pub fn reverse(value: &mut Value, injection: &Injection) {
    list(value, injection, |items| items.reverse());
}

/// The first item of a list is left out.
pub fn lose_first(value: &mut Value, injection: &Injection) {
    list(value, injection, |items| drop(items.drain(..1.min(items.len()))));
}

/// An item of a list is told twice.
pub fn repeat_item(value: &mut Value, injection: &Injection) {
    list(value, injection, |items| items.extend(items.last().cloned()));
}

/// Acts on the list at the place; without one on `/data`, or on the answer itself.
fn list(value: &mut Value, injection: &Injection, act: impl Fn(&mut Vec<Value>)) {
    let usual = if value.is_array() { "" } else { "/data" };
    usually(value, injection, usual, |value| {
        if let Value::Array(items) = value {
            act(items);
        }
    });
}
