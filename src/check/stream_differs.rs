//! `stream-differs`: what an answer told, and what is stored of it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::episode::{Act, Chronicle, Episode, Outcome, Thing};
use super::{LawCheck, Meta};
use crate::contract::schema::excerpt;
use crate::contract::{Does, StreamRules, Told};
use crate::document::Pointer;
use crate::finding::{Disagreement, Part, Place, Severity};

/// The check.
pub static CHECK: LawCheck = LawCheck {
    meta: Meta {
        id: "stream-differs",
        severity: Severity::Error,
        title: "what an answer told, and what is stored of it",
        what: "Looks at streams that came to their end, and at the single answers in their place. Puts \
               together what their events tell of a thing (`tells` of `x-contract-stream`), and reports \
               if a later read of that thing shows something else. So the stream and the single answer \
               are both held against what is stored. A stream that somebody stops is not judged.",
        why: "What the reader saw on the screen is not what the history shows.",
        example: "response 200 text/event-stream: promised \"On shelf 3.\", as GET /questions/{question_id} \
                  shows it; seen \"On shelf\"",
        remedy: "Let the server send and store the same.",
    },
    judge,
};

fn judge(chronicle: &Chronicle<'_, '_>, out: &mut Vec<(usize, Disagreement)>) {
    let episode = chronicle.episode;
    for (number, act) in episode.acts.iter().enumerate() {
        if act.outcome != Outcome::Accepted || !act.is_plain() || is_stopped(episode, number) {
            continue;
        }
        let Some(rules) = rules(act) else { continue };
        for told in &rules.tells {
            let Some((id, value)) = heard(act, rules, told) else { continue };
            let Some(thing) = episode.thing(&told.kind, &id) else { continue };
            let Some((reader, stored)) = stored(episode, thing, number, &told.member) else {
                continue;
            };
            if *stored != value {
                let mut found = episode.disagreement(number, &CHECK.meta, String::new(), None);
                if !act.events.is_empty() {
                    found.place = Place::whole(Part::Stream { status: act.status() });
                }
                told.member.trim_start_matches('/').clone_into(&mut found.kind);
                let by = episode.acts.get(reader).map_or("", |act| act.operation.id.as_str());
                found.promised = format!("{}, as {by} shows it", excerpt(stored));
                found.seen = excerpt(&value);
                found.promise = Some(rules.at.clone());
                out.push((number, found));
            }
        }
    }
}

/// What is promised of the stream that the operation can answer with.
fn rules<'e>(act: &Act<'e>) -> Option<&'e StreamRules> {
    let response = act.operation.response(act.status())?;
    response.content.iter().find_map(|content| content.stream.as_ref())
}

/// The id of the thing, and what is told of it.
fn heard(act: &Act<'_>, rules: &StreamRules, told: &Told) -> Option<(String, Value)> {
    let text = |value: &Value, pointer: &str| {
        Pointer::find(value, pointer).and_then(Value::as_str).map(str::to_owned)
    };
    if let Some(answer) = act.answer {
        return Some((
            text(answer, &told.id)?,
            Pointer::find(answer, told.single.as_ref()?)?.clone(),
        ));
    }
    let id = act.events.iter().find_map(|event| text(event, &told.id))?;
    let names: Vec<String> =
        act.events.iter().filter_map(|event| text(event, &rules.event_name)).collect();
    let has = |set: &&BTreeMap<String, String>| names.iter().any(|name| set.contains_key(name));
    let ended = told.ends.is_empty() || names.iter().any(|name| told.ends.contains(name));
    if !ended || told.pieces.iter().filter(has).count() > 1 {
        return None;
    }
    let piece = |name: &str| told.pieces.iter().find_map(|set| set.get(name));
    let mut value: Option<Value> = None;
    for event in act.events.iter() {
        let Some(name) = text(event, &rules.event_name) else { continue };
        if let Some(pointer) = told.whole.get(&name) {
            value = Pointer::find(event, pointer).cloned();
        } else if let Some(piece) = piece(&name).and_then(|at| text(event, at)) {
            let before = value.as_ref().and_then(Value::as_str).unwrap_or_default();
            value = Some(Value::String(format!("{before}{piece}")));
        }
    }
    Some((id, value?))
}

/// What the first read after an act shows of a member, and the read; nothing where it may have been
/// changed before that.
fn stored<'t>(
    episode: &'t Episode<'_>,
    thing: &'t Thing<'_>,
    act: usize,
    member: &str,
) -> Option<(usize, &'t Value)> {
    let later = || thing.moments.iter().filter(|moment| episode.before(act, moment.act));
    let reads = |does: Option<Does>| matches!(does, Some(Does::Read | Does::List));
    let read = later().find(|moment| reads(moment.does()) && moment.shown.is_some())?;
    let changed = later().any(|moment| {
        let touches = moment.usage.is_some_and(|usage| {
            let named = usage.keeps.iter().any(|keep| keep.kept == member);
            named || usage.changes.iter().any(|own| own.is_empty() || own == member)
        });
        moment.does() == Some(Does::Update) && touches && !episode.before(read.act, moment.act)
    });
    let plain = episode.acts.get(read.act).is_some_and(Act::is_plain);
    let value = episode.shown(read)?.pointer(member)?;
    (plain && !changed).then_some((read.act, value))
}

/// Whether something acted on a run while the answer came.
fn is_stopped(episode: &Episode<'_>, number: usize) -> bool {
    episode.acts.iter().enumerate().any(|(other, act)| {
        act.operation.traits.safety.as_deref() == Some("control")
            && !episode.before(number, other)
            && !episode.before(other, number)
            && other != number
    })
}
