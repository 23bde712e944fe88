//! Sequences that are always tried: the life of a thing, and how it goes with what it is a part of.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{Maker, Model};
use super::moves::Move;

/// A thing of a kind is made, with everything that it is a part of; read and listed; changed, refused to
/// be changed, removed; and looked for after each.
#[must_use]
pub fn life(model: &Model, sort: usize) -> Vec<Move> {
    let mut moves = Vec::new();
    let Some(thing) = make(model, sort, 0, &mut moves) else { return moves };
    let Some(known) = model.sorts.get(sort) else { return moves };
    let whole = known.parent.filter(|_| known.counted);
    look(model, sort, thing, &mut moves);
    look_at_whole(model, whole, thing, &mut moves);
    for (way, maker) in known.makes.iter().enumerate().filter(|(_, maker)| maker.telling) {
        // One shows enough.
        if !maker.breaches.is_empty() {
            moves.push(Move::Spoilt { thing, way, breach: 0 });
            look(model, sort, thing, &mut moves);
        }
    }
    for (way, maker) in known.updates.iter().enumerate() {
        // One member alone shows whether the others stay.
        for member in 0..maker.changes.len().max(1) {
            let choice = only(maker, member);
            moves.push(Move::Update { thing, way, choice, again: member == 0 && maker.repeatable });
            look(model, sort, thing, &mut moves);
        }
        // The first one says most beside what is wrong with it.
        if !maker.breaches.is_empty() {
            moves.push(Move::Refused { thing, way, breach: 0 });
            look(model, sort, thing, &mut moves);
        }
    }
    for way in 0..known.deletes.len() {
        moves.push(Move::Delete { thing, way });
        look(model, sort, thing, &mut moves);
        look_at_whole(model, whole, thing, &mut moves);
    }
    moves
}

/// A thing of a kind is made, what it is a part of is removed, and it is looked for. Nothing where it is
/// part of nothing that can be removed.
#[must_use]
pub fn fall(model: &Model, sort: usize) -> Vec<Move> {
    let mut moves = Vec::new();
    let parent = model.sorts.get(sort).and_then(|sort| sort.parent);
    let removes = parent.and_then(|parent| model.sorts.get(parent));
    if removes.is_none_or(|parent| parent.deletes.is_empty()) {
        return moves;
    }
    let Some(thing) = make(model, sort, 0, &mut moves) else { return moves };
    look(model, sort, thing, &mut moves);
    let parent = thing.saturating_sub(1);
    moves.push(Move::Delete { thing: parent, way: 0 });
    look(model, sort, thing, &mut moves);
    if let Some(number) = model.sorts.get(sort).and_then(|sort| sort.parent) {
        look(model, number, parent, &mut moves);
    }
    moves
}

/// The operations that moves take, each once, in the order in which they come.
#[must_use]
pub fn called(model: &Model, moves: &[Move]) -> Vec<usize> {
    // Each thing is of the kind that it was made as.
    let mut sorts: BTreeMap<u32, usize> = BTreeMap::new();
    let mut all = Vec::new();
    for next in moves {
        if let Move::Make { sort, thing, .. } = next {
            sorts.insert(*thing, *sort);
        }
        let sort = |thing: &u32| model.sorts.get(*sorts.get(thing)?);
        let ask = match next {
            Move::Make { thing, way, .. } | Move::Spoilt { thing, way, .. } => {
                sort(thing).and_then(|sort| sort.makes.get(*way)).map(|maker| &maker.ask)
            }
            Move::Update { thing, way, .. } | Move::Refused { thing, way, .. } => {
                sort(thing).and_then(|sort| sort.updates.get(*way)).map(|maker| &maker.ask)
            }
            Move::Read { thing, way } => sort(thing).and_then(|sort| sort.reads.get(*way)),
            Move::List { thing, way } => sort(thing).and_then(|sort| sort.lists.get(*way)),
            Move::Delete { thing, way } => sort(thing).and_then(|sort| sort.deletes.get(*way)),
            Move::Together(moves) => {
                all.extend(called(model, moves));
                None
            }
        };
        all.extend(ask.map(|ask| ask.operation));
    }
    let mut known = BTreeSet::new();
    all.retain(|operation| known.insert(*operation));
    all
}

/// Makes a thing with everything that it is a part of; gives its number.
fn make(model: &Model, sort: usize, value: usize, moves: &mut Vec<Move>) -> Option<u32> {
    let known = model.sorts.get(sort)?;
    let parent = match known.parent {
        Some(parent) => Some(make(model, parent, value, moves)?),
        None => None,
    };
    let thing = parent.map_or(0, |parent| parent + 1);
    let choice = known.makes.first()?.changes.iter().map(|_| Some(value)).collect();
    moves.push(Move::Make { sort, way: 0, parent, thing, choice });
    Some(thing)
}

fn look(model: &Model, sort: usize, thing: u32, moves: &mut Vec<Move>) {
    let Some(known) = model.sorts.get(sort) else { return };
    moves.extend((0..known.reads.len()).map(|way| Move::Read { thing, way }));
    moves.extend((0..known.lists.len()).map(|way| Move::List { thing, way }));
}

/// Looks at what a thing is a part of, if there is any.
fn look_at_whole(model: &Model, whole: Option<usize>, thing: u32, moves: &mut Vec<Move>) {
    if let (Some(whole), Some(number)) = (whole, thing.checked_sub(1)) {
        look(model, whole, number, moves);
    }
}

/// What is said of one member, and nothing of the others.
fn only(maker: &Maker, member: usize) -> Vec<Option<usize>> {
    (0..maker.changes.len()).map(|at| (at == member).then_some(1)).collect()
}
