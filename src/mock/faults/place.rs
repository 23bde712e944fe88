//! Places in JSON values, as findings name them: `/data[]/name`.

use serde_json::{Map, Value};

/// Calls back for every object that holds the last member of a place.
///
/// `[]` stands for any index, `{}` for any member. Without a pointer the first text member of the value
/// is taken, or the first member of any kind.
pub fn each(
    value: &mut Value,
    pointer: Option<&str>,
    act: &mut dyn FnMut(&mut Map<String, Value>, &str),
) {
    match pointer {
        Some(pointer) => {
            let steps: Vec<&str> = pointer.split('/').skip(1).collect();
            walk(value, &steps, act);
        }
        None => first(value, act),
    }
}

fn walk(value: &mut Value, steps: &[&str], act: &mut dyn FnMut(&mut Map<String, Value>, &str)) {
    let Some((step, rest)) = steps.split_first() else { return };
    let (name, indices) = match step.find('[') {
        Some(at) => (&step[..at], step[at..].matches("[]").count()),
        None => (*step, 0),
    };
    let name = name.replace("~1", "/").replace("~0", "~");
    let Value::Object(object) = value else { return };
    if rest.is_empty() && indices == 0 {
        act(object, &name);
        return;
    }
    let inner: Vec<&mut Value> = match name.as_str() {
        "{}" => object.values_mut().collect(),
        name => object.get_mut(name).into_iter().collect(),
    };
    for value in inner {
        items(value, indices, &mut |value| walk(value, rest, act));
    }
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
    use serde_json::json;

    use super::each;

    #[test]
    fn places_are_found_however_deep() {
        let value = json!({"data": [{"a": {"b": 1}, "c": [[{"d": 1}], [{"d": 2}]]}, {"a": {"b": 2}}], "id": "x"});
        for (pointer, expected) in [
            (Some("/data[]/a/b"), vec!["b=1", "b=2"]),
            (Some("/data[]/c[][]/d"), vec!["d=1", "d=2"]),
            (Some("/data[]/{}/b"), vec!["b=1", "b=2"]),
            (Some("/nowhere/b"), vec![]),
            (None, vec!["id=\"x\""]),
        ] {
            let mut found = Vec::new();
            each(&mut value.clone(), pointer, &mut |object, name| {
                found.push(format!("{name}={}", object.get(name).unwrap()));
            });
            assert_eq!(found, expected, "{pointer:?}");
        }
    }
}
