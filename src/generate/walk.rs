//! A way through all places of a value, and through those that it does not have but might.

use serde_json::Value;

use super::alternatives::alternatives;
use super::edit;
use super::facts::{Facts, Speaker};
use super::sample::{Amount, Samples};
use super::scope::{Carrier, Scope};
use super::types::Types;
use super::values::{carried, of_items, within};

/// At most this many places are visited, and none deeper than [`MAX_DEPTH`].
const MAX_PLACES: usize = 2_000;

/// See [`MAX_PLACES`].
const MAX_DEPTH: usize = 12;

/// A place, and what one alternative of its schema says of it.
pub struct Stop<'w, 's> {
    /// What is known beyond schemas.
    pub scope: &'s Scope<'s>,
    /// The place.
    pub path: &'w [String],
    /// A valid value of the whole that has something at the place.
    pub base: &'w Value,
    /// What is there.
    pub value: &'w Value,
    /// How it travels.
    pub carrier: Carrier,
    /// What the alternative says.
    pub facts: &'w Facts<'s>,
    /// All alternatives.
    pub all: &'w [Facts<'s>],
    /// Whether this is the first visit to the place, and not one for a further alternative.
    pub first: bool,
    /// What tells the alternative that we are in from the others, if it is not that of the value that
    /// we began with.
    pub branch: Option<&'w str>,
    /// Whether it is a member of an object, and whether it must be.
    pub member: Option<bool>,
    /// Whether the base alone has it, and not the value before.
    pub added: bool,
}

/// Visits all places of a value that the schemas allow, the whole first, in the document's order.
///
/// Members that are not there, items of empty lists, and other alternatives are visited in copies of
/// the value that have them. Places that others fill are passed by.
pub fn walk<'s>(
    scope: &'s Scope<'s>,
    speakers: &[Speaker<'s>],
    base: &Value,
    carrier: Carrier,
    visit: &mut dyn FnMut(&Stop<'_, 's>),
) {
    let mut walker = Walker { scope, visit, places: 0, within: Vec::new() };
    let here = Here { path: &[], base, carrier, member: None, added: false, branch: None };
    walker.place(speakers, here);
}

struct Walker<'v, 's> {
    scope: &'s Scope<'s>,
    visit: &'v mut dyn FnMut(&Stop<'_, 's>),
    places: usize,
    /// The schemas we are in.
    within: Vec<*const Value>,
}

#[derive(Clone, Copy)]
struct Here<'h> {
    path: &'h [String],
    base: &'h Value,
    carrier: Carrier,
    member: Option<bool>,
    added: bool,
    branch: Option<&'h str>,
}

impl<'s> Walker<'_, 's> {
    fn place(&mut self, speakers: &[Speaker<'s>], here: Here<'_>) {
        let Some(value) = edit::get(here.base, here.path) else { return };
        if self.scope.is_fixed(here.path) || here.path.len() > MAX_DEPTH {
            return;
        }
        let speakers = self.scope.speakers(here.path, speakers);
        let key = speakers.first().map(|speaker| speaker.identity());
        // A schema within itself is looked at, but not entered.
        let again = key.is_some_and(|key| self.within.contains(&key));
        self.within.extend(key);
        let mut all = alternatives(&speakers);
        all.retain(|facts| !carried(facts, here.carrier).is_empty());
        // The alternative that the value is of comes first.
        let own = all.iter().position(|facts| facts.suits(value)).unwrap_or(0);
        let order = std::iter::once(own).chain((0..all.len()).filter(|index| *index != own));
        for (number, index) in order.enumerate() {
            let Some(facts) = all.get(index) else { continue };
            if number > 0
                && (again
                    || carried(facts, here.carrier) == Types::NULL
                    || self.scope.holds_fixed(here.path))
            {
                continue;
            }
            let mut changed = None;
            if number > 0 {
                let samples = Samples::new(self.scope);
                let sample = samples.of_alternative(facts, here.path, here.carrier, Amount::Least);
                let Ok(sample) = sample else { continue };
                let mut base = here.base.clone();
                edit::set(&mut base, here.path, sample);
                changed = Some(base);
            }
            let base = changed.as_ref().unwrap_or(here.base);
            let Some(value) = edit::get(base, here.path) else { continue };
            let label = facts.labels.last().map(String::as_str);
            let branch = if number > 0 { label.or(here.branch) } else { here.branch };
            self.places += 1;
            if self.places > MAX_PLACES {
                break;
            }
            (self.visit)(&Stop {
                scope: self.scope,
                path: here.path,
                base,
                value,
                carrier: here.carrier,
                facts,
                all: &all,
                first: number == 0,
                branch,
                member: here.member,
                added: here.added,
            });
            if again {
                continue;
            }
            self.inside(facts, value, Here { base, branch, ..here });
        }
        if key.is_some() {
            self.within.pop();
        }
    }

    fn inside(&mut self, facts: &Facts<'s>, value: &Value, here: Here<'_>) {
        let samples = Samples::new(self.scope);
        let carrier = within(here.carrier);
        match value {
            Value::Object(object) => {
                for member in &facts.members {
                    let path = [here.path, &[member.name.to_owned()]].concat();
                    let speakers =
                        if member.speakers.is_empty() { &facts.others } else { &member.speakers };
                    let mut extended = None;
                    if !object.contains_key(member.name) {
                        let Ok(sample) = samples.value(speakers, &path, carrier, Amount::Least)
                        else {
                            continue;
                        };
                        let mut base = here.base.clone();
                        edit::set(&mut base, &path, sample);
                        extended = Some(base);
                    }
                    let (base, added) =
                        (extended.as_ref().unwrap_or(here.base), extended.is_some());
                    let member = Some(member.required);
                    let within = Here { path: &path, base, carrier, member, added, ..here };
                    self.place(speakers, within);
                }
            }
            Value::Array(items) => {
                let path = [here.path, &["0".to_owned()]].concat();
                let carrier = of_items(facts, here.carrier);
                let speakers = facts.prefix.first().unwrap_or(&facts.items);
                if speakers.is_empty() || facts.max_items == Some(0) {
                    return;
                }
                let mut extended = None;
                if items.is_empty() {
                    let Ok(sample) = samples.value(speakers, &path, carrier, Amount::Least) else {
                        return;
                    };
                    let mut base = here.base.clone();
                    edit::set(&mut base, &path, sample);
                    extended = Some(base);
                }
                let (base, added) = (extended.as_ref().unwrap_or(here.base), extended.is_some());
                let within = Here { path: &path, base, carrier, member: None, added, ..here };
                self.place(speakers, within);
            }
            _ => {}
        }
    }
}
