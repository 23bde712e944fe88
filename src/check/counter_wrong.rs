//! `counter-wrong`: a number in a thing that differs from what has become of it.

use serde_json::Value;

use super::episode::{Chronicle, Moment, Outcome, Story};
use super::{LawCheck, Meta};
use crate::contract::{Counter, Does};
use crate::document::Pointer;
use crate::finding::{Disagreement, Severity};

/// The check.
pub static CHECK: LawCheck = LawCheck {
    meta: Meta {
        id: "counter-wrong",
        severity: Severity::Error,
        title: "a number in a thing that differs from what has become of it",
        what: "Follows what a case has made itself, and the numbers in it that count something (`counters` in \
               `x-contract-resources`): its parts, as many as the case has made and not removed; or how \
               often something was done to it, which does not change while nothing of the kind is sent, \
               begins as the documents say, and may never fall. Nothing is said after a request of which it \
               is not known what became of it.",
        why: "A shelf of three books says that it has four, and users look for the fourth.",
        example: "response 200 application/json /books: promised 2, as many as the case has made of book and \
                  not removed; seen 3",
        remedy: "Let the server count what is there when it answers, or count along with every change.",
    },
    judge,
};

/// A number that an answer showed.
struct Reading<'m, 'e> {
    moment: &'m Moment<'e>,
    told: u64,
}

fn judge(chronicle: &Chronicle<'_, '_>, out: &mut Vec<(usize, Disagreement)>) {
    for story in chronicle.stories() {
        for counter in &story.thing.kind.counters {
            let mut before: Option<Reading<'_, '_>> = None;
            for (moment, value) in &story.seen {
                let Some(told) = reading(counter, value) else { continue };
                let now = Reading { moment, told };
                if let Some(promised) = promised(story, counter, before.as_ref(), &now) {
                    out.push((moment.act, disagreement(story, counter, &now, promised)));
                }
                before = Some(now);
            }
        }
    }
}

/// The number that is shown, where it is final.
fn reading(counter: &Counter, shown: &Value) -> Option<u64> {
    let told = Pointer::find(shown, &counter.member)?;
    let told = told.as_u64().or_else(|| told.as_str()?.parse().ok())?;
    let settled = counter.settled.as_ref();
    settled
        .is_none_or(|(member, value)| Pointer::find(shown, member) == Some(value))
        .then_some(told)
}

/// What the number should have been, where it is something else.
fn promised(
    story: &Story<'_, '_>,
    counter: &Counter,
    before: Option<&Reading<'_, '_>>,
    now: &Reading<'_, '_>,
) -> Option<String> {
    if let Some(count) = count(story, counter, now.moment.act) {
        let how = match &counter.of {
            Some(kind) => format!("as many as the case has made of {kind} and not removed"),
            None => "as nothing has changed it since it was made".to_owned(),
        };
        return (now.told != count).then(|| format!("{count}, {how}"));
    }
    let before = before.filter(|b| story.episode.before(b.moment.act, now.moment.act))?;
    let by = story.operation(before.moment);
    if counter.grows && now.told < before.told {
        return Some(format!("{} or more, as {by} has shown it", before.told));
    }
    let (since, until) = (before.moment.act, now.moment.act);
    let still = counter.of.is_none()
        && !counter.shared
        && !counter.late
        && !changed(story, counter, Some(since), until)
        && now.told != before.told;
    still.then(|| format!("{}, as {by} has shown it, and nothing has changed it", before.told))
}

/// What the number surely is when an act shows it.
fn count(story: &Story<'_, '_>, counter: &Counter, act: usize) -> Option<u64> {
    let from = counter.from?;
    let birth = story.thing.birth().map(|(birth, _)| birth);
    if birth == Some(act) {
        return counter.of.is_none().then_some(from);
    }
    if counter.shared || changed(story, counter, None, act) {
        return None;
    }
    match &counter.of {
        None => Some(from),
        Some(kind) => birth.and_then(|_| parts(story, kind, act)).map(|parts| from + parts),
    }
}

/// Whether anything may have been done that changes the number, after one act and until another one.
fn changed(story: &Story<'_, '_>, counter: &Counter, since: Option<usize>, until: usize) -> bool {
    let episode = story.episode;
    let own = (story.thing.kind.name.as_str(), story.thing.id.as_str());
    let whole = story.thing.parents.iter().map(|(kind, id)| (kind.as_str(), id.as_str()));
    let all: Vec<(&str, &str)> = std::iter::once(own).chain(whole).collect();
    episode.acts.iter().enumerate().any(|(at, act)| {
        counter.by.contains(&act.operation.id)
            && act.outcome != Outcome::Refused
            && since.is_none_or(|since| at != since && !episode.before(at, since))
            && !episode.before(until, at)
            && all.iter().any(|(kind, id)| act.named(kind).contains(id))
    })
}

/// How many parts of a kind there are, where that is sure.
fn parts(story: &Story<'_, '_>, kind: &str, act: usize) -> Option<u64> {
    let episode = story.episode;
    let (own, id) = (&story.thing.kind.name, &story.thing.id);
    // Of everything that makes parts it has to be known what it has made.
    for (at, made) in episode.acts.iter().enumerate() {
        let makes = episode.contract.kinds.of(&made.operation.id);
        let makes = { makes }.any(|(of, usage)| of.name == kind && usage.does == Does::Create);
        if !makes || made.outcome == Outcome::Refused || episode.before(act, at) {
            continue;
        }
        let told = |thing: &&super::episode::Thing<'_>| {
            thing.kind.name == kind && thing.moments.iter().any(|moment| moment.act == at)
        };
        let here = made.named(own).contains(&id.as_str());
        if here && (!episode.before(at, act) || !episode.things.iter().any(|thing| told(&thing))) {
            return None;
        }
    }
    let mut count = 0;
    let is_part = |(kind, own_id): &(String, String)| kind == own && own_id == id;
    for part in episode.things.iter().filter(|part| part.kind.name == kind) {
        if !part.parents.iter().any(is_part) {
            continue;
        }
        let Some((birth, _)) = part.birth() else {
            // What the case has not made was there, or never.
            let seen = part.moments.iter().any(|moment| moment.shown.is_some());
            if seen {
                return None;
            }
            continue;
        };
        if episode.before(act, birth) {
            continue;
        }
        let gone = part.removals(episode).any(|end| episode.before(end, act));
        let unsure = part.ends(episode).any(|end| !episode.before(act, end));
        match (gone, unsure) {
            (true, _) => {}
            (false, true) => return None,
            (false, false) => count += 1,
        }
    }
    Some(count)
}

fn disagreement(
    story: &Story<'_, '_>,
    counter: &Counter,
    now: &Reading<'_, '_>,
    promised: String,
) -> Disagreement {
    let place = story.place(now.moment, &counter.member);
    let mut found =
        story.episode.disagreement(now.moment.act, &CHECK.meta, place, now.moment.usage);
    (found.promised, found.seen) = (promised, now.told.to_string());
    found.promise = Some((counter.at.document, counter.at.pointer.clone()));
    found
}
