//! All exchanges of one case, in the order in which they were sent.

use std::collections::BTreeMap;

use serde_json::Value;

use super::act::{Act, Known, Outcome};
use super::thing::{Moment, Thing, Touch, touched};
use crate::check::Meta;
use crate::contract::{Contract, Does, Use};
use crate::document::Pointer;
use crate::exchange::{Exchange, MediaType};
use crate::finding::{Basis, Disagreement, Part, Place};

/// All exchanges of one case.
pub struct Episode<'e> {
    /// The contract.
    pub contract: &'e Contract,
    /// Its exchanges with documented operations, in the order in which they were sent.
    pub acts: Vec<Act<'e>>,
    /// What they have to do with, and what became of it; in the order in which it was seen first.
    pub things: Vec<Thing<'e>>,
    /// For each act, the number of its exchange in what the episode was made of.
    numbers: Vec<usize>,
}

impl<'e> Episode<'e> {
    /// Reads exchanges that belong together, each with what is known of it. Those whose record does not
    /// tell when they were are taken to have been made one after the other.
    #[must_use]
    pub fn new(contract: &'e Contract, exchanges: &[(&'e Exchange, &'e Known)]) -> Self {
        let mut numbered: Vec<(usize, Act<'e>)> = exchanges
            .iter()
            .enumerate()
            .filter_map(|(number, (exchange, known))| {
                Some((number, Act::read(contract, exchange, known)?))
            })
            .collect();
        if numbered.iter().any(|(_, act)| act.span.is_none()) {
            for (number, act) in &mut numbered {
                let begin = i64::try_from(*number).unwrap_or(i64::MAX / 2).saturating_mul(2);
                act.span = Some((begin, begin + 1));
            }
        }
        numbered.sort_by_key(|(number, act)| (act.span, *number));
        let (numbers, acts) = numbered.into_iter().unzip();
        let mut episode = Self { contract, acts, things: Vec::new(), numbers };
        episode.tell();
        episode
    }

    /// The number of an act's exchange in what the episode was made of.
    #[must_use]
    pub fn number(&self, act: usize) -> usize {
        self.numbers.get(act).copied().unwrap_or_default()
    }

    /// Whether one act had ended before another one began.
    #[must_use]
    pub fn before(&self, one: usize, other: usize) -> bool {
        let span = |act: usize| self.acts.get(act).and_then(|act| act.span);
        match (span(one), span(other)) {
            (Some((_, end)), Some((begin, _))) => end <= begin && one != other,
            _ => false,
        }
    }

    /// The user in whose name an act was sent, where it names one.
    #[must_use]
    pub fn user(&self, act: usize) -> Option<&str> {
        let (act, name) = (self.acts.get(act)?, self.contract.user()?);
        act.query(name).or_else(|| act.sent.as_ref()?.get(name)?.as_str())
    }

    /// What a moment shows of the thing.
    #[must_use]
    pub fn shown(&self, moment: &Moment<'_>) -> Option<&Value> {
        Pointer::find(self.acts.get(moment.act)?.answer?, moment.shown.as_deref()?)
    }

    /// The thing of a kind with this id.
    #[must_use]
    pub fn thing(&self, kind: &str, id: &str) -> Option<&Thing<'e>> {
        self.things.iter().find(|thing| thing.kind.name == kind && thing.id == id)
    }

    /// Tells what became of each thing.
    fn tell(&mut self) {
        let mut places: BTreeMap<(String, String, String), usize> = BTreeMap::new();
        for number in 0..self.acts.len() {
            let touches = self.touches(number);
            let made: Vec<(String, String)> = touches
                .iter()
                .filter(|touch| touch.usage.is_some_and(|usage| usage.does == Does::Create))
                .map(|touch| (touch.kind.name.clone(), touch.id.clone()))
                .collect();
            for touch in touches {
                let parents = self.parents(number, &touch, &made);
                let scope = parents.first().filter(|_| touch.kind.scoped);
                let scope = scope.map(|(_, id)| id.clone()).unwrap_or_default();
                let key = (touch.kind.name.clone(), touch.id.clone(), scope);
                let place = *places.entry(key).or_insert_with(|| {
                    self.things.push(Thing {
                        kind: touch.kind,
                        id: touch.id.clone(),
                        parents: Vec::new(),
                        born: None,
                        moments: Vec::new(),
                    });
                    self.things.len() - 1
                });
                let Some(thing) = self.things.get_mut(place) else { continue };
                if touch.usage.is_some_and(|usage| usage.does == Does::Create) {
                    thing.born.get_or_insert(thing.moments.len());
                }
                for parent in parents {
                    if !thing.parents.contains(&parent) {
                        thing.parents.push(parent);
                    }
                }
                let Touch { usage, shown, place, .. } = touch;
                thing.moments.push(Moment { act: number, usage, shown, place });
            }
        }
    }

    fn touches(&self, number: usize) -> Vec<Touch<'e>> {
        let Some(act) = self.acts.get(number) else { return Vec::new() };
        let mut touches: Vec<Touch<'e>> = Vec::new();
        for (kind, usage) in self.contract.kinds.of(&act.operation.id) {
            touches.extend(touched(act, kind, usage));
        }
        // Whoever names a thing may do something to it.
        for (kind, id) in act.names() {
            let known = touches.iter().any(|touch| touch.kind.name == kind && touch.id == id);
            if let Some(kind) = self.contract.kinds.get(kind).filter(|_| !known) {
                let id = id.to_owned();
                touches.push(Touch { kind, id, usage: None, shown: None, place: 0 });
            }
        }
        touches
    }

    /// What a thing is a part of, as the request names it, or as it was made with it; the next first.
    fn parents(
        &self,
        number: usize,
        touch: &Touch<'_>,
        made: &[(String, String)],
    ) -> Vec<(String, String)> {
        let Some(act) = self.acts.get(number) else { return Vec::new() };
        let mut found = Vec::new();
        let mut next = touch.kind.parent.as_deref();
        while let Some(kind) = next.filter(|kind| found.iter().all(|(own, _)| own != kind)) {
            let beside = || made.iter().filter(|(own, _)| own == kind).map(|(_, id)| id.as_str());
            match act.named(kind).as_slice() {
                [id] => found.push((kind.to_owned(), (*id).to_owned())),
                [] => found.extend(beside().next().map(|id| (kind.to_owned(), id.to_owned()))),
                _ => {}
            }
            next = self.contract.kinds.get(kind).and_then(|kind| kind.parent.as_deref());
        }
        found
    }

    /// A disagreement of a law in the answer of an act, at a JSON Pointer.
    #[must_use]
    pub fn disagreement(
        &self,
        act: usize,
        meta: &Meta,
        pointer: String,
        promise: Option<&Use>,
    ) -> Disagreement {
        let act = self.acts.get(act);
        let response = act.and_then(|act| act.exchange.response.as_ref());
        let content_type = response.and_then(|response| response.headers.get("content-type"));
        let media_type = content_type.and_then(|text| MediaType::parse(text).ok());
        let part = Part::Response {
            status: act.map_or(0, Act::status),
            media_type: media_type.map(|media_type| media_type.essence().to_owned()),
        };
        Disagreement {
            check: meta.id,
            severity: meta.severity,
            basis: Basis::Schema,
            operation: act.map(|act| act.operation.id.clone()).unwrap_or_default(),
            place: Place { part, pointer },
            kind: String::new(),
            promised: String::new(),
            seen: String::new(),
            promise: promise.map(|usage| (usage.at.document, usage.at.pointer.clone())),
        }
    }
}

impl<'e> Thing<'e> {
    /// The moments in which it was surely removed, or something that it is a part of.
    pub fn removals<'t>(&'t self, episode: &'t Episode<'e>) -> impl Iterator<Item = usize> + 't {
        let deletes = self.of_whole(episode).filter(|(_, usage)| usage.does == Does::Delete);
        deletes.map(|(act, _)| act).filter(|act| {
            episode.acts.get(*act).is_some_and(|a| a.outcome == Outcome::Accepted && a.is_plain())
        })
    }

    /// The acts that may have removed it, or something that it is a part of: those that were not refused.
    /// What changes all of a thing may make its parts anew.
    pub fn ends<'t>(&'t self, episode: &'t Episode<'e>) -> impl Iterator<Item = usize> + 't {
        let own = |act: usize| self.moments.iter().any(|moment| moment.act == act);
        self.of_whole(episode)
            .filter(move |(act, usage)| {
                usage.does == Does::Delete
                    || usage.changes.iter().any(String::is_empty) && !own(*act)
            })
            .map(|(act, _)| act)
            .filter(|act| episode.acts.get(*act).is_some_and(|a| a.outcome != Outcome::Refused))
    }

    /// What is done to it, and to all that it is a part of.
    fn of_whole<'t>(
        &'t self,
        episode: &'t Episode<'e>,
    ) -> impl Iterator<Item = (usize, &'e Use)> + 't {
        let parents = self.parents.iter().filter_map(|(kind, id)| episode.thing(kind, id));
        let all = std::iter::once(self).chain(parents);
        let moments = all.flat_map(|thing| &thing.moments);
        moments.filter_map(|moment| Some((moment.act, moment.usage?)))
    }
}
