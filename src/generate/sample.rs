//! One plain value of a schema, the same every time: what documents show, else something small.

use std::cell::{Cell, RefCell};

use serde_json::{Map, Value};

use super::alternatives::alternatives;
use super::facts::{Facts, Member, Speaker};
use super::scope::{Cannot, Carrier, Scope, pointer};
use super::types::Types;
use super::values::{self, Values, all_different, carried, of_items, within};
use super::{format, number, seed, text};

/// Values are not nested deeper than this.
const MAX_DEPTH: usize = 24;

/// What is optional is left out below this depth.
const MAX_OPTIONAL_DEPTH: usize = 8;

/// At most this many places of one value are looked at.
const MAX_PLACES: usize = 5_000;

/// Of documented lists, at most this many items are taken.
const MAX_ITEMS: usize = 3;

/// How much of a value there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amount {
    /// Only what is required.
    Least,
    /// All that is declared.
    Most,
}

/// Makes plain values.
pub struct Samples<'s> {
    scope: &'s Scope<'s>,
    places: Cell<usize>,
    /// The schemas we are in.
    within: RefCell<Vec<*const Value>>,
}

type Made = Result<Value, Cannot>;

/// Where we are, and what documents show there.
#[derive(Clone, Copy)]
struct Here<'h> {
    path: &'h [String],
    carrier: Carrier,
    amount: Amount,
    hints: &'h [&'h Value],
}

impl<'s> Samples<'s> {
    /// For values of which this is known beyond their schema.
    #[must_use]
    pub fn new(scope: &'s Scope<'s>) -> Self {
        Self { scope, places: Cell::new(0), within: RefCell::default() }
    }

    /// A value at a place.
    ///
    /// # Errors
    ///
    /// Why there is none.
    pub fn value(
        &self,
        speakers: &[Speaker<'s>],
        path: &[String],
        carrier: Carrier,
        amount: Amount,
    ) -> Made {
        self.like(speakers, path, carrier, amount, &[])
    }

    /// A value at a place, made of parts of these values where they fit.
    ///
    /// # Errors
    ///
    /// Why there is none.
    pub fn like(
        &self,
        speakers: &[Speaker<'s>],
        path: &[String],
        carrier: Carrier,
        amount: Amount,
        hints: &[&Value],
    ) -> Made {
        self.any_of(speakers, Here { path, carrier, amount, hints })
    }

    /// A value of one alternative.
    ///
    /// # Errors
    ///
    /// Why there is none.
    pub fn of_alternative(
        &self,
        facts: &Facts<'s>,
        path: &[String],
        carrier: Carrier,
        amount: Amount,
    ) -> Made {
        self.alternative(facts, Here { path, carrier, amount, hints: &[] })
    }

    fn any_of(&self, speakers: &[Speaker<'s>], here: Here<'_>) -> Made {
        let speakers = self.scope.speakers(here.path, speakers);
        self.places.set(self.places.get() + 1);
        if here.path.len() > MAX_DEPTH || self.places.get() > MAX_PLACES {
            return Err(cannot(here, "the schema contains itself, or too much"));
        }
        let mut found = alternatives(&speakers);
        // The alternative that documents show comes first, null last.
        found.sort_by_key(|facts| {
            let shown = here.hints.iter().any(|hint| facts.suits(hint));
            (carried(facts, here.carrier) == Types::NULL, !shown)
        });
        let mut last = None;
        let before = self.within.borrow().len();
        self.within.borrow_mut().extend(speakers.iter().map(|speaker| speaker.identity()));
        for facts in &found {
            match self.alternative(facts, here) {
                Ok(value) => {
                    self.within.borrow_mut().truncate(before);
                    return Ok(value);
                }
                Err(cannot) => last = Some(cannot),
            }
        }
        self.within.borrow_mut().truncate(before);
        Err(last.unwrap_or_else(|| cannot(here, "the schema allows no value")))
    }

    fn alternative(&self, facts: &Facts<'s>, here: Here<'_>) -> Made {
        let types = carried(facts, here.carrier);
        if types.is_empty() {
            return Err(cannot(here, "a text cannot carry such a value"));
        }
        if facts.binary
            && here.carrier == Carrier::Field
            && let Some(file) =
                self.scope.files(here.path.first().map_or("-", String::as_str)).first()
        {
            return Ok(file.name.clone().into());
        }
        let own = facts.examples.iter().copied().chain(facts.default);
        let shown: Vec<&Value> = here
            .hints
            .iter()
            .copied()
            .chain(own)
            .filter(|value| types.allow(value) && !value.is_null())
            .collect();
        if let Some(choices) = &facts.choices {
            let listed = choices.iter().copied().filter(|value| types.allow(value));
            let shown = shown.into_iter().find(|value| choices.contains(value));
            let value = shown.or_else(|| listed.clone().find(|value| !value.is_null()));
            let value = value.or_else(|| listed.clone().next()).cloned();
            return value.ok_or_else(|| cannot(here, "a text cannot carry such a value"));
        }
        let here = Here { hints: &shown, ..here };
        if types.has(Types::OBJECT) && (types != Types::ALL || shown.iter().any(|v| v.is_object()))
        {
            return self.object(facts, here);
        }
        if types.has(Types::ARRAY) && !types.has(Types::STRING.or(Types::NUMBER)) {
            return self.array(facts, here);
        }
        if let Some(shown) = shown.iter().find(|value| is_within(facts, value)) {
            return Ok((*shown).clone());
        }
        if types.has(Types::STRING) {
            return string(facts, here);
        }
        if types.has(Types::NUMBER) {
            return number(facts).ok_or_else(|| cannot(here, "no number is within the bounds"));
        }
        Ok(if types.has(Types::BOOLEAN) { Value::Bool(false) } else { Value::Null })
    }

    fn object(&self, facts: &Facts<'s>, here: Here<'_>) -> Made {
        let mut object = Map::new();
        for member in &facts.members {
            let deep = here.path.len() >= MAX_OPTIONAL_DEPTH || self.is_within(member);
            if !member.required && (here.amount == Amount::Least || deep) {
                continue;
            }
            let hints: Vec<&Value> =
                here.hints.iter().filter_map(|hint| hint.get(member.name)).collect();
            let path = [here.path, &[member.name.to_owned()]].concat();
            let speakers =
                if member.speakers.is_empty() { &facts.others } else { &member.speakers };
            let carrier = within(here.carrier);
            match self.any_of(speakers, Here { path: &path, carrier, hints: &hints, ..here }) {
                Ok(value) => {
                    object.insert(member.name.to_owned(), value);
                }
                Err(cannot) if member.required => return Err(cannot),
                Err(_) => {}
            }
        }
        if facts.free && facts.members.is_empty() && here.amount == Amount::Most {
            let shown = here.hints.iter().find_map(|hint| hint.as_object());
            object.extend(shown.into_iter().flatten().map(|(n, v)| (n.clone(), v.clone())));
        }
        let mut number = 0;
        while (object.len() as u64) < facts.min_members.min(100) && number < 200 {
            number += 1;
            let name = format!("name{number}");
            let path = [here.path, std::slice::from_ref(&name)].concat();
            let carrier = within(here.carrier);
            let value =
                self.any_of(&facts.others, Here { path: &path, carrier, hints: &[], ..here })?;
            object.insert(name, value);
        }
        Ok(Value::Object(object))
    }

    /// Whether we are in the schema of a member already, or in that of its items.
    fn is_within(&self, member: &Member<'s>) -> bool {
        let within = self.within.borrow();
        let items = alternatives(&member.speakers).into_iter().flat_map(|facts| facts.items);
        let mut all = member.speakers.iter().copied().chain(items);
        all.any(|speaker| within.contains(&speaker.identity()))
    }

    fn array(&self, facts: &Facts<'s>, here: Here<'_>) -> Made {
        let path = [here.path, &["-".to_owned()]].concat();
        let fixed = self.scope.is_fixed(&path) || self.scope.holds_fixed(&path);
        let least = usize::try_from(facts.min_items.min(10_000)).unwrap_or(0);
        let most = usize::try_from(facts.max_items.unwrap_or(u64::MAX)).unwrap_or(usize::MAX);
        let shown = here.hints.iter().find_map(|hint| hint.as_array());
        let shown = shown.map_or(&[][..], Vec::as_slice);
        let wanted = match here.amount {
            _ if fixed || (here.carrier != Carrier::Json && shown.is_empty()) => 1,
            _ if !shown.is_empty() => shown.len().min(MAX_ITEMS),
            Amount::Least => facts.prefix.len(),
            Amount::Most => facts.prefix.len().max(1),
        };
        let carrier = of_items(facts, here.carrier);
        let mut items: Vec<Value> = Vec::new();
        for index in 0..wanted.max(least).min(most) {
            let hints: Vec<&Value> = shown.get(index).into_iter().collect();
            let speakers = facts.prefix.get(index).unwrap_or(&facts.items);
            match self.any_of(speakers, Here { path: &path, carrier, hints: &hints, ..here }) {
                Ok(value) if facts.unique && items.contains(&value) => {
                    match self.another(speakers, &path, carrier, &items) {
                        Some(value) => items.push(value),
                        None => break,
                    }
                }
                Ok(value) => items.push(value),
                Err(_) if index >= least => break,
                Err(cannot) => return Err(cannot),
            }
        }
        Ok(Value::Array(items))
    }

    /// A value that is not among these.
    fn another(
        &self,
        speakers: &[Speaker<'s>],
        path: &[String],
        carrier: Carrier,
        known: &[Value],
    ) -> Option<Value> {
        let mut runner = seed::trial(0);
        let made = Values::at(self.scope, path).alternatives(speakers, carrier).ok()?;
        let strategy = values::union(made);
        (0..200)
            .find_map(|_| seed::draw(&strategy, &mut runner).filter(|value| !known.contains(value)))
    }

    /// This many items, all different where they have to be; `None` if they cannot be made.
    #[must_use]
    pub fn items(
        &self,
        facts: &Facts<'s>,
        path: &[String],
        carrier: Carrier,
        count: usize,
    ) -> Option<Vec<Value>> {
        let path = [path, &["-".to_owned()]].concat();
        let mut items: Vec<Value> = Vec::new();
        for index in 0..count {
            let speakers = facts.prefix.get(index).unwrap_or(&facts.items);
            self.places.set(0);
            let first = self.value(speakers, &path, carrier, Amount::Least).ok()?;
            let value = if facts.unique && items.contains(&first) {
                self.another(speakers, &path, carrier, &items)?
            } else {
                first
            };
            items.push(value);
        }
        (!facts.unique || all_different(&items)).then_some(items)
    }
}

/// A text that the facts allow.
fn string(facts: &Facts<'_>, here: Here<'_>) -> Made {
    let plain = facts.formats.iter().find_map(|format| format::plain(format));
    let least = facts.min_length.max(1);
    let length = 4.max(least).min(facts.max_length.unwrap_or(u64::MAX));
    let plain = plain.map_or_else(|| text::plain(length), str::to_owned);
    // A pattern is mostly that of a format, which has no name.
    let known: &[&str] = if facts.patterns.is_empty() { &[] } else { format::KNOWN };
    let known = known.iter().filter_map(|format| format::plain(format)).map(str::to_owned);
    let further = ["1", "0", "a", "A"].map(str::to_owned);
    let mut plain = std::iter::once(plain).chain(known).chain(further).map(Value::from);
    if let Some(plain) = plain.find(|plain| is_within(facts, plain)) {
        return Ok(plain);
    }
    let alphabet = match here.carrier {
        Carrier::Text(alphabet) => alphabet,
        _ => text::Alphabet::Any,
    };
    let drawn = seed::draw(&text::strings(facts, alphabet), &mut seed::trial(0));
    drawn.map(Value::from).ok_or_else(|| cannot(here, "no text fits the pattern and the length"))
}

/// Whether a scalar is within the bounds, as far as facts tell.
fn is_within(facts: &Facts<'_>, value: &Value) -> bool {
    match value {
        Value::String(text) => {
            let length = text.chars().count() as u64;
            let matches = |pattern: &&str| {
                regex::Regex::new(pattern).is_ok_and(|pattern| pattern.is_match(text))
            };
            length >= facts.min_length
                && facts.max_length.is_none_or(|most| length <= most)
                && facts.patterns.iter().all(matches)
        }
        Value::Number(number) => number.as_f64().is_some_and(|number| {
            facts.minimum.is_none_or(|bound| {
                if bound.exclusive { number > bound.value } else { number >= bound.value }
            }) && facts.maximum.is_none_or(|bound| {
                if bound.exclusive { number < bound.value } else { number <= bound.value }
            })
        }),
        _ => true,
    }
}

/// A small number that the facts allow: 1 where it may be.
fn number(facts: &Facts<'_>) -> Option<Value> {
    if let Some((least, most, step)) = number::integers(facts) {
        let near = (least.max(1).min(most)).div_euclid(step) * step;
        let near = if near < least { near + step } else { near };
        return Some(near.into());
    }
    let strategy = number::any_number(facts).filter(|_| facts.types.has(Types::FRACTION))?;
    seed::draw(&strategy, &mut seed::trial(0))
}

fn cannot(here: Here<'_>, why: &str) -> Cannot {
    Cannot { at: pointer(here.path), why: why.to_owned() }
}
