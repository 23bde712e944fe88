//! A value that a request carries as a whole: a parameter, or the body.

use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::SBoxedStrategy;
use serde_json::Value;

use super::alternatives::alternatives;
use super::boundary::boundaries;
use super::breach::breaches;
use super::change::Change;
use super::edit;
use super::facts::{Facts, Speaker};
use super::sample::{Amount, Samples};
use super::scope::{Cannot, Carrier, Path, Scope};
use super::seed;
use super::values::{Values, union};
use crate::contract::schema::Judge;

/// So many values of an alternative are tried before it is given up.
const TRIES: usize = 40;

/// Tells whether a value is right: by its schema, and by those that replace parts of it.
#[derive(Debug, Clone, Default)]
pub struct Verdict {
    /// The judge by the declared schema; none: it does not compile, or there is none.
    pub declared: Option<Judge>,
    /// Judges of parts.
    pub parts: Vec<(Path, Judge)>,
    /// The character that separates items, which none of them may have.
    pub separator: Option<char>,
    /// Whether an empty list cannot be told from nothing.
    pub needs_items: bool,
}

impl Verdict {
    /// Whether the value is right.
    #[must_use]
    pub fn accepts(&self, value: &Value) -> bool {
        let carried = value.as_array().is_none_or(|items| {
            let split = |item: &Value| {
                self.separator.is_some_and(|by| item.as_str().is_some_and(|text| text.contains(by)))
            };
            let lost = self.needs_items && items.is_empty();
            !lost && !items.iter().any(split)
        });
        carried
            && self.declared.as_ref().is_none_or(|judge| judge.accepts(value))
            && self.parts.iter().all(|(path, judge)| is_right_at(value, path, judge))
    }
}

/// Whether all that stands at a place is right; `-` stands for all items.
fn is_right_at(value: &Value, path: &[String], judge: &Judge) -> bool {
    let Some((token, rest)) = path.split_first() else { return judge.accepts(value) };
    match value {
        Value::Array(items) if token == "-" => {
            items.iter().all(|item| is_right_at(item, rest, judge))
        }
        value => edit::get(value, std::slice::from_ref(token))
            .is_none_or(|value| is_right_at(value, rest, judge)),
    }
}

/// A parameter or the body: its schema, and what is known beyond.
#[derive(Debug)]
pub struct Root<'c> {
    /// The name of the parameter, or `body`.
    pub name: String,
    /// Its schema.
    pub speakers: Vec<Speaker<'c>>,
    /// How it travels.
    pub carrier: Carrier,
    /// What is known beyond the schema.
    pub scope: Scope<'c>,
    /// What is right.
    pub verdict: Verdict,
    /// Documented values.
    pub shown: Vec<&'c Value>,
}

impl Root<'_> {
    /// The alternatives of the value as a whole.
    #[must_use]
    pub fn facts(&self) -> Vec<Facts<'_>> {
        alternatives(&self.scope.speakers(&[], &self.speakers))
    }

    /// A plain valid value, made of what documents show where that fits.
    ///
    /// # Errors
    ///
    /// Why there is none.
    pub fn sample(&self, amount: Amount) -> Result<Value, Cannot> {
        let like = |hints: &[&Value]| {
            Samples::new(&self.scope).like(&self.speakers, &[], self.carrier, amount, hints)
        };
        let plain = like(&self.shown);
        if let Ok(value) = &plain
            && self.verdict.accepts(value)
        {
            return plain;
        }
        if amount == Amount::Most
            && let Ok(all) = &plain
            && let Ok(least) = self.sample(Amount::Least)
        {
            return Ok(self.grown(least, all));
        }
        let unlike = like(&[]);
        if let Ok(value) = &unlike
            && self.verdict.accepts(value)
        {
            return unlike;
        }
        if let Some(shown) = self.shown.iter().find(|value| self.is_carried_and_right(value)) {
            return Ok((*shown).clone());
        }
        let made = union(Values::new(&self.scope).alternatives(&self.speakers, self.carrier)?);
        let mut runner = seed::trial(1);
        let drawn = (0..10 * TRIES)
            .filter_map(|_| seed::draw(&made, &mut runner))
            .find(|value| self.verdict.accepts(value));
        drawn.ok_or_else(|| plain.err().unwrap_or_else(|| self.cannot()))
    }

    /// A valid value with as many more members of another as can be.
    fn grown(&self, mut value: Value, all: &Value) -> Value {
        for (name, member) in all.as_object().into_iter().flatten() {
            if value.get(name).is_some() {
                continue;
            }
            let mut more = value.clone();
            if edit::set(&mut more, std::slice::from_ref(name), member.clone())
                && self.verdict.accepts(&more)
            {
                value = more;
            }
        }
        value
    }

    /// Whether a documented value is right, and holds no file, whose content it would show.
    fn is_carried_and_right(&self, value: &Value) -> bool {
        let whole = matches!(self.carrier, Carrier::Json | Carrier::Text(_));
        whole && self.verdict.accepts(value)
    }

    /// Valid values. Each that is made was found right.
    ///
    /// # Errors
    ///
    /// Why there are none.
    pub fn strategy(&self) -> Result<SBoxedStrategy<Value>, Cannot> {
        let made = Values::new(&self.scope).alternatives(&self.speakers, self.carrier);
        let right: Vec<_> =
            made.unwrap_or_default().into_iter().filter(|s| self.works(s)).collect();
        if !right.is_empty() {
            let verdict = self.verdict.clone();
            let right = union(right);
            return Ok(right.prop_filter("the schema", move |v| verdict.accepts(v)).sboxed());
        }
        let shown: Vec<Value> = self
            .shown
            .iter()
            .filter(|v| self.is_carried_and_right(v))
            .map(|v| (*v).clone())
            .collect();
        if !shown.is_empty() {
            return Ok(select(shown).sboxed());
        }
        self.sample(Amount::Least).map(|value| Just(value).sboxed())
    }

    /// Whether some of what a strategy makes is right.
    fn works(&self, strategy: &SBoxedStrategy<Value>) -> bool {
        let mut runner = seed::trial(2);
        (0..TRIES).any(|_| {
            seed::draw(strategy, &mut runner).is_some_and(|value| self.verdict.accepts(&value))
        })
    }

    /// Valid changes of a valid value.
    #[must_use]
    pub fn boundaries(&self, base: &Value) -> Vec<Change> {
        let valid = |value: &Value| self.verdict.accepts(value);
        boundaries(&self.scope, &self.speakers, base, self.carrier, &self.name, &valid)
    }

    /// Changes of a valid value by one fault each.
    #[must_use]
    pub fn breaches(&self, base: &Value) -> Vec<Change> {
        let valid = |value: &Value| self.verdict.accepts(value);
        breaches(&self.scope, &self.speakers, base, self.carrier, &self.name, &valid)
    }

    fn cannot(&self) -> Cannot {
        let why = format!("no value of {} that was tried obeys its schema", self.name);
        Cannot { at: String::new(), why }
    }
}
