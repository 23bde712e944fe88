//! What can be done next, and what the model then is: sequences for `proptest-state-machine`.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use proptest::strategy::BoxedStrategy;
use proptest_state_machine::Sequential;

use super::model::{Maker, Model};

/// A sequence has at most this many moves, and at least half of them.
const LONGEST: usize = 14;

/// At most this many things are there at a time.
const THINGS: usize = 6;

/// What is done. Things go by numbers, which stay as they are when others leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Move {
    /// Something is made.
    Make {
        /// The number of the kind.
        sort: usize,
        /// The number of what makes it.
        way: usize,
        /// What it becomes a part of.
        parent: Option<u32>,
        /// The number that it gets.
        thing: u32,
        /// What is said of it.
        choice: Vec<Option<usize>>,
    },
    /// Something is read, whether it is there or not.
    Read {
        /// The thing.
        thing: u32,
        /// The number of what reads it.
        way: usize,
    },
    /// Things are listed until this one is found, or to the end.
    List {
        /// The thing.
        thing: u32,
        /// The number of what lists it.
        way: usize,
    },
    /// Something is changed.
    Update {
        /// The thing.
        thing: u32,
        /// The number of what changes it.
        way: usize,
        /// What is said of it.
        choice: Vec<Option<usize>>,
        /// Whether it is done once more.
        again: bool,
    },
    /// Something is changed by a request that has to be refused.
    Refused {
        /// The thing.
        thing: u32,
        /// The number of what changes it.
        way: usize,
        /// The number of the fault.
        breach: usize,
    },
    /// Something is made beside a thing, by a request that has to be refused.
    Spoilt {
        /// The thing.
        thing: u32,
        /// The number of what makes its like.
        way: usize,
        /// The number of the fault.
        breach: usize,
    },
    /// Something is removed.
    Delete {
        /// The thing.
        thing: u32,
        /// The number of what removes it.
        way: usize,
    },
    /// Several at the same time.
    Together(Vec<Move>),
}

/// A thing as the model knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The number of its kind.
    pub sort: usize,
    /// What it is a part of.
    pub parent: Option<u32>,
    /// Whether it is there.
    pub alive: bool,
}

/// What was made so far.
#[derive(Debug, Clone)]
pub struct State {
    model: Arc<Model>,
    things: BTreeMap<u32, Known>,
}

/// A sequence: what was there, what is done, and how far it came.
type Sequence = Sequential<State, Move, BoxedStrategy<State>, BoxedStrategy<Move>>;

/// Sequences by chance. They shrink to the shortest.
#[must_use]
pub fn strategy(model: &Arc<Model>) -> Sequence {
    let begin = State { model: Arc::clone(model), things: BTreeMap::new() };
    Sequential::new(
        (LONGEST / 2..=LONGEST).into(),
        move || Just(begin.clone()).boxed(),
        |state: &State, next: &Move| state.allows(next),
        |state: &State| state.next(),
        |state: State, done: &Move| state.after(done),
    )
}

impl State {
    /// Whether something can be done: what it names was made.
    fn allows(&self, next: &Move) -> bool {
        match next {
            Move::Make { parent, thing, .. } => {
                let there = |parent: &u32| self.things.get(parent).is_some_and(|known| known.alive);
                parent.as_ref().is_none_or(there) && !self.things.contains_key(thing)
            }
            Move::Read { thing, .. }
            | Move::List { thing, .. }
            | Move::Update { thing, .. }
            | Move::Refused { thing, .. }
            | Move::Spoilt { thing, .. }
            | Move::Delete { thing, .. } => self.things.contains_key(thing),
            Move::Together(moves) => moves.iter().all(|next| self.allows(next)),
        }
    }

    fn after(mut self, done: &Move) -> Self {
        match done {
            Move::Make { sort, parent, thing, .. } => {
                self.things.insert(*thing, Known { sort: *sort, parent: *parent, alive: true });
            }
            Move::Delete { thing, .. } => self.bury(*thing),
            Move::Together(moves) => {
                for done in moves {
                    self = self.after(done);
                }
            }
            Move::Read { .. }
            | Move::List { .. }
            | Move::Update { .. }
            | Move::Refused { .. }
            | Move::Spoilt { .. } => {}
        }
        self
    }

    /// A thing goes with everything that is a part of it.
    fn bury(&mut self, thing: u32) {
        if let Some(known) = self.things.get_mut(&thing) {
            known.alive = false;
        }
        let part = |(number, known): (&u32, &Known)| {
            (known.parent == Some(thing) && known.alive).then_some(*number)
        };
        let parts: Vec<u32> = self.things.iter().filter_map(part).collect();
        for part in parts {
            self.bury(part);
        }
    }

    /// What can be done next.
    fn next(&self) -> BoxedStrategy<Move> {
        let mut moves: Vec<(u32, BoxedStrategy<Move>)> = Vec::new();
        let there = self.things.values().filter(|known| known.alive).count();
        if there < THINGS {
            for (sort, known) in self.model.sorts.iter().enumerate() {
                let parents: Vec<Option<u32>> = match known.parent {
                    None => vec![None],
                    Some(parent) => self.alive(parent).map(Some).collect(),
                };
                if parents.is_empty() || known.makes.is_empty() {
                    continue;
                }
                moves.push((if there == 0 { 40 } else { 6 }, self.make(sort, parents)));
            }
        }
        let mut alone = Vec::new();
        for (number, known) in &self.things {
            let weight = if known.alive { 4 } else { 1 };
            alone.extend(self.on(*number, known).into_iter().map(|(w, next)| (w * weight, next)));
        }
        if self.things.values().filter(|known| known.alive).count() > 1 {
            moves.push((6, self.together()));
        }
        moves.extend(alone);
        if moves.is_empty() {
            return Just(Move::Together(Vec::new())).boxed();
        }
        proptest::strategy::Union::new_weighted(moves).boxed()
    }

    fn alive(&self, sort: usize) -> impl Iterator<Item = u32> + '_ {
        let own = move |(number, known): (&u32, &Known)| {
            (known.alive && known.sort == sort).then_some(*number)
        };
        self.things.iter().filter_map(own)
    }

    fn make(&self, sort: usize, parents: Vec<Option<u32>>) -> BoxedStrategy<Move> {
        let thing = self.things.keys().next_back().map_or(0, |last| last + 1);
        let model = Arc::clone(&self.model);
        let ways = model.sorts.get(sort).map_or(1, |sort| sort.makes.len());
        (0..ways, proptest::sample::select(parents))
            .prop_flat_map(move |(way, parent)| {
                let maker = model.sorts.get(sort).and_then(|sort| sort.makes.get(way));
                choice(maker).prop_map(move |choice| Move::Make {
                    sort,
                    way,
                    parent,
                    thing,
                    choice,
                })
            })
            .boxed()
    }

    /// What can be done to a thing.
    fn on(&self, thing: u32, known: &Known) -> Vec<(u32, BoxedStrategy<Move>)> {
        let mut moves: Vec<(u32, BoxedStrategy<Move>)> = Vec::new();
        let Some(sort) = self.model.sorts.get(known.sort) else { return moves };
        for way in 0..sort.reads.len() {
            moves.push((3, Just(Move::Read { thing, way }).boxed()));
        }
        for way in 0..sort.lists.len() {
            moves.push((2, Just(Move::List { thing, way }).boxed()));
        }
        for (way, maker) in sort.updates.iter().enumerate() {
            let said = (choice(Some(maker)), proptest::bool::weighted(0.2));
            let update =
                said.prop_map(move |(choice, again)| Move::Update { thing, way, choice, again });
            moves.push((2, update.boxed()));
            if !maker.breaches.is_empty() {
                let refused = (0..maker.breaches.len()).prop_map(move |breach| Move::Refused {
                    thing,
                    way,
                    breach,
                });
                moves.push((1, refused.boxed()));
            }
        }
        for way in 0..sort.deletes.len() {
            moves.push((1, Just(Move::Delete { thing, way }).boxed()));
        }
        moves
    }

    /// Two or three moves at the same time, each on another thing that is there, none of them a part of
    /// another.
    fn together(&self) -> BoxedStrategy<Move> {
        let alive: Vec<(u32, Known)> = self
            .things
            .iter()
            .filter(|(_, known)| known.alive)
            .map(|(number, known)| (*number, known.clone()))
            .collect();
        let state = self.clone();
        let some = proptest::sample::subsequence(alive.clone(), 2..=alive.len().min(3));
        some.prop_flat_map(move |chosen| {
            let parts = chosen.iter().filter(|(number, _)| {
                !chosen.iter().any(|(other, _)| other != number && state.is_part(*number, *other))
            });
            let moves: Vec<BoxedStrategy<Move>> = parts
                .filter_map(|(number, known)| {
                    let moves = state.on(*number, known);
                    (!moves.is_empty())
                        .then(|| proptest::strategy::Union::new_weighted(moves).boxed())
                })
                .collect();
            moves.prop_map(Move::Together)
        })
        .boxed()
    }

    /// Whether one thing is a part of another.
    fn is_part(&self, thing: u32, whole: u32) -> bool {
        let mut next = self.things.get(&thing).and_then(|known| known.parent);
        while let Some(parent) = next {
            if parent == whole {
                return true;
            }
            next = self.things.get(&parent).and_then(|known| known.parent);
        }
        false
    }
}

/// What may be said in a request; it shrinks to nothing.
fn choice(maker: Option<&Maker>) -> BoxedStrategy<Vec<Option<usize>>> {
    let changes = maker.map(|maker| maker.changes.as_slice()).unwrap_or_default();
    let each: Vec<BoxedStrategy<Option<usize>>> = changes
        .iter()
        .map(|change| proptest::option::weighted(0.6, 0..change.values.len()).boxed())
        .collect();
    each.boxed()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::strategy::{Strategy, ValueTree};

    use super::{Model, Move, State, strategy};
    use crate::generate::{Draft, DraftBody, Sent};
    use crate::plan::sequence::model::{Ask, Maker, Sort};

    fn ask() -> Ask {
        let draft =
            Draft { operation: 0, parameters: Vec::new(), body: DraftBody::None, sent: Sent::AsIs };
        Ask { operation: 0, needs: Vec::new(), draft, calls: 0, shows: None }
    }

    fn model() -> Arc<Model> {
        let sort = |name: &str, parent| Sort {
            name: name.to_owned(),
            parent,
            counted: false,
            makes: vec![Maker {
                ask: ask(),
                changes: Vec::new(),
                breaches: Vec::new(),
                joins: Vec::new(),
                telling: false,
                repeatable: false,
            }],
            reads: vec![ask()],
            lists: vec![ask()],
            updates: Vec::new(),
            deletes: vec![ask()],
        };
        Arc::new(Model { sorts: vec![sort("shelf", None), sort("book", Some(0))] })
    }

    fn sound(begin: State, moves: &[Move]) -> bool {
        let mut state = begin;
        for next in moves {
            if !state.allows(next) {
                return false;
            }
            state = state.after(next);
        }
        true
    }

    #[test]
    fn sequences_stay_sound_as_they_shrink() {
        let mut runner = crate::generate::runner(7);
        for _ in 0..50 {
            let mut tree = strategy(&model()).new_tree(&mut runner).unwrap();
            for _ in 0..100 {
                let (begin, moves, _) = tree.current();
                assert!(sound(begin, &moves), "{moves:?}");
                if !tree.simplify() {
                    break;
                }
            }
        }
    }

    #[test]
    fn the_seed_tells_the_sequence() {
        let sequence = |seed| {
            let mut runner = crate::generate::runner(seed);
            strategy(&model()).new_tree(&mut runner).unwrap().current().1
        };
        assert_eq!(sequence(1), sequence(1));
        assert_ne!(sequence(1), sequence(2));
    }
}
