//! What was seen of a thing, and what was written between two such times.

use std::cell::OnceCell;

use serde_json::Value;

use super::act::Outcome;
use super::episode::Episode;
use super::thing::{Moment, Thing};
use super::value::{Asked, asked, named};
use crate::contract::Does;
use crate::document::Pointer;

/// What became of a thing's values in an episode.
pub struct Story<'s, 'e> {
    /// The episode.
    pub episode: &'s Episode<'e>,
    /// The thing.
    pub thing: &'s Thing<'e>,
    /// The moments in which it is shown, in order.
    pub seen: Vec<(&'s Moment<'e>, &'s Value)>,
    /// The moments in which it may have been changed, in order.
    pub written: Vec<Written<'s, 'e>>,
    members: OnceCell<Members<'s, 'e>>,
}

/// What is seen of each member, in order.
type Members<'s, 'e> = Vec<(&'e str, Vec<(&'s Moment<'e>, &'s Value)>)>;

/// A moment in which a thing may have been changed.
pub struct Written<'s, 'e> {
    /// The moment.
    pub moment: &'s Moment<'e>,
    /// What came of it.
    pub outcome: Outcome,
    /// What was asked for.
    pub asked: Vec<Asked>,
    /// The members of which anything was said.
    pub named: Vec<String>,
    /// Whether the request keeps the documents.
    pub sound: bool,
}

impl Written<'_, '_> {
    /// Whether it is known not to touch a member, if it is taken.
    #[must_use]
    pub fn spares(&self, member: &str) -> bool {
        let Some(usage) = self.moment.usage else { return false };
        self.sound
            && usage.does != Does::Delete
            && !usage.changes.iter().any(|changed| covers(changed, member))
            && !self.names(member)
    }

    /// Whether it says anything of a member.
    #[must_use]
    pub fn names(&self, member: &str) -> bool {
        self.named.iter().any(|own| covers(own, member) || covers(member, own))
    }
}

/// What stands at a place; within `null` there is nothing but `null`.
fn at<'v>(value: &'v Value, pointer: &str) -> Option<&'v Value> {
    Pointer::find(value, pointer).or_else(|| {
        let (parent, _) = pointer.rsplit_once('/')?;
        at(value, parent).filter(|parent| parent.is_null())
    })
}

/// Whether a pointer leads to a place, or to something that it is in.
fn covers(pointer: &str, place: &str) -> bool {
    place.strip_prefix(pointer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

impl<'s, 'e> Story<'s, 'e> {
    /// The stories of all things that the episode has for itself: it has made them, or what they are a
    /// part of.
    #[must_use]
    pub fn own(episode: &'s Episode<'e>) -> Vec<Self> {
        let own = |thing: &&Thing<'e>| {
            let part = || thing.parents.iter().filter_map(|(kind, id)| episode.thing(kind, id));
            thing.born.is_some() || part().any(|parent| parent.born.is_some())
        };
        episode.things.iter().filter(own).map(|thing| Self::of(episode, thing)).collect()
    }

    fn of(episode: &'s Episode<'e>, thing: &'s Thing<'e>) -> Self {
        let (mut seen, mut written) = (Vec::new(), Vec::new());
        for moment in &thing.moments {
            let Some(act) = episode.acts.get(moment.act) else { continue };
            if act.is_plain()
                && act.outcome == Outcome::Accepted
                && let Some(value) = episode.shown(moment)
            {
                seen.push((moment, value));
            }
            if !act.reads() {
                let asked = if act.sound { asked(act, moment) } else { Vec::new() };
                let (outcome, named) = (act.outcome, named(act, moment));
                written.push(Written { moment, outcome, asked, named, sound: act.sound });
            }
        }
        // What it is a part of takes it along.
        for (kind, id) in &thing.parents {
            let parent = episode.thing(kind, id).into_iter().flat_map(|parent| &parent.moments);
            for moment in parent.filter(|moment| moment.does() == Some(Does::Delete)) {
                let Some(act) = episode.acts.get(moment.act) else { continue };
                let (asked, named, sound) = (Vec::new(), Vec::new(), true);
                written.push(Written { moment, outcome: act.outcome, asked, named, sound });
            }
        }
        Self { episode, thing, seen, written, members: OnceCell::new() }
    }

    /// What may have been written after one act had ended, and before another one had; what the first
    /// act has done itself is not among it, what the second has done is.
    #[must_use]
    pub fn between(&self, first: usize, second: usize) -> Vec<&Written<'s, 'e>> {
        self.written
            .iter()
            .filter(|written| {
                let act = written.moment.act;
                act != first
                    && !self.episode.before(act, first)
                    && !self.episode.before(second, act)
            })
            .collect()
    }

    /// What was asked for of a member before an act, if that is surely what it is, and the operation by
    /// which it was.
    #[must_use]
    pub fn known(&self, member: &str, act: usize) -> Option<(&Asked, &'e str)> {
        let written = self.written.iter().rev().find(|written| {
            written.outcome == Outcome::Accepted
                && self.episode.before(written.moment.act, act)
                && written.asked.iter().any(|asked| asked.kept == member)
        })?;
        let since = self.between(written.moment.act, act);
        let sure = since.iter().all(|w| w.outcome == Outcome::Refused || w.spares(member));
        let asked = written.asked.iter().find(|asked| asked.kept == member)?;
        sure.then(|| (asked, self.operation(written.moment)))
    }

    /// Each member that is known to be kept, with what is seen of it, in order. What the server may still
    /// write itself counts from when a request has written it. What is wrong by itself does not count: it
    /// was told where it was seen, and would accuse whoever shows it as it should be.
    #[must_use]
    pub fn members(&self) -> &Members<'s, 'e> {
        let all = self.thing.kind.members.iter();
        self.members.get_or_init(|| all.map(|m| (m.as_str(), self.seen(m))).collect())
    }

    fn seen(&self, member: &str) -> Vec<(&'s Moment<'e>, &'s Value)> {
        let settles = self.thing.kind.settles.iter().any(|own| own == member);
        let counts = |moment: &Moment<'_>| {
            !self.is_wrong(moment, member) && (!settles || self.known(member, moment.act).is_some())
        };
        let seen = self.seen.iter().filter(|(moment, _)| counts(moment));
        seen.filter_map(|(moment, value)| Some((*moment, at(value, member)?))).collect()
    }

    /// Whether the answer of the moment's act was found wrong in a member by itself.
    fn is_wrong(&self, moment: &Moment<'_>, member: &str) -> bool {
        let Some(act) = self.episode.acts.get(moment.act).filter(|act| !act.wrong.is_empty())
        else {
            return false;
        };
        let place = self.place(moment, member);
        act.wrong.iter().any(|wrong| covers(wrong, &place) || covers(&place, wrong))
    }

    /// The place of a member in the answer of the moment's act, the same for every item.
    #[must_use]
    pub fn place(&self, moment: &Moment<'_>, member: &str) -> String {
        let thing = moment.usage.and_then(|usage| usage.thing.as_deref()).unwrap_or_default();
        // A list's items are written `[]` in places.
        format!("{}{member}", thing.replace("/-", "[]"))
    }

    /// The name of the operation of a moment.
    #[must_use]
    pub fn operation(&self, moment: &Moment<'_>) -> &'e str {
        self.episode.acts.get(moment.act).map_or("", |act| act.operation.id.as_str())
    }
}
