//! Values with one fault each, which a server has to refuse.

use serde_json::{Value, json};

use super::change::{Change, Changes, short};
use super::facts::Speaker;
use super::sample::Samples;
use super::scope::{Carrier, Scope};
use super::types::Types;
use super::values::{carried, of_items};
use super::walk::{Stop, walk};
use super::{format, number, text};

/// Lists longer than this are not made.
const MAX_ITEMS: u64 = 1_000;

/// A text that is no number, no boolean and no JSON.
const NO_NUMBER: &str = "not what is asked for";

/// Changes of a valid value by one fault each: required members missing, values of a wrong type,
/// beyond a bound, not among the listed, not of the format, null.
///
/// `valid` tells what is right; what is right after all is left out. The order is that of the
/// document.
#[must_use]
pub fn breaches<'s>(
    scope: &'s Scope<'s>,
    speakers: &[Speaker<'s>],
    base: &Value,
    carrier: Carrier,
    whole: &str,
    valid: &dyn Fn(&Value) -> bool,
) -> Vec<Change> {
    let wrong = |value: &Value| !valid(value);
    let mut changes = Changes::new(whole, &wrong);
    walk(scope, speakers, base, carrier, &mut |stop| {
        // Who fills a place within would mend what is broken here.
        if scope.holds_fixed(stop.path) {
            return;
        }
        if stop.first {
            if stop.member == Some(true) {
                changes.remove(stop, "missing", "is missing, and required");
            }
            types(stop, &mut changes);
        }
        if let Some(choices) = &stop.facts.choices {
            outside(stop, choices, &mut changes);
            return;
        }
        let types = carried(stop.facts, stop.carrier);
        if types == Types::ALL || (stop.facts.binary && stop.carrier == Carrier::Field) {
            return;
        }
        if types.has(Types::STRING) {
            strings(stop, &mut changes);
        }
        if types.has(Types::NUMBER) {
            numbers(stop, &mut changes);
        }
        if types.has(Types::ARRAY) {
            arrays(stop, &mut changes);
        }
        if types.has(Types::OBJECT) && stop.facts.closed && stop.carrier == Carrier::Json {
            extra(stop, &mut changes);
        }
    });
    changes.found
}

/// Values of types that are not allowed: the two most telling ones, and null.
fn types(stop: &Stop<'_, '_>, changes: &mut Changes<'_>) {
    let allowed = stop
        .all
        .iter()
        .fold(Types::NULL.without(Types::NULL), |types, facts| types.or(facts.types));
    if allowed == Types::ALL {
        return;
    }
    let expected = words(allowed);
    let says = format!("where {expected} is expected");
    let text = json!(NO_NUMBER);
    match stop.carrier {
        Carrier::Field | Carrier::Text(_) => {
            // One text is a list of one.
            let list = allowed.has(Types::ARRAY);
            if !allowed.has(Types::STRING) && !stop.facts.binary && !list {
                changes.set(stop, "wrong-type", text, &says);
            }
            if allowed.and(Types::NUMBER) == Types::INTEGER && !allowed.has(Types::STRING) {
                changes.set(stop, "fraction", json!(1.5), &says);
            }
            return;
        }
        Carrier::Form => return,
        Carrier::Json => {}
    }
    let telling = [
        ("", Types::STRING, text),
        ("-number", Types::NUMBER, json!(42)),
        ("-array", Types::ARRAY, json!([])),
        ("-object", Types::OBJECT, json!({})),
        ("-boolean", Types::BOOLEAN, json!(true)),
    ];
    let wrong = telling.into_iter().filter(|(_, types, _)| !allowed.has(*types));
    for (index, (kind, _, value)) in wrong.take(2).enumerate() {
        let what = if index == 0 { "wrong-type".to_owned() } else { format!("wrong-type{kind}") };
        changes.set(stop, &what, value, &says);
    }
    if allowed.and(Types::NUMBER) == Types::INTEGER {
        changes.set(stop, "fraction", json!(1.5), &says);
    }
    if !allowed.has(Types::NULL) {
        changes.set(stop, "null", Value::Null, &says);
    }
}

fn words(types: Types) -> String {
    let names = [
        (Types::STRING, "a text"),
        (Types::INTEGER, "a whole number"),
        (Types::FRACTION, "a number"),
        (Types::BOOLEAN, "true or false"),
        (Types::ARRAY, "a list"),
        (Types::OBJECT, "an object"),
    ];
    let names = names.into_iter().filter(|(one, _)| types.has(*one));
    // Every number says more than whole numbers.
    let names = names.filter(|(one, _)| *one != Types::INTEGER || !types.has(Types::FRACTION));
    let names: Vec<&str> = names.map(|(_, name)| name).collect();
    if names.is_empty() { "null".to_owned() } else { names.join(" or ") }
}

fn outside(stop: &Stop<'_, '_>, choices: &[&Value], changes: &mut Changes<'_>) {
    let says = match choices {
        [one] => format!("and not {}", short(one)),
        choices => format!("which is none of the {} listed values", choices.len()),
    };
    let text = choices.iter().any(|choice| choice.is_string());
    let value = if text { json!("no-such-value") } else { json!(987_654_321) };
    changes.set(stop, "not-listed", value, &says);
    // Lists of values are usually compared with regard to case.
    let upper = choices.iter().filter_map(|choice| choice.as_str()).find_map(|choice| {
        let upper = choice.to_uppercase();
        (upper != choice).then_some(upper)
    });
    if let Some(upper) = upper {
        changes.set(stop, "other-case", json!(upper), &says);
    }
}

fn strings(stop: &Stop<'_, '_>, changes: &mut Changes<'_>) {
    let facts = stop.facts;
    let carried = |text: &str| match stop.carrier {
        Carrier::Text(alphabet) => alphabet.carries(text),
        _ => true,
    };
    if let Some(shorter) = facts.min_length.checked_sub(1).filter(|n| *n < text::MAX_LENGTH) {
        let value = text::plain(shorter);
        if carried(&value) {
            let says = format!("shorter than the least length of {}", facts.min_length);
            changes.set(stop, "too-short", json!(value), &says);
        }
    }
    if let Some(most) = facts.max_length.filter(|most| *most < text::MAX_LENGTH) {
        let says = format!("longer than the greatest length of {most}");
        changes.set(stop, "too-long", json!(text::plain(most + 1)), &says);
    }
    for name in &facts.formats {
        let says = format!("which is no {name}");
        for value in format::broken(name).iter().filter(|value| carried(value)) {
            changes.set(stop, "bad-format", json!(value), &says);
        }
    }
    if let Some(pattern) = facts.patterns.first() {
        let says = format!("which does not match `{pattern}`");
        let before = changes.found.len();
        for value in ["!", "~ no match ~", "0", "aaa", "  ", ""] {
            if carried(value) && changes.found.len() == before {
                changes.set(stop, "no-match", json!(value), &says);
            }
        }
    }
}

fn numbers(stop: &Stop<'_, '_>, changes: &mut Changes<'_>) {
    let (below, above) = number::beyond(stop.facts);
    if let (Some(value), Some(bound)) = (below, stop.facts.minimum) {
        let words =
            if bound.exclusive { "though it has to be above" } else { "below the minimum of" };
        let says = format!("{words} {}", bound.number);
        changes.set(stop, "below-minimum", value, &says);
    }
    if let (Some(value), Some(bound)) = (above, stop.facts.maximum) {
        let words =
            if bound.exclusive { "though it has to be below" } else { "above the maximum of" };
        let says = format!("{words} {}", bound.number);
        changes.set(stop, "above-maximum", value, &says);
    }
    if let (Some(step), Some(own)) = (stop.facts.multiples.first(), stop.value.as_f64()) {
        let says = format!("which is no multiple of {step}");
        changes.set(stop, "no-multiple", number::tidy(own + step / 2.0), &says);
    }
}

fn arrays(stop: &Stop<'_, '_>, changes: &mut Changes<'_>) {
    let facts = stop.facts;
    let samples = Samples::new(stop.scope);
    let of = |count: u64| {
        let count = usize::try_from(count).unwrap_or(0);
        samples.items(facts, stop.path, of_items(facts, stop.carrier), count).map(Value::Array)
    };
    // An empty list that is repeated is nothing at all.
    let least = if stop.carrier == Carrier::Json { 1 } else { 2 };
    if (least..=MAX_ITEMS).contains(&facts.min_items)
        && let Some(items) = of(facts.min_items - 1)
    {
        let says = format!("fewer than the least number of {}", facts.min_items);
        changes.set(stop, "too-few", items, &says);
    }
    if let Some(most) = facts.max_items.filter(|most| *most < MAX_ITEMS)
        && let Some(items) = of(most + 1)
    {
        let says = format!("more than the greatest number of {most}");
        changes.set(stop, "too-many", items, &says);
    }
    if facts.unique
        && let Some(Value::Array(mut items)) = of(1)
    {
        items.extend(items.clone());
        changes.set(stop, "repeated", Value::Array(items), "though items are all different");
    }
}

/// A member that a closed object does not have.
fn extra(stop: &Stop<'_, '_>, changes: &mut Changes<'_>) {
    let Value::Object(mut object) = stop.value.clone() else { return };
    object.insert("undeclared_member".to_owned(), Value::Bool(true));
    let says = "with a member that is not allowed";
    changes.set(stop, "undeclared-member", Value::Object(object), says);
}
