//! What became of a thing in an episode: when it was made, shown, changed and removed.

use serde_json::Value;

use super::act::{Act, Outcome};
use crate::contract::{Choice, Does, Kind, Use};
use crate::document::Pointer;

/// One time at which an exchange had to do with a thing.
pub struct Moment<'e> {
    /// The number of the act.
    pub act: usize,
    /// What the act does to it; `None` where it names the thing, and nothing tells what it does to it.
    pub usage: Option<&'e Use>,
    /// Where the answer shows it: a JSON Pointer without any `-`.
    pub shown: Option<String>,
    /// Which of several things of the request it is.
    pub place: usize,
}

/// A thing, and what became of it.
pub struct Thing<'e> {
    /// Its kind.
    pub kind: &'e Kind,
    /// Its id.
    pub id: String,
    /// The kinds and ids of what it is a part of, as requests name them.
    pub parents: Vec<(String, String)>,
    /// The number of the moment in which it was made; `None` where that was not in this episode.
    pub born: Option<usize>,
    /// Everything that had to do with it, in the order in which it was sent.
    pub moments: Vec<Moment<'e>>,
}

impl<'e> Thing<'e> {
    /// The act that made it, if that was in this episode.
    #[must_use]
    pub fn birth(&self) -> Option<(usize, Option<&'e Use>)> {
        let moment = self.moments.get(self.born?)?;
        Some((moment.act, moment.usage))
    }
}

impl Moment<'_> {
    /// What is done to the thing.
    #[must_use]
    pub fn does(&self) -> Option<Does> {
        self.usage.map(|usage| usage.does)
    }
}

/// A thing that an act has to do with.
pub struct Touch<'e> {
    /// Its kind.
    pub kind: &'e Kind,
    /// Its id.
    pub id: String,
    /// What the act does to it.
    pub usage: Option<&'e Use>,
    /// Where the answer shows it.
    pub shown: Option<String>,
    /// Which of several things of the request it is.
    pub place: usize,
}

/// The things that an act of this kind makes, shows, changes or removes.
#[must_use]
pub fn touched<'e>(act: &Act<'e>, kind: &'e Kind, usage: &'e Use) -> Vec<Touch<'e>> {
    let chosen = |choice: &Choice| {
        let body = choice.pointer.as_ref().and_then(|at| Pointer::find(act.sent.as_ref()?, at));
        let path = choice.path.as_ref().and_then(|name| {
            let value = act.path.iter().find(|(own, _)| own == name);
            value.map(|(_, value)| value.as_str())
        });
        match body {
            Some(body) => *body == choice.equals,
            None => path.is_some() && choice.equals.as_str() == path,
        }
    };
    if usage.when.as_ref().is_some_and(|when| !chosen(when))
        || usage.unless.as_ref().is_some_and(chosen)
    {
        return Vec::new();
    }
    let touch = |id: &str, shown, place| Touch {
        kind,
        id: id.to_owned(),
        usage: Some(usage),
        shown,
        place,
    };
    let told = match (&usage.id, &usage.thing, act.answer) {
        _ if act.outcome != Outcome::Accepted => Vec::new(),
        (Some(pointer), _, Some(answer)) => {
            let id = Pointer::find(answer, pointer).and_then(|id| id.as_str());
            id.map(|id| (id.to_owned(), None)).into_iter().collect()
        }
        (Some(pointer), _, None) => {
            let mut ids =
                act.events.iter().filter_map(|event| Pointer::find(event, pointer)?.as_str());
            ids.find(|id| !id.is_empty()).map(|id| (id.to_owned(), None)).into_iter().collect()
        }
        (None, Some(thing), Some(answer)) => {
            let mut found = Vec::new();
            places(answer, thing, &mut Pointer::default(), &mut |at, value| {
                if let Some(id) = Pointer::find(value, &kind.id).and_then(Value::as_str) {
                    found.push((id.to_owned(), Some(at.as_str().to_owned())));
                }
            });
            found
        }
        _ => Vec::new(),
    };
    if matches!(usage.does, Does::Create | Does::List) {
        let numbered = told.into_iter().enumerate();
        return numbered
            .map(|(place, (id, shown))| {
                // Whoever names it already goes on with it.
                let known = usage.does == Does::Create && act.sends(&id);
                let usage = Some(usage).filter(|_| !known);
                Touch { usage, ..touch(&id, shown, place) }
            })
            .collect();
    }
    let named = act.named(&kind.name);
    let alone = named.len() == 1;
    let numbered = named.into_iter().enumerate();
    numbered
        .map(|(place, id)| {
            // A read that shows one thing shows the one that was asked for: whether it has the right id
            // is for others to judge.
            let shown = match told.as_slice() {
                [(_, shown)] if alone => shown.clone(),
                _ => told.iter().find(|(own, _)| own == id).and_then(|(_, shown)| shown.clone()),
            };
            touch(id, shown, place)
        })
        .collect()
}

/// Tells of the values at a pointer in which `-` stands for any item, each with the pointer to it, which has
/// no `-`.
fn places(value: &Value, pointer: &str, at: &mut Pointer, tell: &mut dyn FnMut(&Pointer, &Value)) {
    let (here, more) = match pointer.split_once("/-") {
        Some((here, more)) => (here, Some(more)),
        None => (pointer, None),
    };
    let Some(value) = Pointer::find(value, here) else { return };
    let length = at.len();
    at.extend(here);
    match (value, more) {
        (Value::Array(items), Some(more)) => {
            let length = at.len();
            for (number, item) in items.iter().enumerate() {
                at.push_index(number);
                places(item, more, at, tell);
                at.truncate(length);
            }
        }
        (value, None) => tell(at, value),
        _ => {}
    }
    at.truncate(length);
}
