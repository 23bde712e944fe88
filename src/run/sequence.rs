//! Sequences of moves, made: what the model calls things becomes ids.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::Ordering;
use std::sync::{Mutex, MutexGuard, PoisonError};

use proptest::strategy::{Strategy, ValueTree};
use serde_json::Value;

use super::answered::Answered;
use super::execute::{Try, Verdict, verdict};
use super::judge::Said;
use super::pages::Pages;
use super::pool::{Bundle, For, wait};
use super::reveal::{revealed, select};
use super::session::Step;
use crate::exchange::Body;
use crate::finding::Severity;
use crate::generate::{Draft, runner};
use crate::plan::Twist;
use crate::plan::sequence::{Ask, Maker, Model, Move, strategy};

/// How many sequences are tried to make one that fails shorter.
const SHRINKS: u32 = 80;

/// At most this many pages of a list are read.
const PAGES: usize = 20;

/// At most this much of a request's body is shown in a step.
const SHOWN: usize = 160;

/// What came of a sequence.
struct Played {
    /// What was found in it.
    said: Vec<Said>,
    /// What was sent, and what came of it.
    steps: Vec<String>,
    /// Whether it called what has not answered often enough.
    waits: bool,
}

/// A sequence being made.
struct Play<'p> {
    case: &'p Try<'p>,
    model: &'p Model,
    /// The things that are there, or were.
    things: Mutex<BTreeMap<u32, Thing>>,
    /// Those that are gone, or should be.
    gone: Mutex<BTreeSet<u32>>,
    played: Mutex<Played>,
}

#[derive(Clone)]
struct Thing {
    sort: usize,
    ids: BTreeMap<String, String>,
}

impl Try<'_> {
    /// Moves that are always the same.
    pub(super) async fn script(&self, model: &Model, moves: &[Move]) -> Verdict {
        let played = self.play(model, moves).await;
        told(played)
    }

    /// Moves by chance; if they break anything, the fewest that still do.
    pub(super) async fn sequence(&self, model: &std::sync::Arc<Model>, seed: u64) -> Verdict {
        let mut runner = runner(seed);
        let Ok(mut tree) = strategy(model).new_tree(&mut runner) else { return Verdict::Passed };
        let (_, moves, reached) = tree.current();
        let mut worst = self.play(model, &moves).await;
        let Some(check) = first_error(&worst.said) else { return Verdict::Passed };
        // What it is told not to have been made is thrown away first.
        if let Some(reached) = reached {
            reached.store(moves.len(), Ordering::SeqCst);
        }
        // Going back and forth comes by the same sequences again.
        let mut known = vec![(moves, true)];
        let (mut left, mut waits) = (SHRINKS, worst.waits);
        let mut simpler = tree.simplify();
        // Where something does not answer, each would wait for it again.
        while simpler && left > 0 && !waits && !self.executor.session.stop.load(Ordering::Relaxed) {
            let moves = tree.current().1;
            let before = known.iter().find(|(known, _)| *known == moves).map(|(_, fails)| *fails);
            let fails = if let Some(fails) = before {
                fails
            } else {
                left -= 1;
                let again = self.play(model, &moves).await;
                waits |= again.waits;
                let fails = again.said.iter().any(|said| said.check == check);
                if fails {
                    worst = again;
                }
                known.push((moves, fails));
                fails
            };
            simpler = if fails { tree.simplify() } else { tree.complicate() };
        }
        told(worst)
    }

    /// Makes moves, and judges what came of them, each answer and all together.
    async fn play(&self, model: &Model, moves: &[Move]) -> Played {
        let session = &self.executor.session;
        self.begin();
        let play = Play {
            case: self,
            model,
            things: Mutex::default(),
            gone: Mutex::default(),
            played: Mutex::new(Played { said: Vec::new(), steps: Vec::new(), waits: false }),
        };
        for next in moves {
            play.go(next).await;
        }
        let mut played = play.played.into_inner().unwrap_or_else(PoisonError::into_inner);
        played.said.extend(session.close(self.number));
        played.said.sort_by_key(|said| std::cmp::Reverse(said.severity));
        played
    }
}

fn first_error(said: &[Said]) -> Option<&'static str> {
    said.iter().find(|said| said.severity == Severity::Error).map(|said| said.check)
}

fn told(played: Played) -> Verdict {
    let steps = format!("the steps:\n{}", played.steps.join("\n"));
    verdict(played.said, Some(steps))
}

impl Play<'_> {
    fn go<'g>(&'g self, next: &'g Move) -> Pin<Box<dyn Future<Output = ()> + Send + 'g>> {
        Box::pin(async move {
            match next {
                Move::Make { sort, way, parent, thing, choice } => {
                    self.make((*sort, *way), *parent, *thing, choice).await;
                }
                Move::Read { thing, way } => {
                    let asks = |sort: usize| self.model.sorts.get(sort)?.reads.get(*way);
                    self.ask(*thing, asks).await;
                }
                Move::List { thing, way } => {
                    self.list(*thing, *way).await;
                }
                Move::Delete { thing, way } => {
                    let asks = |sort: usize| self.model.sorts.get(sort)?.deletes.get(*way);
                    self.gone().insert(*thing);
                    self.ask(*thing, asks).await;
                }
                Move::Update { thing, way, choice, again } => {
                    let Some((known, maker)) = self.updates(*thing, *way) else { return };
                    let draft = maker.draft(choice);
                    let answered = self.send(&maker.ask, &draft, &known.ids).await;
                    if *again {
                        // To the letter, new names included.
                        self.repeat(&maker.ask, &draft, &known.ids, &answered).await;
                    }
                }
                Move::Refused { thing, way, breach } => {
                    let Some((known, maker)) = self.updates(*thing, *way) else { return };
                    let Some(draft) = maker.breaches.get(*breach) else { return };
                    self.send(&maker.ask, draft, &known.ids).await;
                }
                Move::Spoilt { thing, way, breach } => self.spoil(*thing, *way, *breach).await,
                Move::Together(moves) => self.together(moves).await,
            }
        })
    }

    /// Sends a faulty request to make something beside a thing.
    async fn spoil(&self, thing: u32, way: usize, breach: usize) {
        let Some(known) = self.known(thing) else { return };
        let maker = self.model.sorts.get(known.sort).and_then(|sort| sort.makes.get(way));
        let Some(maker) = maker else { return };
        let Some(draft) = maker.breaches.get(breach) else { return };
        let needs = [maker.ask.needs.as_slice(), maker.joins.as_slice()].concat();
        self.send(&Ask { needs, ..maker.ask.clone() }, draft, &known.ids).await;
    }

    fn together<'g>(&'g self, moves: &'g [Move]) -> Pin<Box<dyn Future<Output = ()> + Send + 'g>> {
        Box::pin(async move {
            match moves {
                [] => {}
                [next] => self.go(next).await,
                [first, rest @ ..] => {
                    tokio::join!(self.go(first), self.together(rest));
                }
            }
        })
    }

    fn things(&self) -> MutexGuard<'_, BTreeMap<u32, Thing>> {
        self.things.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn known(&self, thing: u32) -> Option<Thing> {
        self.things().get(&thing).cloned()
    }

    fn updates(&self, thing: u32, way: usize) -> Option<(Thing, &Maker)> {
        let known = self.known(thing)?;
        let maker = self.model.sorts.get(known.sort)?.updates.get(way)?;
        Some((known, maker))
    }

    async fn ask<'m>(&'m self, thing: u32, asks: impl Fn(usize) -> Option<&'m Ask>) {
        // What could not be made cannot be asked for.
        let Some(known) = self.known(thing) else { return };
        if let Some(ask) = asks(known.sort) {
            self.send(ask, &ask.draft, &known.ids).await;
        }
    }

    /// Reads a list page by page until the thing is found; twice, if it is not found and others may have
    /// moved it from one page to another meanwhile.
    async fn list(&self, thing: u32, way: usize) {
        let Some(known) = self.known(thing) else { return };
        let Some(sort) = self.model.sorts.get(known.sort) else { return };
        let Some(ask) = sort.lists.get(way) else { return };
        let contract = self.case.executor.session.contract;
        let operation = contract.operations.get(ask.operation);
        let Some(rules) = operation.and_then(|operation| operation.laws.page.as_ref()) else {
            self.send(ask, &ask.draft, &known.ids).await;
            return;
        };
        let id = known.ids.get(&sort.name);
        let gone = self.gone().contains(&thing);
        for _ in 0..2 {
            let mut pages = Pages::new(rules, ask.draft.clone());
            let most = if gone { 1 } else { PAGES };
            let mut ended = false;
            for _ in 0..most {
                let answered = self.send(ask, &pages.draft, &known.ids).await;
                let Some(json) = answered.json().filter(|_| answered.succeeded()) else {
                    return;
                };
                let mut ids = BTreeSet::new();
                select(json, ask.shows.as_deref().unwrap_or_default(), None, &mut ids);
                if id.is_some_and(|id| ids.contains(id)) {
                    return;
                }
                ended = !pages.go_on(json);
                if ended {
                    break;
                }
            }
            // One page cannot have been changed while it was read.
            if gone || !ended || pages.count == 1 {
                return;
            }
        }
    }

    fn gone(&self) -> MutexGuard<'_, BTreeSet<u32>> {
        self.gone.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn make(
        &self,
        (sort, way): (usize, usize),
        parent: Option<u32>,
        thing: u32,
        choice: &[Option<usize>],
    ) {
        let session = &self.case.executor.session;
        let Some(known) = self.model.sorts.get(sort) else { return };
        let Some(maker) = known.makes.get(way) else { return };
        let mut ids = match parent.map(|parent| self.known(parent)) {
            None => BTreeMap::new(),
            Some(Some(parent)) => parent.ids,
            // What it would be part of could not be made.
            Some(None) => return,
        };
        let answered = self.send(&maker.ask, &maker.draft(choice), &ids).await;
        if !answered.succeeded() {
            return;
        }
        for provider in session.resources.revealed(maker.ask.operation) {
            let part = maker.ask.needs.iter().any(|need| need.resource == provider.resource);
            if let Some(id) = revealed(provider, &answered).into_iter().next().filter(|_| !part) {
                ids.insert(provider.resource.clone(), id);
            }
        }
        if !ids.contains_key(&known.name) {
            return;
        }
        if let Some(ready) = session.calls.ready(maker.ask.operation) {
            let case = self.case.case;
            let number = self.case.number;
            let whose = For { case: &case.name, number, key: case.key, shared: false };
            let bundle = Bundle { ids: ids.clone(), ..Bundle::default() };
            if let Err(why) = wait(session, whose, ready, &bundle).await {
                self.step(&format!("waiting for it: {why}"));
                return;
            }
        }
        self.things().insert(thing, Thing { sort, ids });
    }

    async fn send(&self, ask: &Ask, draft: &Draft, ids: &BTreeMap<String, String>) -> Answered {
        let session = &self.case.executor.session;
        let step = Step { needs: &ask.needs, ..self.case.step(draft, ids, None, &Twist::None) };
        let answered = session.call(step).await;
        self.note(&answered, session.patience.is_over(draft.operation).is_some());
        answered
    }

    async fn repeat(
        &self,
        ask: &Ask,
        draft: &Draft,
        ids: &BTreeMap<String, String>,
        before: &Answered,
    ) {
        let mut draft = draft.clone();
        if let Body::Bytes(bytes) = &before.exchange.request.body
            && let Ok(sent) = serde_json::from_slice::<Value>(bytes)
        {
            draft.body = crate::generate::DraftBody::Json(sent);
        }
        self.send(ask, &draft, ids).await;
    }

    fn note(&self, answered: &Answered, waits: bool) {
        let request = &answered.exchange.request;
        let base = self.case.executor.session.target.base_url.as_str().trim_end_matches('/');
        let path = request.url.strip_prefix(base).unwrap_or(&request.url);
        let body = match &request.body {
            Body::Bytes(bytes) if bytes.starts_with(b"{") => {
                String::from_utf8_lossy(bytes).into_owned()
            }
            Body::Bytes(_) => "(a form)".to_owned(),
            Body::Empty | Body::Missing { .. } => String::new(),
        };
        let body = match body.char_indices().nth(SHOWN) {
            Some((end, _)) => format!("{}…", body.get(..end).unwrap_or_default()),
            None => body,
        };
        let gap = if body.is_empty() { "" } else { " " };
        let came = match answered.status() {
            0 => "no answer".to_owned(),
            status => status.to_string(),
        };
        self.step(&format!("{} {path}{gap}{}: {came}", request.method, body.replace('\n', " ")));
        let mut played = self.played.lock().unwrap_or_else(PoisonError::into_inner);
        played.said.extend(answered.said.iter().cloned());
        played.waits |= waits;
    }

    fn step(&self, text: &str) {
        let mut played = self.played.lock().unwrap_or_else(PoisonError::into_inner);
        let number = played.steps.len() + 1;
        played.steps.push(format!("  {number}. {text}"));
    }
}
