//! Numbers within their bounds.

use proptest::prelude::*;
use proptest::strategy::SBoxedStrategy;
use serde_json::{Number, Value};

use super::facts::{Bound, Facts};

/// Beyond this, not every program reads a whole number exactly (RFC 8259, section 6).
const SAFE: i64 = (1 << 53) - 1;

/// The whole numbers that the facts allow, as a range and a step; `None` if there are none.
#[must_use]
pub fn integers(facts: &Facts<'_>) -> Option<(i64, i64, i64)> {
    let min = facts.minimum.map_or(-SAFE, least);
    let max = facts.maximum.map_or_else(|| SAFE.max(min), greatest);
    let min = if facts.minimum.is_none() { min.min(max) } else { min };
    let step = facts.multiples.iter().try_fold(1_i64, |step, multiple| {
        (1..=1_000).map(|n| n * step).find(|n| is_multiple(*n, *multiple))
    })?;
    let min =
        if min.rem_euclid(step) == 0 { min } else { min.checked_add(step - min.rem_euclid(step))? };
    let max = max - max.rem_euclid(step);
    (min <= max).then_some((min, max, step))
}

#[expect(clippy::cast_precision_loss, reason = "steps are small")]
fn is_multiple(number: i64, of: f64) -> bool {
    let quotient = number as f64 / of;
    (quotient - quotient.round()).abs() < 1e-9
}

#[expect(clippy::cast_possible_truncation, reason = "it saturates")]
fn least(bound: Bound<'_>) -> i64 {
    match bound.number.as_i64() {
        Some(number) if bound.exclusive => number.saturating_add(1),
        Some(number) => number,
        None if bound.exclusive => (bound.value.floor() as i64).saturating_add(1),
        None => bound.value.ceil() as i64,
    }
}

#[expect(clippy::cast_possible_truncation, reason = "it saturates")]
fn greatest(bound: Bound<'_>) -> i64 {
    match bound.number.as_i64() {
        Some(number) if bound.exclusive => number.saturating_sub(1),
        Some(number) => number,
        None if bound.exclusive => (bound.value.ceil() as i64).saturating_sub(1),
        None => bound.value.floor() as i64,
    }
}

/// Whole numbers that the facts allow: mostly small ones.
pub fn whole(facts: &Facts<'_>) -> Option<SBoxedStrategy<Value>> {
    let (min, max, step) = integers(facts)?;
    let (first, last) = (min.div_euclid(step), max.div_euclid(step));
    let number = move |n: i64| Value::from(n.saturating_mul(step));
    let near = (first.max(-100.min(last)), last.min(1_000.max(first)));
    if near == (first, last) {
        return Some((first..=last).prop_map(number).sboxed());
    }
    let strategy = prop_oneof![4 => near.0..=near.1, 1 => first..=last];
    Some(strategy.prop_map(number).sboxed())
}

/// Numbers that the facts allow, whole or not: mostly with two decimals.
pub fn any_number(facts: &Facts<'_>) -> Option<SBoxedStrategy<Value>> {
    if let Some(step) = facts.multiples.first() {
        return multiples(facts, *step);
    }
    let low = facts.minimum.map_or(-1_000_000.0, |bound| bound.value);
    let high = facts.maximum.map_or(1_000_000.0_f64.max(low), |bound| bound.value);
    let low = if facts.minimum.is_none() { low.min(high) } else { low };
    let (open_low, open_high) =
        (facts.minimum.is_some_and(|b| b.exclusive), facts.maximum.is_some_and(|b| b.exclusive));
    let within = move |n: f64| {
        (if open_low { n > low } else { n >= low })
            && (if open_high { n < high } else { n <= high })
    };
    if !(low..=high).contains(&low)
        || !(within(low) || within(high) || within(f64::midpoint(low, high)))
    {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "it saturates")]
    let hundredths = ((low * 100.0).ceil() as i64, (high * 100.0).floor() as i64);
    let exact = (low..=high).prop_filter("the bounds", move |n| within(*n)).prop_map(Value::from);
    if hundredths.0 > hundredths.1 {
        return Some(exact.sboxed());
    }
    let (low, high) =
        (hundredths.0.max(-9_000_000_000_000_000), hundredths.1.min(9_000_000_000_000_000));
    #[expect(clippy::cast_precision_loss, reason = "it is within 53 bits")]
    let rounded = (low..=high)
        .prop_map(|n| n as f64 / 100.0)
        .prop_filter("the bounds", move |n| within(*n))
        .prop_map(tidy);
    let rounded = rounded.sboxed();
    match whole(facts) {
        Some(whole) => Some(prop_oneof![2 => rounded, 1 => whole, 1 => exact].sboxed()),
        None => Some(prop_oneof![3 => rounded, 1 => exact].sboxed()),
    }
}

fn multiples(facts: &Facts<'_>, step: f64) -> Option<SBoxedStrategy<Value>> {
    if step <= 0.0 {
        return None;
    }
    let low = facts.minimum.map_or(-1_000.0 * step, |bound| bound.value);
    let high = facts.maximum.map_or((1_000.0 * step).max(low), |bound| bound.value);
    #[expect(clippy::cast_possible_truncation, reason = "it saturates")]
    let (first, last) = ((low / step).ceil() as i64, (high / step).floor() as i64);
    #[expect(clippy::cast_precision_loss, reason = "multiples are few")]
    let number = move |n: i64| tidy((n as f64 * step * 1e9).round() / 1e9);
    (first <= last).then(|| (first..=last).prop_map(number).sboxed())
}

/// A number, written as a whole one if it is.
#[must_use]
pub fn tidy(number: f64) -> Value {
    #[expect(clippy::cast_possible_truncation, reason = "it was looked at")]
    if number.fract() == 0.0 && number.abs() < 9e15 {
        Value::from(number as i64)
    } else {
        Number::from_f64(number).map_or(Value::Null, Value::Number)
    }
}

/// The least and the greatest number that the facts allow, where they are bound and the bound can
/// be told exactly.
#[must_use]
pub fn extremes(facts: &Facts<'_>) -> (Option<Value>, Option<Value>) {
    if !facts.types.has(super::types::Types::FRACTION) {
        let Some((min, max, _)) = integers(facts) else { return (None, None) };
        return (facts.minimum.map(|_| min.into()), facts.maximum.map(|_| max.into()));
    }
    let exact = |bound: Option<Bound<'_>>| {
        bound.filter(|bound| !bound.exclusive).map(|bound| Value::Number(bound.number.clone()))
    };
    (exact(facts.minimum), exact(facts.maximum))
}

/// A number just below the lower bound, and one just above the upper.
#[must_use]
pub fn beyond(facts: &Facts<'_>) -> (Option<Value>, Option<Value>) {
    let next = |bound: Option<Bound<'_>>, step: i64| {
        let bound = bound?;
        if bound.exclusive {
            return Some(Value::Number(bound.number.clone()));
        }
        match bound.number.as_i64() {
            // Beyond 64 bits there are only fractions.
            Some(number) => Some(
                number
                    .checked_add(step)
                    .map_or_else(|| Value::from(if step > 0 { 1e19 } else { -1e19 }), Value::from),
            ),
            #[expect(clippy::cast_precision_loss, reason = "it is 1 or -1")]
            None => Some(tidy(bound.value + step as f64)),
        }
    };
    (next(facts.minimum, -1), next(facts.maximum, 1))
}
