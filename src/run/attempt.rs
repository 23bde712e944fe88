//! One request that a user wishes: made ready, sent and judged, and what was made removed again.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::answered::Answered;
use super::campaign::Campaign;
use super::cleanup::{self, Leftover};
use super::judge::{Item, Judge};
use super::orphans;
use super::pool::{Bundle, For, may_use, reads};
use super::result::RunResult;
use super::session::Step;
use super::summary;
use super::wish::{self, Fitted, Wish};
use crate::contract::{Contract, Operation};
use crate::error::Problem;
use crate::exchange::{Exchange, Next, Progress, Watch, query};
use crate::generate::Spot;
use crate::plan::{Attempt, Case, Hold, Need, Twist};
use crate::target::Permission;
use crate::target::probe::report::Trouble;

/// How long what a request needs may take to get ready, all in all.
const PATIENCE: Duration = Duration::from_mins(3);

/// A stream may send signs of life for so long without any event, in milliseconds.
const QUIET_MS: f64 = 120_000.0;

/// A request that is ready to be sent.
#[derive(Debug)]
pub struct Ready {
    /// The number of its operation.
    operation: usize,
    /// The name of its case.
    case: String,
    /// The number of its key.
    key: Option<usize>,
    fitted: Fitted,
    bundle: Bundle,
    /// The name of its key.
    pub key_name: Option<String>,
    /// The kinds and ids that were made for it.
    pub made: Vec<(String, String)>,
    /// The kinds and ids that it may change or remove, though the run did not make them.
    pub touches: Vec<(String, String)>,
}

/// What came of a request.
#[derive(Debug)]
pub struct Tried {
    /// The exchange, secrets masked.
    pub exchange: Arc<Exchange>,
    /// What was found in it.
    pub result: RunResult,
    /// Why the answer was not read to its end, if we gave up.
    pub given_up: Option<GivenUp>,
}

/// Why an answer was not read to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GivenUp {
    /// The user has asked to end.
    Asked,
    /// The stream has sent nothing but signs of life for two minutes.
    Quiet,
    /// Nobody reads what is told of it.
    Unread,
}

impl Campaign {
    /// Makes a request ready: finds the key, and has the ids that are not given.
    ///
    /// # Errors
    /// A wish that the operation, the keys or the permission do not allow, and ids that cannot be had.
    pub async fn ready(&self, wish: &Wish) -> Result<Ready, Problem> {
        let session = &self.executor.session;
        let (case, operation) = self.chosen(wish)?;
        let Attempt::One { draft, .. } = &case.attempt else {
            return Err(Problem::new(format!("{} has no plain request", wish.operation)));
        };
        let plain = (draft.as_ref().clone(), case.needs.clone());
        let fitted = wish::fit(session.contract, operation, plain, session.guide.user(), wish)?;
        let touches = Self::touched(operation, &fitted, wish)?;
        if let Some((resource, need)) = wish::orphan(&session.resources, &fitted) {
            let above = &need.resource;
            let problem = format!("a {resource} is named, and not the {above} that it is part of");
            return Err(Problem::new(problem)
                .help(format!("give that, too: {}", wish::argument(&need.spot))));
        }
        if !(fitted.needs.is_empty() && reads(operation)) {
            session.ledger.open()?;
            orphans::note_what_is_there(session).await;
        }
        let ids = fitted.named.iter().rev().cloned().collect();
        let beside = Bundle { ids, ..Bundle::default() };
        let whose = For { case: &case.name, number: 0, key: case.key, shared: false };
        let pool = &self.executor.pool;
        let provided = pool.provide(session, whose, &fitted.needs, Hold::Alone, beside);
        let bundle = match tokio::time::timeout(PATIENCE, provided).await {
            Ok(bundle) => bundle,
            Err(_) => Err(format!("they were not there after {} seconds", PATIENCE.as_secs())),
        };
        let bundle = bundle
            .and_then(|b| may_use(session, case.operation, &fitted.needs, &b).map(|()| b))
            .map_err(|why| self.missing(&fitted.needs, &why))?;
        if !session.budget.spend(case.model_calls) {
            return Err(Problem::new("the budget of model calls is spent")
                .help("`--max-model-calls` sets how many there may be"));
        }
        let made = bundle
            .own
            .iter()
            .filter_map(|resource| Some((resource.clone(), bundle.ids.get(resource)?.clone())));
        let key = case.key.and_then(|key| session.target.keys.get(key));
        Ok(Ready {
            operation: case.operation,
            case: case.name.clone(),
            key: case.key,
            key_name: key.map(|key| key.name.clone()),
            made: made.collect(),
            touches,
            fitted,
            bundle,
        })
    }

    /// Sends a request that is ready, and tells of the answer as it comes.
    pub async fn send(&self, ready: &Ready, watch: &mut Watch<'_>) -> Tried {
        let session = &self.executor.session;
        let (mut last_ms, mut given_up) = (0.0, None);
        let mut guarded = |progress: Progress<'_>| {
            let quiet = match &progress {
                Progress::Waiting { ms } => *ms,
                Progress::Frame { frame, ms } if frame.data().is_none() => *ms,
                Progress::Head { ms, .. } | Progress::Frame { ms, .. } => {
                    last_ms = *ms;
                    *ms
                }
                Progress::Request(_) => 0.0,
            };
            let streams = last_ms > 0.0;
            if watch(progress) == Next::Stop {
                given_up = Some(GivenUp::Unread);
            } else if session.stop.load(Ordering::Relaxed) {
                given_up = Some(GivenUp::Asked);
            } else if streams && quiet - last_ms > QUIET_MS {
                given_up = Some(GivenUp::Quiet);
            }
            if given_up.is_some() { Next::Stop } else { Next::Read }
        };
        let twist = if ready.fitted.signed { Twist::Signed } else { Twist::None };
        let step = Step {
            case: &ready.case,
            order: (0, 1),
            together: false,
            key: ready.key,
            draft: &ready.fitted.draft,
            needs: &ready.fitted.needs,
            ids: &ready.bundle.ids,
            expects: None,
            twist: &twist,
        };
        let Answered { exchange, .. } = session.call_watched(step, &mut guarded).await;
        let operation = session.contract.operations.get(ready.operation);
        let result = verdict(session.contract, operation, &exchange);
        Tried { exchange, result, given_up }
    }

    /// What ends all waiting once it is set.
    #[must_use]
    pub fn stopper(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.executor.session.stop)
    }

    /// Removes what was made; tells what was, and what could not be removed.
    pub async fn clear(&self) -> (Vec<(String, String)>, Vec<Leftover>) {
        let session = &self.executor.session;
        let made = session.ledger.left();
        let leftovers = cleanup::all(session).await;
        session.ledger.close();
        let removed = made.into_iter().filter(|entry| !leftovers.iter().any(|l| l.entry == *entry));
        let removed = removed.map(|entry| {
            let id = entry.ids.get(&entry.resource).cloned().unwrap_or_default();
            (entry.resource, id)
        });
        (removed.collect(), leftovers)
    }

    /// The plain case of the operation that is meant, with the key that is meant.
    fn chosen(&self, wish: &Wish) -> Result<(&Case, &Operation), Problem> {
        let session = &self.executor.session;
        let id = wish.operation.as_str();
        let of = |case: &Case| session.contract.operations.get(case.operation);
        let name_of = |case: &Case| Some(&session.target.keys.get(case.key?)?.name);
        let mine: Vec<&Case> =
            self.plan.cases.iter().filter(|case| of(case).is_some_and(|o| o.id == id)).collect();
        if let Some(wanted) = &wish.key {
            let names: Vec<&str> = session.target.keys.iter().map(|k| k.name.as_str()).collect();
            if !names.contains(&wanted.as_str()) {
                return Err(wish::no_key(wanted, &names));
            }
        }
        let fits = |case: &&&Case| wish.key.is_none() || name_of(case) == wish.key.as_ref();
        let usable = mine.iter().filter(fits).find(|case| case.skip.is_none());
        let case = usable.or_else(|| mine.iter().find(|case| case.skip.is_some()));
        let Some(case) = case.copied() else {
            let opening: Vec<&str> =
                mine.iter().filter_map(|case| name_of(case)).map(String::as_str).collect();
            let mut opening = opening;
            opening.dedup();
            let problem = Problem::new(format!(
                "the key `{}` does not open {id}",
                wish.key.as_deref().unwrap_or_default()
            ));
            return Err(match opening.as_slice() {
                [] => problem.help("`dify-contract doctor` tells what each key opens"),
                names => problem.help(format!("these do: {}", names.join(", "))),
            });
        };
        if let Some(reason) = &case.skip {
            return Err(Problem::new(format!("{id} cannot be tried: {reason}"))
                .help(self.next_step(reason)));
        }
        match of(case) {
            Some(operation) => Ok((case, operation)),
            None => Err(Problem::new(format!("{id} is not documented"))),
        }
    }

    /// What to do about a reason for which something cannot be sent.
    fn next_step(&self, reason: &str) -> String {
        if let Some(level) = level_in(reason) {
            return format!("add `--allow {level}`, if that may be done to this server");
        }
        let about = |trouble: &&Trouble| reason.contains(trouble.about.as_str());
        let trouble = self.report.troubles.iter().find(about);
        trouble.and_then(|trouble| trouble.help.clone()).unwrap_or_else(|| {
            "`dify-contract doctor` tells what each key opens, and what the server can do"
                .to_owned()
        })
    }

    /// Which parameters have to be given, and how; or what has to be allowed.
    fn missing(&self, needs: &[Need], why: &str) -> Problem {
        let named = needs.iter().filter(|need| matches!(need.spot, Spot::Parameter { .. }));
        let named: Vec<String> = named.map(|need| wish::argument(&need.spot)).collect();
        let problem = Problem::new(format!("ids that it needs cannot be had: {why}"));
        let give = format!("give {}", named.join(" "));
        match (named.is_empty(), level_in(why)) {
            (false, None) => problem.help(give),
            (false, Some(_)) => problem.help(format!("{give}, or {}", self.next_step(why))),
            (true, _) => problem.help(self.next_step(why)),
        }
    }

    /// What the user has named and the request may change: his to decide, but he has to say so.
    fn touched(
        operation: &Operation,
        fitted: &Fitted,
        wish: &Wish,
    ) -> Result<Vec<(String, String)>, Problem> {
        if reads(operation) || fitted.named.is_empty() {
            return Ok(Vec::new());
        }
        let level = Permission::needed(operation);
        if wish.allowed.is_some_and(|allowed| allowed >= level) {
            return Ok(fitted.named.clone());
        }
        let named: Vec<String> =
            fitted.named.iter().map(|(resource, id)| format!("the {resource} `{id}`")).collect();
        let id = &operation.id;
        let problem = format!("{id} acts on {}, which this run did not make", named.join(", "));
        Err(Problem::new(problem).help(format!(
            "say that it may, with `--allow {}`; without an id, one is made for the purpose and removed again",
            level.word()
        )))
    }
}

/// What is to be said of one exchange alone.
fn verdict(contract: &Contract, operation: Option<&Operation>, exchange: &Exchange) -> RunResult {
    let mut judge = Judge::new(contract);
    judge.judge(&Item { exchange, order: (0, 1), name: "", cuts_streams_after: None });
    // The server has answered before, or nothing would have been sent.
    let host = query::split(&exchange.request.url).authority.unwrap_or_default();
    judge.hosts.insert(host.to_owned());
    let only = operation.map(|operation| operation.id.as_str());
    let mut result =
        summary::result(contract, judge, Vec::new(), &|id| only.is_none_or(|only| id == only));
    // What one answer does not show, others may.
    result.findings.retain(|finding| !finding.samples.is_empty());
    result.operations.retain(|operation| Some(operation.id.as_str()) == only);
    for operation in &mut result.operations {
        operation.unseen.clear();
    }
    result
}

/// The level that a reason says is needed.
fn level_in(reason: &str) -> Option<&str> {
    Some(reason.split_once("needs `--allow ")?.1.split_once('`')?.0)
}
