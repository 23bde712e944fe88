//! Ids for cases: resources made for the purpose, waited for, shared or kept for one case alone.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::OnceCell;
use tokio::time::Instant;

use super::answered::Answered;
use super::crew::rest;
use super::result::BEFORE;
use super::reveal::{revealed, select};
use super::session::{Session, Step};
use crate::contract::Operation;
use crate::exchange::Expects;
use crate::generate::Spot;
use crate::plan::{self, Hold, Need, Provider, Ready, Reveals, Twist};
use crate::target::Permission;

/// The first pause between two looks at something that is not ready; it doubles up to a second.
const PAUSE: Duration = Duration::from_millis(10);

/// Ids that belong together.
#[derive(Debug, Clone, Default)]
pub struct Bundle {
    /// The ids, by kind.
    pub ids: BTreeMap<String, String>,
    /// The kinds that this run has made.
    pub own: BTreeSet<String>,
}

type Slot = Arc<OnceCell<Result<Bundle, String>>>;

/// Ids for cases.
#[derive(Default)]
pub struct Pool {
    shared: Mutex<HashMap<(Option<usize>, String), Slot>>,
}

/// How something is to be made.
#[derive(Debug, Clone, Default)]
pub struct Wishes {
    /// Values that the request has.
    pub set: Vec<(Spot, Value)>,
    /// The user in whose name it is made, if it is not that of the run.
    pub user: Option<String>,
    /// Whether what it needs is made for it alone.
    pub alone: bool,
}

/// Whose request it is.
#[derive(Clone, Copy)]
pub struct For<'c> {
    /// The name of the case.
    pub case: &'c str,
    /// Its number.
    pub number: usize,
    /// The number of the key.
    pub key: Option<usize>,
    /// Whether what is asked for is not the case's alone.
    pub shared: bool,
}

impl Pool {
    /// Ids for what a case needs, with what they are part of. Those that are there already, `beside`, are
    /// not asked for again, and what is made is made in them.
    ///
    /// # Errors
    /// Why there are none, in a few words.
    pub async fn provide(
        &self,
        session: &Session,
        whose: For<'_>,
        needs: &[Need],
        hold: Hold,
        beside: Bundle,
    ) -> Result<Bundle, String> {
        let wanted: BTreeSet<&str> = needs.iter().map(|need| need.resource.as_str()).collect();
        // What others of them are part of comes with those.
        let parents: BTreeSet<String> = match wanted.len() {
            0 | 1 => BTreeSet::new(),
            _ => wanted.iter().flat_map(|resource| session.resources.ancestors(resource)).collect(),
        };
        let mut bundle = beside;
        for resource in wanted.iter().filter(|resource| !parents.contains(**resource)) {
            if bundle.ids.contains_key(*resource) {
                continue;
            }
            let more = self.one(session, whose, resource, hold, &bundle).await?;
            bundle.ids.extend(more.ids);
            bundle.own.extend(more.own);
        }
        match wanted.iter().find(|resource| !bundle.ids.contains_key(**resource)) {
            Some(resource) => Err(format!("no {resource} was revealed")),
            None => Ok(bundle),
        }
    }

    /// Looks up what cannot be made, before lists get long with what the run makes.
    pub async fn look_up(&self, session: &Session) {
        for resource in &session.calls.given {
            for key in 0..session.target.keys.len() {
                let whose = For { case: BEFORE, number: 0, key: Some(key), shared: true };
                let may = session
                    .resources
                    .providers(resource)
                    .any(|p| may(session, p, whose.key).is_ok());
                if may {
                    // What is not there is told to the cases that need it.
                    let _ =
                        self.one(session, whose, resource, Hold::Shared, &Bundle::default()).await;
                }
            }
        }
    }

    /// Forgets what is shared, since the server says that it is not there.
    pub fn forget(&self, session: &Session, key: Option<usize>, bundle: &Bundle) {
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        let given = &session.calls.given;
        // What cannot be made cannot be lost either: something else is not there.
        for (resource, id) in bundle.ids.iter().filter(|(resource, _)| !given.contains(resource)) {
            let slot = (key, resource.clone());
            let same = |slot: &Slot| {
                slot.get().is_some_and(|known| {
                    known.as_ref().is_ok_and(|known| known.ids.get(resource) == Some(id))
                })
            };
            if shared.get(&slot).is_some_and(same) {
                shared.remove(&slot);
                session.problem(format!("the server lost a {resource}; another one was made"));
            }
        }
    }

    fn one<'f>(
        &'f self,
        session: &'f Session,
        whose: For<'f>,
        resource: &'f str,
        hold: Hold,
        beside: &'f Bundle,
    ) -> Pin<Box<dyn Future<Output = Result<Bundle, String>> + Send + 'f>> {
        Box::pin(async move {
            // What cannot be made is there once for all.
            let given = session.calls.given.iter().any(|given| given == resource);
            if hold == Hold::Alone && !given {
                return self.make(session, whose, resource, beside).await;
            }
            let slot = {
                let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
                Arc::clone(shared.entry((whose.key, resource.to_owned())).or_default())
            };
            let whose = For { shared: true, ..whose };
            slot.get_or_init(|| self.make(session, whose, resource, beside)).await.clone()
        })
    }

    /// Makes one, by the first provider that can.
    async fn make(
        &self,
        session: &Session,
        whose: For<'_>,
        resource: &str,
        beside: &Bundle,
    ) -> Result<Bundle, String> {
        // The first choice is the one that should have worked.
        let mut why = None;
        for provider in session.resources.providers(resource) {
            if let Err(reason) = may(session, provider, whose.key) {
                why.get_or_insert(reason);
                continue;
            }
            match self.by(session, whose, provider, beside).await {
                Ok(bundle) => return Ok(bundle),
                Err(reason) => drop(why.get_or_insert(reason)),
            }
        }
        Err(why.unwrap_or_else(|| format!("nothing makes a {resource}")))
    }

    async fn by(
        &self,
        session: &Session,
        whose: For<'_>,
        provider: &Provider,
        beside: &Bundle,
    ) -> Result<Bundle, String> {
        self.with(session, whose, provider, beside, &Wishes::default()).await
    }

    /// Makes something by a provider, in a way that is wished for.
    ///
    /// # Errors
    /// Why nothing was made, in a few words.
    pub async fn with(
        &self,
        session: &Session,
        whose: For<'_>,
        provider: &Provider,
        beside: &Bundle,
        wishes: &Wishes,
    ) -> Result<Bundle, String> {
        let contract = session.contract;
        let Some(operation) = contract.operations.get(provider.operation) else {
            return Err(String::new());
        };
        let mut bundle = beside.clone();
        for need in &provider.needs {
            if !bundle.ids.contains_key(&need.resource) {
                // What is made is part of what is shared; a tale of one's own needs one's own.
                let hold = if provider.makes { Hold::Shared } else { Hold::Alone };
                let single = session.resources.providers(&need.resource).any(single_use);
                let hold = if single || wishes.alone { Hold::Alone } else { hold };
                let more = self.one(session, whose, &need.resource, hold, &bundle).await?;
                bundle.ids.extend(more.ids);
                bundle.own.extend(more.own);
            }
        }
        let mut draft = session.drafts.making(session, provider, whose.key)?;
        for (spot, value) in &wishes.set {
            Arc::make_mut(&mut draft).set(spot, value.clone());
        }
        let mut twist = Twist::None;
        if let Some(user) = &wishes.user {
            session.sign_as(Arc::make_mut(&mut draft), user);
            twist = Twist::Signed;
        }
        let costs = session.guide.costs();
        let needed = costs.needed(contract, &draft);
        if needed > session.target.allow {
            let id = &operation.id;
            return Err(format!("{id}: not allowed: needs `--allow {}`", needed.word()));
        }
        if !session.budget.spend(costs.calls(contract, &draft)) {
            return Err("the budget of model calls is spent".to_owned());
        }
        let step = Step {
            case: whose.case,
            order: (whose.number, 0),
            together: !whose.shared,
            key: whose.key,
            draft: &draft,
            needs: &provider.needs,
            ids: &bundle.ids,
            expects: None,
            twist: &twist,
        };
        let answered = match &provider.reveals {
            // What only tells of it may go on telling for minutes.
            Reveals::Stream(pointer) if reads(operation) => {
                session.call_until(step, &|event| tells(event, pointer)).await
            }
            _ => session.call(step).await,
        };
        if !answered.succeeded() {
            return Err(format!("{} was refused: {}", operation.id, answered.why_not()));
        }
        note(session, provider, &answered, &mut bundle);
        if !provider.resource.is_empty() && !bundle.ids.contains_key(&provider.resource) {
            return Err(format!("{} revealed no {}", operation.id, provider.resource));
        }
        if let Some(ready) = session.calls.ready(provider.operation) {
            wait(session, whose, ready, &bundle).await?;
        }
        Ok(bundle)
    }
}

/// A form can be filled in once, so its parents cannot be shared.
fn single_use(provider: &Provider) -> bool {
    provider.single_use
}

/// Whether an event tells an id.
fn tells(event: &Value, pointer: &str) -> bool {
    let mut found = BTreeSet::new();
    select(event, pointer, None, &mut found);
    !found.is_empty()
}

/// Whether a provider may be used with this key.
fn may(session: &Session, provider: &Provider, key: Option<usize>) -> Result<(), String> {
    let contract = session.contract;
    let Some(operation) = contract.operations.get(provider.operation) else {
        return Err(String::new());
    };
    if let Some(reason) = session.target.allow.refusal(operation) {
        return Err(format!("{}: {reason}", operation.id));
    }
    let known = key.and_then(|key| session.keys.get(key));
    let Some(known) = known else { return Ok(()) };
    let traits = &operation.traits;
    let kind = traits.key.is_none() || known.kind.is_none() || traits.key == known.kind;
    let mode = traits.modes.is_empty()
        || known.modes.is_empty()
        || known.modes.iter().any(|mode| traits.modes.contains(mode));
    if kind && mode {
        Ok(())
    } else {
        Err(format!("the key `{}` does not open {}", known.name, operation.id))
    }
}

/// Notes the ids that an answer reveals.
fn note(session: &Session, provider: &Provider, answered: &Answered, bundle: &mut Bundle) {
    let own_parents = provider.needs.iter().any(|need| bundle.own.contains(&need.resource));
    for other in session.calls.revealed(provider.operation) {
        let id = match &other.reveals {
            Reveals::Request(_) if other.resource == provider.resource => {
                // What was given becomes something else by being used.
                let given = provider.needs.last();
                given.and_then(|need| bundle.ids.get(&need.resource)).cloned()
            }
            Reveals::Request(_) => None,
            _ => revealed(other, answered).into_iter().next(),
        };
        // What it is part of stays.
        let parent = provider.needs.iter().any(|need| need.resource == other.resource);
        if let Some(id) = id.filter(|_| !parent) {
            bundle.ids.insert(other.resource.clone(), id);
            if provider.makes || own_parents {
                bundle.own.insert(other.resource.clone());
            }
        }
    }
}

/// Waits until something that was made can be used.
pub(super) async fn wait(
    session: &Session,
    whose: For<'_>,
    ready: &Ready,
    bundle: &Bundle,
) -> Result<(), String> {
    let contract = session.contract;
    let number = contract.operations.iter().position(|o| o.id == ready.operation);
    let Some(number) = number else { return Ok(()) };
    let Some(operation) = contract.operations.get(number) else { return Ok(()) };
    let needs = plan::needs(operation);
    let draft = session.drafts.asking(contract, number, &needs)?;
    let patience = session.target.limits.ready;
    let (begun, mut pause) = (Instant::now(), PAUSE);
    loop {
        // Whoever judges the last answer has to know that it is the last.
        let last = begun.elapsed() >= patience;
        let step = Step {
            case: whose.case,
            order: (whose.number, 0),
            together: !whose.shared,
            key: whose.key,
            draft: &draft,
            needs: &needs,
            ids: &bundle.ids,
            expects: last.then_some(Expects::Ready),
            twist: &Twist::None,
        };
        let answered = session.call(step).await;
        if !answered.succeeded() {
            return Err(format!("{} was refused: {}", operation.id, answered.why_not()));
        }
        let mut states = BTreeSet::new();
        if let Some(json) = answered.json() {
            select(json, &ready.pointer, None, &mut states);
        }
        if let Some(state) = states.iter().find(|state| ready.fails.contains(state)) {
            return Err(format!("what was made did not get ready: {state}"));
        }
        if !states.is_empty() && states.iter().all(|state| ready.is.contains(state)) {
            return Ok(());
        }
        if session.stop.load(Ordering::Relaxed) {
            return Err("it was not waited for: the user has asked to end".to_owned());
        }
        if last {
            let states: Vec<String> = states.into_iter().collect();
            return Err(format!(
                "what was made is not ready after {} seconds: {}",
                patience.as_secs(),
                states.join(", ")
            ));
        }
        let pause_now = pause.min(patience);
        if whose.shared {
            // Others have their seats, and wait for it.
            tokio::time::sleep(pause_now).await;
        } else {
            rest(pause_now).await;
        }
        pause = (pause * 2).min(Duration::from_secs(1));
    }
}

/// Whether an operation changes nothing.
pub fn reads(operation: &Operation) -> bool {
    match operation.traits.safety.as_deref() {
        Some(safety) => safety == "read",
        None => operation.method == "GET",
    }
}

/// Whether a case may use ids for what it does: what changes or deletes something needs ids of things
/// that this run has made.
pub fn may_use(
    session: &Session,
    operation: usize,
    needs: &[Need],
    bundle: &Bundle,
) -> Result<(), String> {
    let Some(known) = session.contract.operations.get(operation) else { return Ok(()) };
    // To add something to what is not ours is noticed by others, and has to be allowed.
    let adds = known.traits.safety.as_deref() == Some("create")
        && session.target.allow == Permission::Disrupt;
    if reads(known) || adds {
        return Ok(());
    }
    match needs.iter().find(|need| !bundle.own.contains(&need.resource)) {
        Some(need) => Err(format!("no {} of our own", need.resource)),
        None => Ok(()),
    }
}
