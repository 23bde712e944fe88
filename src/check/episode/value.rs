//! What a request asks a thing to be, and whether what is shown of it is that.

use serde_json::Value;

use super::act::Act;
use super::thing::Moment;
use crate::check::evidence::is_hidden;
use crate::contract::{Manner, Use};
use crate::document::Pointer;

/// A value that a request asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// JSON Pointer to where it is kept in the thing.
    pub kept: String,
    /// The value.
    pub value: Value,
    /// How it is kept.
    pub manner: Manner,
}

/// What an act asks the thing of a moment to be.
#[must_use]
pub fn asked(act: &Act<'_>, moment: &Moment<'_>) -> Vec<Asked> {
    let Some(usage) = moment.usage else { return Vec::new() };
    asked_by(act, usage, moment.place)
}

/// What an act asks a thing to be, the one at this place of the request.
#[must_use]
pub fn asked_by(act: &Act<'_>, usage: &Use, place: usize) -> Vec<Asked> {
    let mut all = Vec::new();
    for keep in &usage.keeps {
        let value = said(act, &keep.sent, place);
        let cut = |value: &Value| {
            let length = value.as_str().map_or(0, |text| text.chars().count());
            keep.longest.is_some_and(|longest| length > longest)
        };
        let value = value.filter(|value| says(value, keep.manner) && !cut(value));
        let Some(value) = value else { continue };
        all.push(Asked { kept: keep.kept.clone(), value: value.clone(), manner: keep.manner });
    }
    for (kept, value) in &usage.sets {
        all.push(Asked { kept: kept.clone(), value: value.clone(), manner: Manner::Same });
    }
    all
}

/// The members of a thing of which a request says anything at all, as JSON Pointers.
#[must_use]
pub fn named(act: &Act<'_>, moment: &Moment<'_>) -> Vec<String> {
    let Some(usage) = moment.usage else { return Vec::new() };
    let keeps = usage.keeps.iter().filter(|keep| said(act, &keep.sent, moment.place).is_some());
    let sets = usage.sets.iter().map(|(kept, _)| kept.clone());
    keeps.map(|keep| keep.kept.clone()).chain(sets).collect()
}

/// What the body of a request says at a pointer, in which `-` stands for the item of this number.
fn said<'a>(act: &'a Act<'_>, sent: &str, place: usize) -> Option<&'a Value> {
    let body = act.sent.as_deref()?;
    match sent.split_once("/-") {
        None => Pointer::find(body, sent),
        Some((list, rest)) => Pointer::find(Pointer::find(body, list)?.get(place)?, rest),
    }
}

/// Whether a value says what is to be kept: `null` mostly means that nothing is said, and what a recorder
/// has hidden is not known.
fn says(value: &Value, manner: Manner) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !(is_hidden(text) || manner == Manner::Filled && text.is_empty()),
        Value::Array(items) => !(hides(value) || manner == Manner::Set && items.is_empty()),
        other => !hides(other),
    }
}

fn hides(value: &Value) -> bool {
    match value {
        Value::String(text) => is_hidden(text),
        Value::Array(items) => items.iter().any(hides),
        Value::Object(members) => members.values().any(hides),
        _ => false,
    }
}

impl Asked {
    /// Whether what is shown is what was asked for; also true where that cannot be told.
    #[must_use]
    pub fn fits(&self, shown: &Value) -> bool {
        if hides(shown) {
            return true;
        }
        match self.manner {
            Manner::Same | Manner::Filled => same(&self.value, shown),
            Manner::Trimmed => match (&self.value, shown) {
                (Value::String(asked), Value::String(shown)) => asked.trim() == shown.trim(),
                (asked, shown) => same(asked, shown),
            },
            Manner::Set => match (&self.value, shown) {
                (Value::Array(asked), Value::Array(shown)) => {
                    let within = |one: &[Value], other: &[Value]| {
                        one.iter().all(|item| other.iter().any(|own| same(own, item)))
                    };
                    within(asked, shown) && within(shown, asked)
                }
                (asked, shown) => same(asked, shown),
            },
            Manner::Within => within(&self.value, shown),
            Manner::Text => match (&self.value, shown) {
                (Value::String(asked), Value::String(shown)) => asked == shown,
                (Value::Number(asked), Value::String(shown)) => {
                    let shown = shown.parse::<f64>().ok();
                    shown.is_none_or(|shown| asked.as_f64().is_some_and(|a| close(a, shown)))
                }
                // How others are written as text is each server's own way.
                (_, Value::String(_)) => true,
                (asked, shown) => same(asked, shown),
            },
        }
    }
}

fn within(asked: &Value, shown: &Value) -> bool {
    match (asked, shown) {
        (Value::Object(asked), Value::Object(shown)) => asked.iter().all(|(name, value)| {
            value.is_null() || shown.get(name).is_some_and(|shown| within(value, shown))
        }),
        (asked, shown) => same(asked, shown),
    }
}

/// Whether two values are the same, however numbers are written.
#[must_use]
pub fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => {
            one == other
                || one.as_f64().zip(other.as_f64()).is_some_and(|(one, other)| close(one, other))
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(name, value)| other.get(name).is_some_and(|o| same(value, o)))
        }
        (one, other) => one == other,
    }
}

/// Whether two numbers are equal but for how they are rounded.
fn close(one: f64, other: f64) -> bool {
    (one - other).abs() <= 1e-9 * one.abs().max(other.abs())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Asked, Manner, same};

    fn fits(manner: Manner, value: Value, shown: &Value) -> bool {
        Asked { kept: String::new(), value, manner }.fits(shown)
    }

    #[test]
    fn values_are_kept_in_many_manners() {
        use Manner::{Same, Set, Text, Trimmed, Within};
        assert!(fits(Same, json!({"a": 1}), &json!({"a": 1.0})));
        assert!(!fits(Same, json!("a "), &json!("a")));
        assert!(fits(Trimmed, json!(" a "), &json!("a")));
        assert!(!fits(Trimmed, json!("a"), &json!("b")));
        assert!(fits(Set, json!(["a", "b"]), &json!(["b", "a"])));
        assert!(!fits(Set, json!(["a"]), &json!(["b", "a"])));
        assert!(fits(Within, json!({"a": {"b": 1}}), &json!({"a": {"b": 1, "c": 2}, "d": 3})));
        assert!(!fits(Within, json!({"a": 1}), &json!({"b": 1})));
        assert!(fits(Text, json!(1.5), &json!("1.50")));
        assert!(!fits(Text, json!(1), &json!("2")));
        assert!(fits(Text, json!([true]), &json!("[True]")));
        // What is hidden is not known.
        assert!(fits(Same, json!("a"), &json!("[REDACTED]")));
    }

    #[test]
    fn numbers_are_the_same_however_they_are_written() {
        assert!(same(&json!(0.1), &json!(0.100_000_000_000_1)));
        assert!(!same(&json!(1), &json!(1.001)));
    }
}
