//! Sequences of operations on things of one's own: the life of a thing of each kind, and by chance.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use proptest::strategy::{Strategy, ValueTree};

use crate::plan::case::{Attempt, Case, Hold, Phase};
use crate::plan::guide::best;
use crate::plan::planner::PlanOptions;
use crate::plan::sequence::{Builder, Model, Move, Sort, called, fall, life, model, strategy};

/// The cases of a target: with the fewest keys that open all kinds.
pub fn cases(builder: &Builder<'_>, options: &PlanOptions) -> Vec<Case> {
    let (mut cases, mut known) = (Vec::new(), BTreeSet::new());
    let reports = builder.subject.report.keys.iter().enumerate();
    let models: Vec<(usize, &str, Arc<Model>)> = reports
        .map(|(key, report)| {
            (key, report.name.as_str(), Arc::new(model(&Builder { key, ..*builder })))
        })
        .collect();
    let mut used = BTreeSet::new();
    // First with the keys of the apps in which there is most to see.
    for best in [true, false] {
        for (key, name, model) in &models {
            let of = Of { builder, options, key: *key, name, model };
            for (number, sort) in model.sorts.iter().enumerate() {
                if (best && !of.suits(sort)) || !known.insert(sort.name.clone()) {
                    continue;
                }
                used.insert(*key);
                cases.extend(of.script(number, "life", life(model, number)));
                cases.extend(of.script(number, "life-of-its-whole", fall(model, number)));
            }
        }
    }
    let models: Vec<_> = models.into_iter().filter(|(key, ..)| used.contains(key)).collect();
    for number in 0..options.chances {
        // Keys that open much get more.
        let all: usize = models.iter().map(|(_, _, model)| model.sorts.len()).sum();
        let mut at = usize::try_from(number).unwrap_or_default() * 5 % all.max(1);
        for (key, name, model) in &models {
            if at < model.sorts.len() {
                let of = Of { builder, options, key: *key, name, model };
                cases.extend(of.chance(number));
                break;
            }
            at -= model.sorts.len();
        }
    }
    cases
}

struct Of<'o> {
    builder: &'o Builder<'o>,
    options: &'o PlanOptions,
    key: usize,
    name: &'o str,
    model: &'o Arc<Model>,
}

impl Of<'_> {
    /// Whether the app of the key has something to show for all operations of a kind.
    fn suits(&self, sort: &Sort) -> bool {
        let makes = sort.makes.iter().chain(&sort.updates).map(|maker| &maker.ask);
        let mut asks = makes.chain(&sort.reads).chain(&sort.lists).chain(&sort.deletes);
        let report = self.builder.subject.report.keys.get(self.key);
        let modes = report.map(|report| report.modes.as_slice()).unwrap_or_default();
        asks.all(|ask| {
            let contract = self.builder.contract;
            let operation = contract.operations.get(ask.operation);
            let best = operation.map(|operation| best(contract, operation)).unwrap_or_default();
            best.is_empty() || modes.iter().any(|mode| best.contains(&mode.as_str()))
        })
    }

    /// A case of moves that are always the same.
    fn script(&self, sort: usize, name: &str, moves: Vec<Move>) -> Option<Case> {
        if moves.is_empty() {
            return None;
        }
        let operation = self.model.sorts.get(sort)?.makes.first()?.ask.operation;
        let calls = self.calls(&moves);
        let mut case = self.case(operation, &format!("{}-{name}", self.kind(sort)))?;
        case.model_calls = calls;
        let operations = called(self.model, &moves);
        case.attempt = Attempt::Script { model: Arc::clone(self.model), moves, operations };
        Some(case)
    }

    /// A case of moves by chance.
    fn chance(&self, number: u32) -> Option<Case> {
        let operation = self.model.sorts.first()?.makes.first()?.ask.operation;
        let mut case = self.case(operation, &format!("sequence-{}", number + 1))?;
        let mut hasher = DefaultHasher::new();
        (self.options.seed, &case.name).hash(&mut hasher);
        let seed = hasher.finish();
        let mut runner = crate::generate::runner(seed);
        let tree = strategy(self.model).new_tree(&mut runner).ok()?;
        case.model_calls = self.calls(&tree.current().1);
        case.attempt = Attempt::Sequence { model: Arc::clone(self.model), seed };
        Some(case)
    }

    fn kind(&self, sort: usize) -> &str {
        self.model.sorts.get(sort).map_or("", |sort| sort.name.as_str())
    }

    /// How many models moves call, at most.
    fn calls(&self, moves: &[Move]) -> u32 {
        let sort = |at: usize| self.model.sorts.get(at);
        let call = |next: &Move| match next {
            Move::Make { sort: at, way, .. } => {
                sort(*at).and_then(|sort| sort.makes.get(*way)).map_or(0, |maker| maker.ask.calls)
            }
            Move::Together(moves) => self.calls(moves),
            _ => 0,
        };
        moves.iter().map(call).sum()
    }

    fn case(&self, operation: usize, detail: &str) -> Option<Case> {
        let known = self.builder.contract.operations.get(operation)?;
        let chosen = self.options.operation.as_ref().is_none_or(|only| known.id.contains(only));
        chosen.then(|| Case {
            name: format!("{}::{}::{}::{detail}", self.name, known.id, Phase::Stateful),
            number: 0,
            phase: Phase::Stateful,
            operation,
            key: Some(self.key),
            skip: None,
            needs: Vec::new(),
            hold: Hold::Alone,
            model_calls: 0,
            attempt: Attempt::Script {
                model: Arc::clone(self.model),
                moves: Vec::new(),
                operations: Vec::new(),
            },
        })
    }
}
