//! What a run has made, removed again.

use std::fmt;

use super::session::{Session, Step};
use crate::generate::{Generator, Options};
use crate::plan::{self, Entry, Twist};

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
        let id = self.entry.ids.get(&self.entry.resource).map_or("", String::as_str);
        write!(f, "{} {id}: {}", self.entry.resource, self.why)
    }
}

/// Removes everything in the ledger, the last first. What is part of something else that is removed goes
/// with it, and is asked for alone only if it is still there.
pub async fn all(session: &Session) -> Vec<Leftover> {
    let mut leftovers = Vec::new();
    for pass in 0..2 {
        leftovers.clear();
        let entries = session.ledger.left();
        for entry in entries.iter().rev() {
            if !session.ledger.left().contains(entry) {
                continue;
            }
            let part = entries.iter().any(|other| is_part(entry, other));
            if pass == 0 && part {
                continue;
            }
            if let Err(why) = remove(session, entry).await {
                leftovers.push(Leftover { entry: entry.clone(), why });
            }
        }
        if session.ledger.left().is_empty() {
            break;
        }
    }
    leftovers
}

/// Whether one thing is part of another.
fn is_part(entry: &Entry, other: &Entry) -> bool {
    entry.resource != other.resource
        && other.ids.contains_key(&other.resource)
        && entry.ids.get(&other.resource) == other.ids.get(&other.resource)
}

async fn remove(session: &Session, entry: &Entry) -> Result<(), String> {
    let contract = session.contract;
    let number = contract.operations.iter().position(|o| o.id == entry.undo);
    let number = number.ok_or_else(|| format!("{} is not documented", entry.undo))?;
    let operation = contract.operations.get(number).ok_or_else(String::new)?;
    let needs = plan::needs(operation);
    let fixed = needs.iter().map(|need| need.spot.clone()).collect();
    let options = Options { fixed, ..Options::default() };
    let generator = Generator::new(contract, number, &options).map_err(|why| why.to_string())?;
    let draft = generator.minimal().map_err(|why| why.to_string())?;
    // Some things are only shown to the user who made them.
    let mut draft = draft;
    session.sign_as(&mut draft, operation, &entry.user);
    let key = session.target.keys.iter().position(|key| key.name == entry.key);
    let step = Step {
        case: "cleanup",
        order: (usize::MAX, 0),
        together: false,
        key,
        draft: &draft,
        needs: &needs,
        ids: &entry.ids,
        expects: None,
        twist: &Twist::Signed,
    };
    let answered = session.call(step).await;
    // What is not there any more need not be removed.
    if answered.succeeded() || answered.status() == 404 {
        let id = entry.ids.get(&entry.resource).cloned().unwrap_or_default();
        return session.ledger.gone(&entry.resource, &id).map_err(|problem| problem.to_string());
    }
    Err(answered.why_not())
}
