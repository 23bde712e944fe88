//! `refused-write-changed`: a refused change that was made all the same.

use serde_json::Value;

use super::episode::{Act, Chronicle, Episode, Outcome, Thing, asked_by, same};
use super::{LawCheck, Meta};
use crate::contract::schema::excerpt;
use crate::contract::{Does, Use};
use crate::document::Pointer;
use crate::finding::{Disagreement, Severity};

/// The check.
pub static CHECK: LawCheck = LawCheck {
    meta: Meta {
        id: "refused-write-changed",
        severity: Severity::Error,
        title: "a refused change that was made all the same",
        what: "Follows what a case has made itself. Compares what was seen of it before and after requests \
               to change it that were refused (4xx), with nothing accepted in between. Looks, too, for things \
               that requests to make them were refused for: there is one afterwards that the case has not \
               made and not seen before, and that has what only the refused request has asked for, a new name \
               (`x-contract-names`), or any text, where it is a part of something that the case has made.",
        why: "Whoever is told no believes that nothing has happened.",
        example: "response 200 application/json /title: promised \"Poems\", as it was before PUT \
                  /books/{book_id} was refused; seen \"\"",
        remedy: "Check the whole request before anything is changed, or undo what was.",
    },
    judge,
};

fn judge(chronicle: &Chronicle<'_, '_>, out: &mut Vec<(usize, Disagreement)>) {
    let episode = chronicle.episode;
    changed(chronicle, out);
    for (number, act) in episode.acts.iter().enumerate() {
        if act.outcome != Outcome::Refused {
            continue;
        }
        for (kind, usage) in episode.contract.kinds.of(&act.operation.id) {
            if usage.does != Does::Create {
                continue;
            }
            let same = |thing: &&Thing<'_>| thing.kind.name == kind.name && thing.birth().is_none();
            for thing in episode.things.iter().filter(same) {
                out.extend(made(episode, (number, act), usage, thing));
            }
        }
    }
}

/// What shows that a refused request has made a thing all the same.
fn made(
    episode: &Episode<'_>,
    (number, act): (usize, &Act<'_>),
    usage: &Use,
    thing: &Thing<'_>,
) -> Option<(usize, Disagreement)> {
    // Whatever was seen or named before had another beginning.
    if !thing.moments.iter().all(|moment| episode.before(number, moment.act)) {
        return None;
    }
    let told = |act: usize| {
        let act = episode.acts.get(act);
        act.is_some_and(|act| act.is_plain() && act.outcome == Outcome::Accepted)
    };
    let (first, shown) = thing
        .moments
        .iter()
        .filter(|moment| told(moment.act))
        .find_map(|moment| Some((moment, episode.shown(moment)?)))?;
    let own = |(kind, id): &(String, String)| {
        let whole = episode.thing(kind, id).is_some_and(|whole| whole.birth().is_some());
        whole && (act.sends(id) || act.path.iter().any(|(_, own)| own == id))
    };
    let own = thing.parents.iter().any(own);
    let asked = asked_by(act, usage, 0);
    let fits = |kept: &str| asked.iter().find(|a| a.kept == kept).map(|a| &a.value);
    // Only what is said in no other request tells where it comes from.
    let mut telling = usage.keeps.iter().filter_map(|keep| {
        let value = fits(&keep.kept)?.as_str()?;
        let named = act.operation.traits.names.contains(&keep.sent);
        let others = episode.acts.iter().enumerate().filter(|(other, _)| *other != number);
        let alone = !others.into_iter().any(|(_, other)| !other.reads() && other.sends(value));
        let kept = Pointer::find(shown, &keep.kept).and_then(Value::as_str) == Some(value);
        (kept && alone && (named || own)).then_some((keep, value))
    });
    let (keep, value) = telling.next()?;
    let list = first.usage.and_then(|usage| usage.thing.as_deref()).unwrap_or_default();
    let place = format!("{}{}", list.replace("/-", "[]"), keep.kept);
    let mut found = episode.disagreement(first.act, &CHECK.meta, place, first.usage);
    found.promised = format!("no {} that {} was refused for", thing.kind.name, usage.operation);
    found.seen = excerpt(&Value::from(value));
    Some((first.act, found))
}

fn changed(chronicle: &Chronicle<'_, '_>, out: &mut Vec<(usize, Disagreement)>) {
    let episode = chronicle.episode;
    for story in chronicle.stories() {
        for (member, seen) in story.members() {
            for pair in seen.windows(2) {
                let [(first, before), (second, after)] = pair else { continue };
                let written = story.between(first.act, second.act);
                let refused = written.iter().all(|written| written.outcome == Outcome::Refused);
                let Some(last) = written.last().filter(|_| refused) else { continue };
                if !episode.before(first.act, second.act) || same(before, after) {
                    continue;
                }
                let place = story.place(second, member);
                let mut found = episode.disagreement(second.act, &CHECK.meta, place, second.usage);
                let by = story.operation(last.moment);
                found.promised = format!("{}, as it was before {by} was refused", excerpt(before));
                found.seen = excerpt(after);
                out.push((second.act, found));
            }
        }
    }
}
