//! A case, tried.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use proptest::strategy::{Strategy, ValueTree};
use serde_json::Value;

use super::answered::Answered;
use super::fetched;
use super::journey::{Arrival, Traveller};
use super::judge::Said;
use super::pool::{Bundle, For, Pool, may_use};
use super::session::{Session, Step};
use super::turns::Turns;
use super::walk::Walker;
use crate::contract::model::Parameter;
use crate::document::Pointer;
use crate::exchange::{Expects, Next, Progress, curl};
use crate::finding::Severity;
use crate::generate::{Draft, DraftBody, ParameterValue, Spot, runner};
use crate::plan::{Attempt, Case, Hold, Reveals, Twist};

/// How many requests a failure by chance is made smaller with.
const SHRINKS: u32 = 40;

/// How many requests by chance about the same things are judged together: what is kept of them until then
/// takes its room, and each is held against all others.
const TOGETHER: u32 = 16;

/// What came of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing was found.
    Passed,
    /// These were found, the gravest first; and what leads there, where that is not plain.
    Failed(Vec<Said>, Option<String>),
    /// It could not be tried, for this reason.
    Skipped(String),
    /// It could not be tried to its end, for this reason, which lies on our side or in what we were given.
    Unfinished(String),
    /// It was not tried any more, since the user asked to end.
    Interrupted,
}

/// Tries cases.
pub struct Executor {
    /// The road to the server.
    pub session: Session,
    /// The ids.
    pub pool: Pool,
    /// Who may change what others would notice.
    pub turns: Turns,
}

/// A case being tried.
pub(super) struct Try<'t> {
    pub(super) executor: &'t Executor,
    pub(super) case: &'t Case,
    pub(super) number: usize,
    /// How many exchanges it has had.
    exchanges: AtomicU64,
    /// How many episodes it has begun.
    episodes: AtomicU64,
    /// What was said of those that are over, and not told yet.
    over: Mutex<Vec<Said>>,
    /// Whether the user asked to end.
    stop: &'t AtomicBool,
}

impl Executor {
    /// One that goes this road, and has no ids yet.
    pub fn new(session: Session) -> Self {
        let turns = Turns::new(session.target.keys.len());
        Self { session, pool: Pool::default(), turns }
    }

    /// Tries a case.
    ///
    /// `stop` tells that the user asked to end: then a case of several steps ends between them.
    pub async fn run(&self, case: &Case, stop: &AtomicBool) -> Verdict {
        if let Some(reason) = &case.skip {
            return Verdict::Skipped(reason.clone());
        }
        if let Some(reason) = self.silent(case) {
            return Verdict::Skipped(reason);
        }
        let _turn = self.turns.take(&self.session, case).await;
        let (number, exchanges, episodes) = (case.number, AtomicU64::new(1), AtomicU64::new(0));
        let over = Mutex::default();
        let this = Try { executor: self, case, number, exchanges, episodes, over, stop };
        this.begin();
        // Cases are moved on their way to a thread; what is large stays where it is.
        let tried = Box::pin(this.run()).await;
        this.end();
        let said = this.over.into_inner().unwrap_or_else(PoisonError::into_inner);
        if self.session.patience.has_left(number) {
            return Verdict::Interrupted;
        }
        match (tried, verdict(said, None)) {
            (Ok(Verdict::Failed(mut said, how)), Verdict::Failed(more, _)) => {
                said.extend(more);
                Verdict::Failed(said, how)
            }
            (
                Ok(Verdict::Passed | Verdict::Unfinished(_)) | Err(_),
                failed @ Verdict::Failed(..),
            ) => failed,
            (Ok(verdict), _) => verdict,
            (Err(reason), _) => Verdict::Skipped(reason),
        }
    }
}

impl Executor {
    /// Why a case is not worth its time: its operation does not answer.
    fn silent(&self, case: &Case) -> Option<String> {
        // A journey has many.
        if matches!(case.attempt, Attempt::Journey(_)) {
            return None;
        }
        let times = self.session.patience.is_over(case.operation)?;
        let operation = self.session.contract.operations.get(case.operation)?;
        Some(format!("{} was waited for in vain {times} times", operation.id))
    }
}

impl Try<'_> {
    async fn run(&self) -> Result<Verdict, String> {
        let case = self.case;
        let session = &self.executor.session;
        if !session.budget.spend(case.model_calls) {
            return Err("the budget of model calls is spent".to_owned());
        }
        match &case.attempt {
            Attempt::One { draft, expects, twist } => {
                let draft = self.pointed(draft)?;
                let bundle = self.bundle().await?;
                let answered = self.send(&draft, &bundle, *expects, twist).await;
                self.after(&bundle, &draft, &answered);
                // What was to be refused, and was, has called no model.
                if expects.is_some() && (400..500).contains(&answered.status()) {
                    session.budget.give_back(case.model_calls);
                }
                Ok(verdict(answered.said, None))
            }
            Attempt::Chance { strategy, count, seed } => self.chance(strategy, *count, *seed).await,
            Attempt::Stop { start, resource, starts, stop } => {
                self.stop(start, resource, *starts, stop).await
            }
            Attempt::Script { model, moves, .. } => Ok(self.script(model, moves).await),
            Attempt::Sequence { model, seed } => Ok(self.sequence(model, *seed).await),
            Attempt::Walk { list, maker } => {
                let bundle = self.bundle().await?;
                let walker = Walker::new(self, list, maker.as_deref(), bundle);
                Ok(verdict(walker.walk().await?, None))
            }
            Attempt::Twice { blocking, streaming } => {
                let (blocking, streaming) = (self.pointed(blocking)?, self.pointed(streaming)?);
                let bundle = self.bundle().await?;
                let mut said = self.send(&blocking, &bundle, None, &Twist::None).await.said;
                said.extend(self.send(&streaming, &bundle, None, &Twist::None).await.said);
                Ok(verdict(said, None))
            }
            Attempt::Journey(journey) => {
                let (name, number) = (case.name.as_str(), self.number);
                let whose = For { case: name, number, key: case.key, shared: false };
                let pool = &self.executor.pool;
                let bundle =
                    pool.provide(session, whose, &case.needs, case.hold, Bundle::default()).await?;
                let Some(traveller) = Traveller::new(session, case, journey, &bundle) else {
                    return Err("there is no such workflow".to_owned());
                };
                let order = (self.number, &self.exchanges);
                match traveller.travel(order, self.stop).await? {
                    Arrival::Ended(said) => Ok(verdict(said, None)),
                    Arrival::Interrupted => Ok(Verdict::Interrupted),
                    Arrival::Stuck(why) => Ok(Verdict::Unfinished(why)),
                }
            }
        }
    }

    /// Begins an episode: what follows is judged together.
    pub(super) fn begin(&self) {
        let name = &self.case.name;
        let name = match self.episodes.fetch_add(1, Ordering::Relaxed) {
            0 => Arc::from(name.as_str()),
            before => format!("{name} ({})", before + 1).into(),
        };
        self.executor.session.begin(self.number, name);
    }

    /// Ends the episode; what is said of it is told at the end of the case.
    fn end(&self) {
        let said = self.executor.session.close(self.number);
        self.over.lock().unwrap_or_else(PoisonError::into_inner).extend(said);
    }

    async fn bundle(&self) -> Result<Bundle, String> {
        let case = self.case;
        let whose = For { case: &case.name, number: self.number, key: case.key, shared: false };
        let pool = &self.executor.pool;
        let session = &self.executor.session;
        let bundle =
            pool.provide(session, whose, &case.needs, case.hold, Bundle::default()).await?;
        may_use(session, case.operation, &case.needs, &bundle)?;
        Ok(bundle)
    }

    /// The draft, made to have nothing fetched but from us.
    fn pointed<'d>(&self, draft: &'d Draft) -> Result<Cow<'d, Draft>, String> {
        fetched::pointed(&self.executor.session, draft)
    }

    pub(super) async fn send(
        &self,
        draft: &Draft,
        bundle: &Bundle,
        expects: Option<Expects>,
        twist: &Twist,
    ) -> Answered {
        self.executor.session.call(self.step(draft, &bundle.ids, expects, twist)).await
    }

    pub(super) fn step<'s>(
        &'s self,
        draft: &'s Draft,
        ids: &'s BTreeMap<String, String>,
        expects: Option<Expects>,
        twist: &'s Twist,
    ) -> Step<'s> {
        Step {
            case: &self.case.name,
            order: (self.number, self.exchanges.fetch_add(1, Ordering::Relaxed)),
            together: true,
            key: self.case.key,
            draft,
            needs: &self.case.needs,
            ids,
            expects,
            twist,
        }
    }

    /// Where the server says that something shared is not there, others should not run into it, too. It
    /// says so beyond doubt where the request names nothing else that might not be there.
    fn after(&self, bundle: &Bundle, draft: &Draft, answered: &Answered) {
        let plain = matches!(
            &self.case.attempt,
            Attempt::One { expects: None, twist: Twist::None, .. } | Attempt::Chance { .. }
        );
        let asks_for_it_alone = self.case.hold == Hold::Shared && self.names_needs_alone(draft);
        if plain && asks_for_it_alone && answered.status() == 404 {
            let Executor { session, pool, .. } = self.executor;
            pool.forget(session, self.case.key, bundle);
        }
    }

    /// Whether a request has no body, and no parameters beside those it needs.
    fn names_needs_alone(&self, draft: &Draft) -> bool {
        let operations = &self.executor.session.contract.operations;
        let Some(operation) = operations.get(draft.operation) else { return false };
        let needed = |own: &ParameterValue| {
            let same = |p: &&Parameter| p.location == own.location && p.name == own.name;
            let spot = Spot::Parameter {
                location: own.location,
                name: own.name.clone(),
                pointer: String::new(),
            };
            operation.parameters.iter().find(same).is_some_and(|p| p.required)
                || self.case.needs.iter().any(|need| need.spot == spot)
        };
        draft.body == DraftBody::None && draft.parameters.iter().all(needed)
    }

    /// Requests by chance, until one fails; that one made small. Where each has things of its own, each is an
    /// episode of its own, too; others are judged several together.
    async fn chance(
        &self,
        strategy: &proptest::strategy::SBoxedStrategy<Draft>,
        count: u32,
        seed: u64,
    ) -> Result<Verdict, String> {
        let mut runner = runner(seed);
        let (mut sent, mut unsent) = (false, None);
        let together = if self.case.hold == Hold::Alone { 1 } else { TOGETHER };
        for number in 0..count {
            if number > 0 && number % together == 0 {
                self.end();
                self.begin();
            }
            let Ok(mut tree) = strategy.new_tree(&mut runner) else { break };
            let drawn = tree.current();
            let drawn = match self.pointed(&drawn) {
                Ok(drawn) => drawn,
                Err(why) => {
                    unsent = Some(why);
                    continue;
                }
            };
            sent = true;
            let bundle = self.bundle().await?;
            let answered = self.send(&drawn, &bundle, None, &Twist::None).await;
            self.after(&bundle, &drawn, &answered);
            let Some(first) = answered.said.first().filter(|said| said.severity == Severity::Error)
            else {
                continue;
            };
            let (check, mut smallest) = (first.check, answered);
            let mut left = SHRINKS;
            let mut simpler = tree.simplify();
            // Where nothing answers, each would be waited for again.
            while simpler && left > 0 && self.executor.silent(self.case).is_none() {
                left -= 1;
                let drawn = tree.current();
                let Ok(drawn) = self.pointed(&drawn) else {
                    simpler = tree.complicate();
                    continue;
                };
                let bundle = self.bundle().await?;
                let again = self.send(&drawn, &bundle, None, &Twist::None).await;
                if again.said.iter().any(|said| said.check == check) {
                    smallest = again;
                    simpler = tree.simplify();
                } else {
                    simpler = tree.complicate();
                }
            }
            let request = curl::curl(&smallest.exchange);
            let request = format!("smallest request: {request}");
            return Ok(verdict(smallest.said, Some(request)));
        }
        match unsent {
            Some(why) if !sent => Err(why),
            _ => Ok(Verdict::Passed),
        }
    }

    /// A stream that is stopped once it tells its id.
    async fn stop(
        &self,
        start: &Draft,
        resource: &str,
        starts: usize,
        stop: &Draft,
    ) -> Result<Verdict, String> {
        let session = &self.executor.session;
        let bundle = self.bundle().await?;
        let provider = session.resources.providers(resource).find(|p| p.operation == starts);
        let Some(Reveals::Stream(pointer)) = provider.map(|p| &p.reveals) else {
            return Err(format!("no stream tells a {resource}"));
        };
        let (tell, heard) = tokio::sync::oneshot::channel();
        let mut tell = Some(tell);
        let watch = move |progress: Progress<'_>| {
            let Progress::Frame { frame, .. } = progress else { return Next::Read };
            let data = frame.data().and_then(|data| serde_json::from_str::<Value>(&data).ok());
            let id =
                data.as_ref().and_then(|data| Pointer::find(data, pointer)).and_then(Value::as_str);
            if let Some(id) = id
                && let Some(tell) = tell.take()
            {
                // If nobody waits any more, there is nothing to stop.
                let _ = tell.send(id.to_owned());
            }
            Next::Read
        };
        let none = Twist::None;
        let whole = async {
            let first = self.step(start, &bundle.ids, None, &none);
            // What was not told by the end of the stream never will be.
            session.call_watched(first, &mut { watch }).await
        };
        let interruption = async {
            let id = heard.await.ok()?;
            let operation = session.contract.operations.get(self.case.operation)?;
            let needs = crate::plan::needs(operation);
            let ids = BTreeMap::from([(resource.to_owned(), id)]);
            let second = Step { needs: &needs, ..self.step(stop, &ids, None, &none) };
            Some(session.call(second).await)
        };
        let (ran, ended) = tokio::join!(whole, interruption);
        let mut said = ran.said;
        let Some(ended) = ended else {
            if said.is_empty() {
                return Err(format!("the stream told no {resource}"));
            }
            return Ok(verdict(said, None));
        };
        said.extend(ended.said);
        Ok(verdict(said, None))
    }
}

pub(super) fn verdict(mut said: Vec<Said>, how: Option<String>) -> Verdict {
    said.retain(|said| said.severity == Severity::Error);
    if said.is_empty() { Verdict::Passed } else { Verdict::Failed(said, how) }
}
