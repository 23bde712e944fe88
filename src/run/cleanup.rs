//! What a run has made, removed again.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::future::ready;
use std::rc::Rc;

use futures_util::{StreamExt, stream};

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
    for pass in 0..2 {
        let entries = session.ledger.left();
        let own = |entry: &Entry| Some((entry.resource.clone(), entry.own()?.to_owned()));
        let all: HashSet<(String, String)> = entries.iter().filter_map(own).collect();
        let part = |entry: &Entry| {
            let mut others = entry.ids.iter().filter(|(resource, _)| **resource != entry.resource);
            others.any(|(resource, id)| all.contains(&(resource.clone(), id.clone())))
        };
        let now = entries.iter().rev().filter(|entry| pass > 0 || !part(entry));
        let mut ways: HashMap<&str, Rc<Result<Way, String>>> = HashMap::new();
        let removals = now.map(|entry| {
            let way = ways.entry(&entry.undo).or_insert_with(|| Rc::new(Way::to(session, entry)));
            remove(session, entry, Rc::clone(way))
        });
        let jobs = session.target.jobs();
        leftovers = stream::iter(removals).buffered(jobs).filter_map(ready).collect().await;
        if session.ledger.is_empty() {
            break;
        }
    }
    leftovers
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
    draft: Draft,
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
        let mut draft = self.draft.clone();
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
