//! Valid values at the edge of what a schema allows, each different from a plain one in one place.

use serde_json::{Value, json};

use super::change::{Change, Changes, kebab};
use super::facts::Speaker;
use super::number;
use super::sample::{Amount, Samples};
use super::scope::{Carrier, Scope};
use super::text::{self, Alphabet};
use super::types::Types;
use super::values::{carried, of_items};
use super::walk::{Stop, walk};

/// Lists longer than this are not made.
const MAX_ITEMS: u64 = 1_000;

/// Valid changes of a valid value: each bound exactly, each listed value, each member there and not
/// there, null and nothing where they are allowed, the default, each branch.
///
/// `valid` tells what is right; what is not is left out. The order is that of the document.
#[must_use]
pub fn boundaries<'s>(
    scope: &'s Scope<'s>,
    speakers: &[Speaker<'s>],
    base: &Value,
    carrier: Carrier,
    whole: &str,
    valid: &dyn Fn(&Value) -> bool,
) -> Vec<Change> {
    let mut changes = Changes::new(whole, valid);
    walk(scope, speakers, base, carrier, &mut |stop| {
        // Lists and objects around places that others fill stay as they are.
        if scope.holds_fixed(stop.path) && !stop.path.is_empty() {
            return;
        }
        if stop.first {
            around(stop, &mut changes);
        }
        at(stop, &mut changes);
    });
    changes.found
}

/// What does not depend on the alternative.
fn around(stop: &Stop<'_, '_>, changes: &mut Changes<'_>) {
    let (value, facts) = (stop.value, stop.facts);
    if stop.added {
        changes.set(stop, "with", value.clone(), "though it may be left out");
    } else if stop.member == Some(false) {
        changes.remove(stop, "without", "is left out, as it may be");
    }
    let null = |types: Types| types != Types::ALL && types.has(Types::NULL);
    if stop.all.iter().any(|facts| null(carried(facts, stop.carrier))) {
        changes.set(stop, "null", Value::Null, "as it may be");
    }
    if let Some(default) = facts.default {
        changes.set(stop, "default", default.clone(), "the default");
    }
    if stop.all.len() > 1 {
        let samples = Samples::new(stop.scope);
        for facts in stop.all {
            let types = carried(facts, stop.carrier);
            let value = samples.of_alternative(facts, stop.path, stop.carrier, Amount::Least);
            let Some(label) = facts.labels.last().filter(|_| types != Types::NULL) else {
                continue;
            };
            if let Ok(value) = value {
                let says = format!("the plainest of the branch `{label}`");
                changes.set_to(stop, "branch", label, value, &says);
            }
        }
    }
}

/// What one alternative allows.
fn at(stop: &Stop<'_, '_>, changes: &mut Changes<'_>) {
    let facts = stop.facts;
    let types = carried(facts, stop.carrier);
    if let Some(choices) = &facts.choices {
        let listed = choices.iter().enumerate().filter(|(_, choice)| types.allow(choice));
        for (index, choice) in listed.filter(|_| choices.len() > 1) {
            let says = format!("one of {} values", choices.len());
            let name = kebab(&choice.to_string());
            let name = if name.is_empty() { (index + 1).to_string() } else { name };
            changes.set_to(stop, "enum", &name, (*choice).clone(), &says);
        }
        return;
    }
    if types == Types::ALL || (facts.binary && stop.carrier == Carrier::Field) {
        return;
    }
    if types.has(Types::STRING) {
        strings(stop, changes);
    }
    if types.has(Types::NUMBER) {
        let (least, most) = number::extremes(facts);
        if let Some(least) = least {
            changes.set(stop, "minimum", least, "the minimum");
        }
        if let Some(most) = most {
            changes.set(stop, "maximum", most, "the maximum");
        }
    }
    if types.has(Types::BOOLEAN) {
        changes.set(stop, "true", Value::Bool(true), "one of two values");
        changes.set(stop, "false", Value::Bool(false), "one of two values");
    }
    if types.has(Types::ARRAY) {
        arrays(stop, changes);
    }
    if types.has(Types::OBJECT) && facts.free && facts.members.is_empty() {
        changes.set(stop, "empty", json!({}), "with no members");
    }
}

fn strings(stop: &Stop<'_, '_>, changes: &mut Changes<'_>) {
    let facts = stop.facts;
    let carried = |text: &str| match stop.carrier {
        Carrier::Text(alphabet) => alphabet.carries(text),
        _ => true,
    };
    let plain = |length: u64| text::plain(length);
    if carried("") {
        changes.set(stop, "empty", json!(""), "as it may be");
    }
    if facts.min_length > 0 && facts.min_length <= text::MAX_LENGTH {
        let says = "as short as it may be";
        changes.set(stop, "min-length", json!(plain(facts.min_length)), says);
    }
    if let Some(most) = facts.max_length.filter(|most| (1..=text::MAX_LENGTH).contains(most)) {
        changes.set(stop, "max-length", json!(plain(most)), "as long as it may be");
        // Lengths count code points, whatever bytes or halves of pairs they take.
        if !matches!(stop.carrier, Carrier::Text(Alphabet::Header)) {
            let wide = "𝛼".repeat(usize::try_from(most).unwrap_or(0));
            changes.set(stop, "max-length-wide", json!(wide), "as long as it may be");
        }
    }
}

fn arrays(stop: &Stop<'_, '_>, changes: &mut Changes<'_>) {
    let facts = stop.facts;
    // An empty list that is repeated is nothing at all.
    if facts.min_items == 0 && stop.carrier == Carrier::Json {
        changes.set(stop, "empty", json!([]), "as it may be");
    }
    let samples = Samples::new(stop.scope);
    let mut of = |count: u64, what: &str, says: &str| {
        let count = usize::try_from(count).unwrap_or(0);
        if let Some(items) = samples.items(facts, stop.path, of_items(facts, stop.carrier), count) {
            changes.set(stop, what, Value::Array(items), says);
        }
    };
    if (1..=MAX_ITEMS).contains(&facts.min_items) {
        of(facts.min_items, "min-items", "as few as there may be");
    }
    if let Some(most) = facts.max_items.filter(|most| (1..=MAX_ITEMS).contains(most)) {
        of(most, "max-items", "as many as there may be");
    }
}
