//! What a run has made, removed again.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::future::ready;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::available_parallelism;

use futures_util::{StreamExt, stream};
use tokio::runtime::{Builder, Handle};

use super::crew::STACK;
use super::result::AFTER;
use super::session::{Session, Step};
use crate::generate::Draft;
use crate::plan::{self, Entry, Need, Twist};

/// Something that could not be removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leftover {
    /// What it is.
    pub entry: Entry,
    /// Why it could not be removed.
    pub why: String,
}

impl fmt::Display for Leftover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = self.entry.own().unwrap_or_default();
        write!(f, "{} {id}: {}", self.entry.resource, self.why)
    }
}

/// Removes everything in the ledger, the last first, several at the same time. What is part of something
/// else that is removed goes with it, and is asked for alone only if it is still there. What could not be
/// removed is tried once more when the others are gone.
pub async fn all(session: &Session) -> Vec<Leftover> {
    let mut leftovers = Vec::new();
    for round in ROUNDS {
        let queue = Queue::of(session, round);
        leftovers = in_order(queue.work(session.target.jobs()).await);
        if session.ledger.is_empty() {
            break;
        }
    }
    leftovers
}

/// The same on a thread for each processor. It has to be called on a thread that may be blocked.
pub fn all_on_threads(session: &Session, runtime: &Handle) -> Vec<Leftover> {
    let jobs = session.target.jobs();
    let mut leftovers = Vec::new();
    for round in ROUNDS {
        let queue = Queue::of(session, round);
        // Each has connections of its own: more than one is for more than can be asked at the same time.
        let some = queue.entries.len() / jobs;
        let threads = available_parallelism().map_or(1, usize::from).min(jobs).min(some);
        let left = Mutex::new(Vec::new());
        let work = |jobs| {
            let Ok(runtime) = Builder::new_current_thread().enable_all().build() else { return };
            let could_not = runtime.block_on(queue.work(jobs));
            left.lock().unwrap_or_else(PoisonError::into_inner).extend(could_not);
        };
        std::thread::scope(|scope| {
            for thread in 0..threads {
                // The first threads have what is left over, so that there are no more at the same time.
                let jobs = jobs / threads + usize::from(thread < jobs % threads);
                let builder = std::thread::Builder::new().stack_size(STACK);
                // What a thread that cannot be had does not do, the others do, and in the end we.
                let _ = builder.spawn_scoped(scope, move || work(jobs));
            }
        });
        let mut left = left.into_inner().unwrap_or_else(PoisonError::into_inner);
        left.extend(runtime.block_on(queue.work(jobs)));
        leftovers = in_order(left);
        if session.ledger.is_empty() {
            break;
        }
    }
    leftovers
}

fn in_order(mut leftovers: Vec<(usize, Leftover)>) -> Vec<Leftover> {
    leftovers.sort_unstable_by_key(|(number, _)| *number);
    leftovers.into_iter().map(|(_, leftover)| leftover).collect()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Round {
    /// What is part of nothing else that is removed.
    Whole,
    /// What is still there.
    Rest,
}

const ROUNDS: [Round; 2] = [Round::Whole, Round::Rest];

/// What is to be removed in a round.
struct Queue<'s> {
    session: &'s Session,
    entries: Vec<Entry>,
    next: AtomicUsize,
}

impl<'s> Queue<'s> {
    fn of(session: &'s Session, round: Round) -> Self {
        let mut entries = session.ledger.left();
        entries.reverse();
        let own = |entry: &Entry| Some((entry.resource.clone(), entry.own()?.to_owned()));
        let all: HashSet<(String, String)> = entries.iter().filter_map(own).collect();
        let part = |entry: &Entry| {
            let mut others = entry.ids.iter().filter(|(resource, _)| **resource != entry.resource);
            others.any(|(resource, id)| all.contains(&(resource.clone(), id.clone())))
        };
        entries.retain(|entry| round == Round::Rest || !part(entry));
        Self { session, entries, next: AtomicUsize::new(0) }
    }

    /// Removes what nobody else removes, so many at the same time; tells what could not be.
    async fn work(&self, jobs: usize) -> Vec<(usize, Leftover)> {
        let next = || {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            Some((number, self.entries.get(number)?))
        };
        let mut ways: HashMap<&str, Rc<Result<Way, String>>> = HashMap::new();
        let removals = std::iter::from_fn(next).map(|(number, entry)| {
            let way = || Rc::new(Way::to(self.session, entry));
            let way = Rc::clone(ways.entry(&entry.undo).or_insert_with(way));
            async move { Some((number, remove(self.session, entry, way).await?)) }
        });
        stream::iter(removals).buffered(jobs).filter_map(ready).collect().await
    }
}

/// Removes something, if it is still there; tells why it could not be.
async fn remove(
    session: &Session,
    entry: &Entry,
    way: Rc<Result<Way, String>>,
) -> Option<Leftover> {
    if !session.ledger.holds(entry) {
        return None;
    }
    let removed = match &*way {
        Ok(way) => way.remove(session, entry).await,
        Err(why) => Err(why.clone()),
    };
    removed.err().map(|why| Leftover { entry: entry.clone(), why })
}

/// How things of one kind are removed.
struct Way {
    needs: Vec<Need>,
    draft: Arc<Draft>,
}

impl Way {
    fn to(session: &Session, entry: &Entry) -> Result<Self, String> {
        let contract = session.contract;
        let number = contract.operations.iter().position(|o| o.id == entry.undo);
        let number = number.ok_or_else(|| format!("{} is not documented", entry.undo))?;
        let needs = contract.operations.get(number).map(plan::needs).unwrap_or_default();
        let draft = session.drafts.asking(contract, number, &needs)?;
        Ok(Self { needs, draft })
    }

    async fn remove(&self, session: &Session, entry: &Entry) -> Result<(), String> {
        // Some things are only shown to the user who made them.
        let mut draft = Draft::clone(&self.draft);
        session.sign_as(&mut draft, &entry.user);
        let key = session.target.keys.iter().position(|key| key.name == entry.key);
        let step = Step {
            case: AFTER,
            order: (usize::MAX, 0),
            together: false,
            key,
            draft: &draft,
            needs: &self.needs,
            ids: &entry.ids,
            expects: None,
            twist: &Twist::Signed,
        };
        let answered = session.call(step).await;
        // What is not there any more need not be removed.
        if answered.succeeded() || answered.status() == 404 {
            let id = entry.own().unwrap_or_default();
            return session.ledger.gone(&entry.resource, id).map_err(|problem| problem.to_string());
        }
        Err(answered.why_not())
    }
}
