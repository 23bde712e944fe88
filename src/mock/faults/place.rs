//! Places in JSON values, as findings name them: `/data[]/name`.

use serde_json::{Map, Value};

/// Calls back for every object that holds the last member of a place.
///
/// `[]` stands for any index, `{}` for any member. Without a pointer the first text member of the value
/// is taken, or the first member of any kind.
pub fn members(
    value: &mut Value,
    pointer: Option<&str>,
    act: &mut dyn FnMut(&mut Map<String, Value>, &str),
) {
    let Some(pointer) = pointer else { return first(value, act) };
    let Some((parent, name)) = pointer.rsplit_once('/') else { return };
    let name = unescaped(name);
    values(value, Some(parent), &mut |value| {
        let Value::Object(object) = value else { return };
        if name != "{}" {
            return act(object, &name);
        }
        let names: Vec<String> = object.keys().cloned().collect();
        for name in &names {
            act(object, name);
        }
    });
}

/// Calls back for every value at a place, as [`members`] does for what holds it.
pub fn values(value: &mut Value, pointer: Option<&str>, act: &mut dyn FnMut(&mut Value)) {
    match pointer {
        Some(pointer) => {
            let steps: Vec<&str> = pointer.split('/').skip(1).collect();
            // `[]` right at the beginning is an index of the whole.
            let whole = pointer.split('/').next().unwrap_or_default().matches("[]").count();
            items(value, whole, &mut |value| walk(value, &steps, act));
        }
        None => first(value, &mut |object, name| {
            if let Some(value) = object.get_mut(name) {
                act(value);
            }
        }),
    }
}

fn walk(value: &mut Value, steps: &[&str], act: &mut dyn FnMut(&mut Value)) {
    let Some((step, rest)) = steps.split_first() else { return act(value) };
    let name = step.trim_end_matches("[]");
    let levels = (step.len() - name.len()) / 2;
    let Value::Object(object) = value else { return };
    let inner: Vec<&mut Value> = match name {
        "{}" => object.values_mut().collect(),
        name => object.get_mut(&unescaped(name)).into_iter().collect(),
    };
    for value in inner {
        items(value, levels, &mut |value| walk(value, rest, act));
    }
}

/// A member's name as it is in the object.
fn unescaped(step: &str) -> String {
    step.replace("~1", "/").replace("~0", "~")
}

/// The items of lists within lists, so many levels deep.
fn items(value: &mut Value, levels: usize, act: &mut dyn FnMut(&mut Value)) {
    match value {
        _ if levels == 0 => act(value),
        Value::Array(list) => list.iter_mut().for_each(|item| items(item, levels - 1, act)),
        _ => {}
    }
}

fn first(value: &mut Value, act: &mut dyn FnMut(&mut Map<String, Value>, &str)) {
    match value {
        Value::Object(object) => {
            let text = object.iter().find(|(_, value)| value.is_string()).map(|(name, _)| name);
            let name = text.or(object.keys().next()).cloned();
            if let Some(name) = name {
                act(object, &name);
            }
        }
        Value::Array(list) => {
            if let Some(item) = list.first_mut() {
                first(item, act);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{members, values};

    fn example() -> Value {
        json!({
            "data": [{"a": {"b": 1}, "c": [[{"d": 1}], [{"d": 2}]]}, {"a": {"b": 2}}],
            "id": "x", "a/b": 3,
        })
    }

    #[test]
    fn members_are_found_however_deep() {
        for (pointer, expected) in [
            (Some("/data[]/a/b"), vec!["b=1", "b=2"]),
            (Some("/data[]/c[][]/d"), vec!["d=1", "d=2"]),
            (Some("/data[]/{}/b"), vec!["b=1", "b=2"]),
            (Some("/data[]/a/{}"), vec!["b=1", "b=2"]),
            (Some("/a~1b"), vec!["a/b=3"]),
            (Some("/nowhere/b"), vec![]),
            (Some("/id/b"), vec![]),
            (None, vec!["id=\"x\""]),
        ] {
            let mut found = Vec::new();
            members(&mut example(), pointer, &mut |object, name| {
                found.push(format!("{name}={}", object.get(name).unwrap()));
            });
            assert_eq!(found, expected, "{pointer:?}");
        }
    }

    #[test]
    fn values_are_found_however_deep() {
        for (pointer, expected) in [
            (Some("/data[]/a"), vec![r#"{"b":1}"#, r#"{"b":2}"#]),
            (Some("/data[]/c[][]"), vec![r#"{"d":1}"#, r#"{"d":2}"#]),
            (Some("/data[]/a/b"), vec!["1", "2"]),
            (Some("/id"), vec!["\"x\""]),
            (Some("/id[]"), vec![]),
            (None, vec!["\"x\""]),
        ] {
            let mut found = Vec::new();
            values(&mut example(), pointer, &mut |value| found.push(value.to_string()));
            assert_eq!(found, expected, "{pointer:?}");
        }
        let mut whole = json!([{"a": 1}, {"a": 2}]);
        values(&mut whole, Some("[]/a"), &mut |value| *value = json!(3));
        values(&mut whole, Some(""), &mut |value| *value = json!([value.take()]));
        assert_eq!(whole, json!([[{"a": 3}, {"a": 3}]]));
    }
}
