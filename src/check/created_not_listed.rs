//! `created-not-listed`: what was made, and is in no list.

use super::episode::{Act, Chronicle, Episode, Outcome, Thing, View, asked};
use super::{LawCheck, Meta};
use crate::contract::laws::PageRules;
use crate::contract::{Does, Use};
use crate::document::Pointer;
use crate::finding::{Disagreement, Severity};

/// The check.
pub static CHECK: LawCheck = LawCheck {
    meta: Meta {
        id: "created-not-listed",
        severity: Severity::Error,
        title: "what was made, and is in no list",
        what: "Looks at what a case has made itself, and at lists of its kind that the case has read to \
               their end afterwards, without any filter and in the name of the same user \
               (`x-contract-resources`, `x-contract-page`). Reports the last page where the thing was on \
               none. A list of several pages that others may change while it is read has to be read twice.",
        why: "Users do not find what they have made.",
        example: "response 200 application/json /data: promised the book that POST /books has made; seen \
                  none of 3 items",
        remedy: "Let lists tell of everything that can be found.",
    },
    judge,
};

fn judge(chronicle: &Chronicle<'_, '_>, out: &mut Vec<(usize, Disagreement)>) {
    let episode = chronicle.episode;
    let views = chronicle.views();
    for thing in &episode.things {
        let Some((born, _)) = thing.birth() else { continue };
        for usage in thing.kind.uses.iter().filter(|u| u.does == Does::List && !u.part) {
            if hidden(episode, thing, usage) {
                continue;
            }
            // Reads of the whole list in which it should have been, by their last acts.
            let mut missed: Vec<(usize, bool)> = Vec::new();
            for view in views {
                let whole = view.chains.iter().filter(|chain| view.ends(chain));
                for chain in whole {
                    let acts: Vec<usize> = view.chain(chain).map(|sheet| sheet.act).collect();
                    let one = acts.len() == 1 || (view.own() && !view.rules.shared);
                    if misses(episode, thing, usage, born, &acts, Some(view)) {
                        missed.extend(acts.last().map(|last| (*last, one)));
                    }
                }
            }
            // Lists that have no pages.
            for act in 0..episode.acts.len() {
                if misses(episode, thing, usage, born, &[act], None) {
                    missed.push((act, true));
                }
            }
            let sure = missed.iter().find(|(_, one)| *one).or_else(|| missed.get(1));
            if let Some((act, _)) = sure {
                out.push((*act, told(episode, thing, usage, *act)));
            }
        }
    }
}

/// Whether these acts together read a list in which the thing should be, and is not.
fn misses(
    episode: &Episode<'_>,
    thing: &Thing<'_>,
    usage: &Use,
    born: usize,
    acts: &[usize],
    view: Option<&View<'_>>,
) -> bool {
    let all = |test: &dyn Fn(usize, &Act<'_>) -> bool| {
        acts.iter().all(|at| episode.acts.get(*at).is_some_and(|act| test(*at, act)))
    };
    let listed = |at: usize| thing.moments.iter().any(|moment| moment.act == at);
    let rules = view.map(|view| view.rules);
    all(&|at, act| {
        act.operation.id == usage.operation
            && act.outcome == Outcome::Accepted
            && act.is_plain()
            && act.answer.is_some()
            && (view.is_some() || act.operation.laws.page.as_ref().is_none_or(|p| p.limit.is_none()))
            && episode.before(born, at)
            && within(thing, act)
            && plain(episode, act, rules)
            && episode.user(at) == episode.user(born)
            && !listed(at)
            // Nothing had been sent that may have removed it.
            && thing.ends(episode).all(|end| episode.before(at, end))
    }) && !acts.is_empty()
}

/// Whether the thing had at any time what a list need not show.
fn hidden(episode: &Episode<'_>, thing: &Thing<'_>, usage: &Use) -> bool {
    let Some((member, value)) = &usage.hides else { return false };
    thing.moments.iter().any(|moment| {
        let shown = episode.shown(moment).and_then(|shown| Pointer::find(shown, member));
        let asked = episode.acts.get(moment.act).map(|act| asked(act, moment)).unwrap_or_default();
        shown == Some(value)
            || asked.iter().any(|asked| asked.kept == *member && asked.value == *value)
    })
}

/// Whether a list is that of what the thing is a part of.
fn within(thing: &Thing<'_>, act: &Act<'_>) -> bool {
    let Some(parent) = &thing.kind.parent else { return true };
    let named = act.named(parent);
    let own = thing.parents.iter().find(|(kind, _)| kind == parent).map(|(_, id)| id.as_str());
    own.is_some() && named.first().copied() == own
}

/// Whether nothing in the query but the page, the order and the user chooses what is listed.
fn plain(episode: &Episode<'_>, act: &Act<'_>, rules: Option<&PageRules>) -> bool {
    act.query.iter().all(|(name, _)| {
        let names = act.operation.traits.consumes.iter().filter_map(|entry| entry.get("name"));
        episode.contract.user() == Some(name)
            || names.clone().any(|own| own == name)
            || rules.is_some_and(|rules| rules.places(name))
    })
}

fn told(episode: &Episode<'_>, thing: &Thing<'_>, usage: &Use, act: usize) -> Disagreement {
    let list = usage.thing.as_deref().unwrap_or_default();
    let pointer = list.split("/-").next().unwrap_or_default();
    let items = episode.acts.get(act).and_then(|act| act.answer?.pointer(pointer)?.as_array());
    let mut found = episode.disagreement(act, &CHECK.meta, pointer.to_owned(), Some(usage));
    let made = thing.birth().and_then(|(_, usage)| usage).map_or("", |u| u.operation.as_str());
    found.promised = format!("the {} that {made} has made", thing.kind.name);
    found.seen = format!("none of {} items", items.map_or(0, Vec::len));
    found
}
