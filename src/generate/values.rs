//! Strategies of valid values.

use std::sync::Arc;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::{SBoxedStrategy, Union};
use serde_json::{Map, Value};

use super::alternatives::alternatives;
use super::facts::{Facts, Member, Speaker};
use super::sample::{Amount, Samples};
use super::scope::{Cannot, Carrier, Path, Scope, pointer};
use super::text::{self, Alphabet};
use super::types::Types;
use super::{any, number};

/// A schema is entered within itself as often as this.
const MAX_WITHIN_ITSELF: usize = 2;

/// Values are not nested deeper than this.
const MAX_DEPTH: usize = 24;

/// At most this many values are looked at within one; what is optional and beyond is left out.
const MAX_PLACES: usize = 5_000;

/// How many more items or members than it must have a value gets.
const SPREAD: u64 = 3;

/// Makes strategies of values of one schema.
pub struct Values<'s> {
    scope: &'s Scope<'s>,
    path: Path,
    /// The schemas we are in.
    within: Vec<Vec<*const Value>>,
    places: usize,
}

type Made = Result<SBoxedStrategy<Value>, Cannot>;

impl<'s> Values<'s> {
    /// For values of which this is known beyond their schema.
    #[must_use]
    pub fn new(scope: &'s Scope<'s>) -> Self {
        Self::at(scope, &[])
    }

    /// For values that stand at a place within the one of which this is known.
    #[must_use]
    pub fn at(scope: &'s Scope<'s>, path: &[String]) -> Self {
        Self { scope, path: path.to_vec(), within: Vec::new(), places: 0 }
    }

    /// Values that obey the schemas, one strategy for each alternative.
    ///
    /// # Errors
    ///
    /// Why there are none.
    pub fn alternatives(
        &mut self,
        speakers: &[Speaker<'s>],
        carrier: Carrier,
    ) -> Result<Vec<SBoxedStrategy<Value>>, Cannot> {
        let speakers = self.scope.speakers(&self.path, speakers);
        if self.scope.is_fixed(&self.path) {
            let value =
                Samples::new(self.scope).value(&speakers, &self.path, carrier, Amount::Least)?;
            return Ok(vec![Just(value).sboxed()]);
        }
        let mut key: Vec<*const Value> = speakers.iter().map(|s| s.identity()).collect();
        key.sort_unstable();
        self.places += 1;
        let depth = self.within.len();
        if depth > MAX_DEPTH
            || self.places > MAX_PLACES
            || self.within.iter().filter(|own| **own == key).count() >= MAX_WITHIN_ITSELF
        {
            return Err(self.cannot("the schema contains itself, or too much"));
        }
        self.within.push(key);
        let (mut made, mut last) = (Vec::new(), None);
        for facts in alternatives(&speakers) {
            match self.alternative(&facts, carrier) {
                Ok(strategy) => made.push(strategy),
                Err(cannot) => last = Some(cannot),
            }
        }
        self.within.pop();
        if made.is_empty() {
            return Err(last.unwrap_or_else(|| self.cannot("the schema allows no value")));
        }
        Ok(made)
    }

    fn strategy(&mut self, speakers: &[Speaker<'s>], carrier: Carrier) -> Made {
        Ok(union(self.alternatives(speakers, carrier)?))
    }

    fn alternative(&mut self, facts: &Facts<'s>, carrier: Carrier) -> Made {
        let types = carried(facts, carrier);
        if types.is_empty() {
            return Err(self.cannot("a text cannot carry such a value"));
        }
        if let Some(choices) = &facts.choices {
            let choices: Vec<Value> =
                choices.iter().filter(|value| types.allow(value)).map(|v| (*v).clone()).collect();
            if choices.is_empty() {
                return Err(self.cannot("a text cannot carry such a value"));
            }
            return Ok(select(choices).sboxed());
        }
        if types == Types::ALL {
            return Ok(any::values());
        }
        let (mut made, mut last) = (Vec::new(), None);
        let mut add = |weight: u32, strategy: Made| match strategy {
            Ok(strategy) => made.push((weight, strategy)),
            Err(cannot) => last = Some(cannot),
        };
        if types.has(Types::STRING) {
            add(4, Ok(self.strings(facts, carrier)));
        }
        let numbers = if types.has(Types::FRACTION) {
            Some(number::any_number(facts))
        } else {
            types.has(Types::INTEGER).then(|| number::whole(facts))
        };
        if let Some(numbers) = numbers {
            add(4, numbers.ok_or_else(|| self.cannot("no number is within the bounds")));
        }
        if types.has(Types::BOOLEAN) {
            add(4, Ok(proptest::bool::ANY.prop_map(Value::Bool).sboxed()));
        }
        if types.has(Types::OBJECT) {
            add(4, self.objects(facts, carrier));
        }
        if types.has(Types::ARRAY) {
            add(4, self.arrays(facts, carrier));
        }
        if types.has(Types::NULL) {
            add(1, Ok(Just(Value::Null).sboxed()));
        }
        if made.is_empty() {
            return Err(last.unwrap_or_else(|| self.cannot("the schema allows no value")));
        }
        Ok(if made.len() == 1 { made.remove(0).1 } else { Union::new_weighted(made).sboxed() })
    }

    fn strings(&self, facts: &Facts<'s>, carrier: Carrier) -> SBoxedStrategy<Value> {
        if facts.binary && carrier == Carrier::Field {
            let field = self.path.first().map_or("-", String::as_str);
            let names: Vec<Value> =
                self.scope.files(field).iter().map(|file| file.name.clone().into()).collect();
            if !names.is_empty() {
                return select(names).sboxed();
            }
        }
        let alphabet = match carrier {
            Carrier::Text(alphabet) => alphabet,
            _ => Alphabet::Any,
        };
        text::strings(facts, alphabet).prop_map(Value::String).sboxed()
    }

    fn objects(&mut self, facts: &Facts<'s>, carrier: Carrier) -> Made {
        let (mut names, mut members): (Vec<String>, Vec<SBoxedStrategy<Option<Value>>>) =
            Default::default();
        // What is required comes first: it must not be short of places.
        let (required, rest): (Vec<_>, Vec<_>) = facts.members.iter().partition(|m| m.required);
        for member in required.into_iter().chain(rest) {
            self.path.push(member.name.to_owned());
            let left_out = !member.required
                && (self.scope.is_fixed(&self.path) || self.scope.holds_fixed(&self.path));
            let made = if left_out { None } else { Some(self.member(member, facts, carrier)) };
            self.path.pop();
            match made {
                Some(Ok(strategy)) if member.required => {
                    members.push(strategy.prop_map(Some).sboxed());
                }
                Some(Ok(strategy)) => members.push(option::weighted(0.4, strategy).sboxed()),
                Some(Err(cannot)) if member.required => return Err(cannot),
                _ => continue,
            }
            names.push(member.name.to_owned());
        }
        let names: Arc<[String]> = names.into();
        let order = facts.members.iter().map(|m| m.name.to_owned()).collect::<Arc<[String]>>();
        let declared = members.prop_map(move |values| {
            let mut given: Map<String, Value> = names
                .iter()
                .zip(values)
                .filter_map(|(name, value)| Some((name.clone(), value?)))
                .collect();
            // In the document's order, as a person would write them.
            let mut object = Map::new();
            for name in order.iter() {
                if let Some(value) = given.shift_remove(name) {
                    object.insert(name.clone(), value);
                }
            }
            object
        });
        let least = facts.min_members;
        let most = facts.max_members.unwrap_or(u64::MAX);
        let others = self.others(facts, carrier);
        let objects = match others {
            Some(others) => (declared, others)
                .prop_map(|(mut object, others)| {
                    for (name, value) in others {
                        object.entry(name).or_insert(value);
                    }
                    object
                })
                .sboxed(),
            None => declared.sboxed(),
        };
        let objects = if least > 0 || facts.max_members.is_some() {
            objects
                .prop_filter("the number of members", move |object| {
                    (least..=most).contains(&(object.len() as u64))
                })
                .sboxed()
        } else {
            objects
        };
        Ok(objects.prop_map(Value::Object).sboxed())
    }

    fn member(&mut self, member: &Member<'s>, facts: &Facts<'s>, carrier: Carrier) -> Made {
        let speakers = if member.speakers.is_empty() { &facts.others } else { &member.speakers };
        self.strategy(speakers, within(carrier))
    }

    /// Members beyond those that are declared, where they are asked for.
    fn others(
        &mut self,
        facts: &Facts<'s>,
        carrier: Carrier,
    ) -> Option<SBoxedStrategy<Vec<(String, Value)>>> {
        if !facts.free || matches!(carrier, Carrier::Form) || self.scope.holds_fixed(&self.path) {
            return None;
        }
        self.path.push("-".to_owned());
        let values = self.strategy(&facts.others, within(carrier));
        let names = if facts.names.is_empty() {
            Ok(any::names())
        } else {
            let strategy = self.strategy(&facts.names, Carrier::Json);
            strategy.map(|names| {
                names.prop_filter_map("a name", |name| name.as_str().map(str::to_owned)).sboxed()
            })
        };
        self.path.pop();
        let (values, names) = (values.ok()?, names.ok()?);
        let least = facts.min_members.saturating_sub(facts.members.len() as u64);
        let most = facts.max_members.unwrap_or(u64::MAX).min(least + SPREAD);
        Some(vec((names, values), size(least)..=size(most.max(least))).sboxed())
    }

    fn arrays(&mut self, facts: &Facts<'s>, carrier: Carrier) -> Made {
        // An empty list that is repeated is nothing at all.
        let some = u64::from(carrier != Carrier::Json);
        let carrier = of_items(facts, carrier);
        self.path.push("-".to_owned());
        let prefix: Result<Vec<_>, _> =
            facts.prefix.iter().map(|speakers| self.strategy(speakers, carrier)).collect();
        let items = self.strategy(&facts.items, carrier);
        let fixed = self.scope.is_fixed(&self.path) || self.scope.holds_fixed(&self.path);
        self.path.pop();
        let prefix = prefix?;
        let first = prefix.len() as u64;
        let least = facts.min_items.max(some).saturating_sub(first);
        let most = facts.max_items.unwrap_or(u64::MAX).saturating_sub(first);
        let most = if fixed { least.max(1) } else { most.min(least.saturating_add(SPREAD)) };
        let least = if fixed { most } else { least };
        let items = match items {
            Ok(items) => items,
            Err(_) if least == 0 && prefix.is_empty() => {
                return Ok(Just(Value::Array(Vec::new())).sboxed());
            }
            Err(cannot) => return Err(cannot),
        };
        let items = vec(items, size(least)..=size(most.max(least)));
        let arrays = (prefix, items)
            .prop_map(|(mut prefix, items)| {
                prefix.extend(items);
                prefix
            })
            .sboxed();
        let arrays = if facts.unique {
            arrays.prop_filter("all different", |items| all_different(items)).sboxed()
        } else {
            arrays
        };
        Ok(arrays.prop_map(Value::Array).sboxed())
    }

    fn cannot(&self, why: &str) -> Cannot {
        Cannot { at: pointer(&self.path), why: why.to_owned() }
    }
}

/// The types of an alternative that the carrier can carry. A text that may be a string is one,
/// whatever else it looks like.
#[must_use]
pub fn carried(facts: &Facts<'_>, carrier: Carrier) -> Types {
    let types = facts.likely();
    match carrier {
        Carrier::Json => types,
        Carrier::Form => types.and(Types::OBJECT),
        Carrier::Field | Carrier::Text(_) if types.has(Types::STRING) => Types::STRING,
        Carrier::Field | Carrier::Text(_) => types.without(Types::NULL),
    }
}

/// How the members and items of a value travel.
#[must_use]
pub fn within(carrier: Carrier) -> Carrier {
    match carrier {
        Carrier::Json | Carrier::Field => Carrier::Json,
        Carrier::Form => Carrier::Field,
        Carrier::Text(alphabet) => Carrier::Text(alphabet),
    }
}

/// How the items of a list travel: a form repeats a field for each of several files.
#[must_use]
pub fn of_items(facts: &Facts<'_>, carrier: Carrier) -> Carrier {
    if carrier == Carrier::Field && is_binary(&facts.items) { carrier } else { within(carrier) }
}

/// Whether the schemas speak of files.
#[must_use]
pub fn is_binary(speakers: &[Speaker<'_>]) -> bool {
    alternatives(speakers).iter().any(|facts| facts.binary)
}

/// Whether no two items are the same.
#[must_use]
pub fn all_different(items: &[Value]) -> bool {
    items
        .iter()
        .enumerate()
        .all(|(index, item)| !items.iter().take(index).any(|other| other == item))
}

/// One of several strategies; values shrink to those of the first.
pub fn union<T: std::fmt::Debug + 'static>(mut made: Vec<SBoxedStrategy<T>>) -> SBoxedStrategy<T> {
    if made.len() == 1 { made.remove(0) } else { Union::new(made).sboxed() }
}

fn size(count: u64) -> usize {
    usize::try_from(count.min(100_000)).unwrap_or(0)
}
