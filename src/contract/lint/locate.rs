//! From a generic place, such as `/data[]/name`, to the value it speaks of.

use std::borrow::Cow;

use serde_json::Value;

use crate::document::Pointer;

/// A step of a generic place.
enum Step {
    Member(String),
    AnyItem,
    AnyMember,
}

/// The pointer to the first value at a generic place (`[]` for any index, `{}` for any member) that
/// passes the test.
pub fn first(value: &Value, place: &str, test: &dyn Fn(&Value) -> bool) -> Option<String> {
    search(value, &steps(place), &Pointer::default(), test).map(Pointer::into_string)
}

fn search(
    value: &Value,
    steps: &[Step],
    at: &Pointer,
    test: &dyn Fn(&Value) -> bool,
) -> Option<Pointer> {
    let Some((step, rest)) = steps.split_first() else {
        return test(value).then(|| at.clone());
    };
    match (step, value) {
        (Step::Member(name), Value::Object(members)) => {
            search(members.get(name)?, rest, &at.child(name), test)
        }
        (Step::AnyMember, Value::Object(members)) => {
            members.iter().find_map(|(name, member)| search(member, rest, &at.child(name), test))
        }
        (Step::AnyItem, Value::Array(items)) => items
            .iter()
            .enumerate()
            .find_map(|(index, item)| search(item, rest, &at.child(&index.to_string()), test)),
        _ => None,
    }
}

fn steps(place: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    for (number, segment) in place.split('/').enumerate() {
        let name = segment.trim_end_matches("[]").trim_end_matches("{}");
        let name = name.trim_end_matches("[]");
        if number > 0 {
            let name = Pointer::tokens(&format!("/{name}")).map(Cow::into_owned).collect();
            steps.push(Step::Member(name));
        }
        let mut rest = segment.get(name.len()..).unwrap_or_default();
        while let Some(next) = rest.get(..2) {
            steps.push(if next == "[]" { Step::AnyItem } else { Step::AnyMember });
            rest = rest.get(2..).unwrap_or_default();
        }
    }
    steps
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::first;

    #[test]
    fn a_generic_place_leads_to_the_first_value_that_passes() {
        let value = json!({ "data": [{ "a/b": 1 }, { "a/b": null }], "map": { "x": [[5]] } });
        let null = |value: &serde_json::Value| value.is_null();
        assert_eq!(first(&value, "/data[]/a~1b", &null).as_deref(), Some("/data/1/a~1b"));
        assert_eq!(first(&value, "/map{}[][]", &|_| true).as_deref(), Some("/map/x/0/0"));
        assert_eq!(first(&value, "", &|_| true).as_deref(), Some(""));
        assert_eq!(first(&value, "/data[]/c", &|_| true), None);
    }
}
