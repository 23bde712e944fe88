//! Faults of values.

use serde_json::{Map, Value, json};

use super::{Injection, place};

fn at(value: &mut Value, injection: &Injection, act: fn(&mut Map<String, Value>, &str)) {
    place::each(value, injection.pointer.as_deref(), &mut |object, name| act(object, name));
}

/// A member is left out.
pub fn drop_member(value: &mut Value, injection: &Injection) {
    at(value, injection, |object, name| {
        object.shift_remove(name);
    });
}

/// A member is added beside the place.
pub fn add_member(value: &mut Value, injection: &Injection) {
    let added = injection.value.clone().unwrap_or_else(|| "surprise".to_owned());
    place::each(value, injection.pointer.as_deref(), &mut |object, name| {
        // The pointer may name the object itself, or a member of it.
        let target = match object.get_mut(name) {
            Some(Value::Object(inner)) => inner,
            _ => object,
        };
        target.insert(added.clone(), json!("nobody documented this"));
    });
}

/// A member has another name.
pub fn rename_member(value: &mut Value, injection: &Injection) {
    let new = injection.value.clone();
    place::each(value, injection.pointer.as_deref(), &mut |object, name| {
        if let Some(value) = object.shift_remove(name) {
            object.insert(new.clone().unwrap_or_else(|| format!("{name}_")), value);
        }
    });
}

/// A member is null.
pub fn null_member(value: &mut Value, injection: &Injection) {
    at(value, injection, |object, name| {
        if let Some(value) = object.get_mut(name) {
            *value = Value::Null;
        }
    });
}

/// A member is of another type.
pub fn retype_member(value: &mut Value, injection: &Injection) {
    at(value, injection, |object, name| {
        if let Some(value) = object.get_mut(name) {
            *value = match value {
                Value::String(text) => json!({ "text": text }),
                Value::Number(number) => json!(number.to_string()),
                Value::Bool(flag) => json!(if *flag { "yes" } else { "no" }),
                Value::Array(items) => json!({ "items": items }),
                Value::Object(_) | Value::Null => json!(7),
            };
        }
    });
}

/// A member has a value that is not among those documented.
pub fn strange_value(value: &mut Value, injection: &Injection) {
    let strange = injection.value.clone().unwrap_or_else(|| "quixotic".to_owned());
    place::each(value, injection.pointer.as_deref(), &mut |object, name| {
        if let Some(value) = object.get_mut(name) {
            *value = json!(strange);
        }
    });
}

/// A member is not written in its format.
pub fn break_format(value: &mut Value, injection: &Injection) {
    at(value, injection, |object, name| {
        if let Some(Value::String(text)) = object.get_mut(name) {
            text.insert_str(0, "!?");
        }
    });
}

/// A number is far beyond what is sensible.
pub fn exaggerate(value: &mut Value, injection: &Injection) {
    at(value, injection, |object, name| {
        if let Some(value) = object.get_mut(name) {
            *value = match value {
                Value::Number(_) => json!(-1_000_000),
                Value::String(text) => json!(text.repeat(2000 / text.len().max(1) + 1)),
                Value::Array(items) => {
                    json!(vec![items.first().cloned().unwrap_or_default(); 2000])
                }
                Value::Object(_) | Value::Bool(_) | Value::Null => return,
            };
        }
    });
}

/// Seconds are told as milliseconds.
pub fn milliseconds(value: &mut Value, injection: &Injection) {
    let member = injection.pointer.is_none().then_some("created_at");
    each_named(value, injection, member, &|value| {
        if let Some(seconds) = value.as_i64() {
            *value = json!(seconds * 1000);
        }
    });
}

/// What was changed was changed before it was made.
pub fn before_creation(value: &mut Value, injection: &Injection) {
    let member = injection.pointer.is_none().then_some("updated_at");
    each_named(value, injection, member, &|value| {
        if let Some(seconds) = value.as_i64() {
            *value = json!(seconds - 864_000);
        }
    });
}

/// Acts on the place, or on every member of this name.
fn each_named(
    value: &mut Value,
    injection: &Injection,
    member: Option<&str>,
    act: &dyn Fn(&mut Value),
) {
    let Some(member) = member else {
        place::each(value, injection.pointer.as_deref(), &mut |object, name| {
            if let Some(value) = object.get_mut(name) {
                act(value);
            }
        });
        return;
    };
    match value {
        Value::Object(object) => {
            for (name, value) in object.iter_mut() {
                if name == member {
                    act(value);
                } else {
                    each_named(value, injection, Some(member), act);
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                each_named(item, injection, Some(member), act);
            }
        }
        _ => {}
    }
}

/// An id is another one.
pub fn other_id(value: &mut Value, injection: &Injection) {
    let pointer = injection.pointer.as_deref().or(Some("/id"));
    place::each(value, pointer, &mut |object, name| {
        if let Some(value @ Value::String(_)) = object.get_mut(name) {
            *value = json!("0f0f0f0f-0f0f-4f0f-8f0f-0f0f0f0f0f0f");
        }
    });
}

/// A text is not what it was set to.
pub fn other_value(value: &mut Value, injection: &Injection) {
    let pointer = injection.pointer.as_deref().or(Some("/name"));
    place::each(value, pointer, &mut |object, name| match object.get_mut(name) {
        Some(Value::String(text)) => text.push_str(" (edited)"),
        Some(value @ Value::Number(_)) => *value = json!(value.as_i64().unwrap_or_default() + 1),
        Some(Value::Bool(flag)) => *flag = !*flag,
        _ => {}
    });
}

/// The opposite is told of whether there is more.
pub fn lie_of_more(value: &mut Value, _: &Injection) {
    if let Some(Value::Bool(more)) = value.get_mut("has_more") {
        *more = !*more;
    }
}

/// One too many is told.
pub fn miscount(value: &mut Value, injection: &Injection) {
    let pointer = injection.pointer.as_deref().or(Some("/total"));
    place::each(value, pointer, &mut |object, name| {
        if let Some(value) = object.get_mut(name)
            && let Some(count) = value.as_i64()
        {
            *value = json!(count + 1);
        }
    });
}

/// A list is told in the opposite order.
pub fn reverse(value: &mut Value, injection: &Injection) {
    let pointer = injection.pointer.as_deref().or(Some("/data"));
    place::each(value, pointer, &mut |object, name| {
        if let Some(Value::Array(items)) = object.get_mut(name) {
            items.reverse();
        }
    });
}

/// The first item of a list is left out.
pub fn lose_first(value: &mut Value, injection: &Injection) {
    let pointer = injection.pointer.as_deref().or(Some("/data"));
    place::each(value, pointer, &mut |object, name| {
        if let Some(Value::Array(items)) = object.get_mut(name)
            && !items.is_empty()
        {
            items.remove(0);
        }
    });
}

/// An item of a list is told twice.
pub fn repeat_item(value: &mut Value, injection: &Injection) {
    let pointer = injection.pointer.as_deref().or(Some("/data"));
    place::each(value, pointer, &mut |object, name| {
        if let Some(Value::Array(items)) = object.get_mut(name)
            && let Some(last) = items.last().cloned()
        {
            items.push(last);
        }
    });
}
