//! A stream followed through the orders that are legal for it.

use super::evidence::Event;
use super::words::either;
use crate::contract::{Order, StreamRules};

const THE_BEGINNING: &str = "the beginning";
const THE_END: &str = "the end";

/// How far a stream obeys the legal orders.
#[derive(Debug, Default)]
pub struct Followed {
    /// The first event that may not come where it comes.
    pub illegal: Option<Stop>,
    /// The end of the stream, if it may not end there.
    pub unfinished: Option<Stop>,
}

/// Where a stream leaves the legal orders.
#[derive(Debug)]
pub struct Stop {
    /// The event's number in the stream, from 1.
    pub number: usize,
    /// The event's name; empty at the end of the stream.
    pub event: String,
    /// The event before it, or "the beginning".
    pub after: String,
    /// What may come in its place, in alphabetical order; last "the end", if the stream may end.
    pub expected: Vec<String>,
}

/// Follows a stream through all orders, and tells of the one that it obeys longest.
pub fn follow(rules: &StreamRules, events: &[Event]) -> Followed {
    let runs = rules.orders.iter().map(|(_, order)| run(order, rules, events));
    // A run without a fault is the longest of all; among others the one that comes furthest, and
    // there all that may come next in any of them.
    let mut best: Option<(usize, Followed)> = None;
    for (length, followed) in runs {
        match &mut best {
            Some((so_far, known)) if *so_far == length => join(known, &followed),
            Some((so_far, _)) if *so_far > length => {}
            _ => best = Some((length, followed)),
        }
    }
    best.map(|(_, followed)| followed).unwrap_or_default()
}

/// Adds what one more order, which the stream obeys as long, would have expected.
fn join(known: &mut Followed, other: &Followed) {
    for (known, other) in
        [(&mut known.illegal, &other.illegal), (&mut known.unfinished, &other.unfinished)]
    {
        if let (Some(known), Some(other)) = (known, other) {
            known.expected.extend(other.expected.iter().cloned());
            known.expected.sort_unstable_by_key(|name| (name == THE_END, name.clone()));
            known.expected.dedup();
        }
    }
}

/// How many events obey one order, and where the stream leaves it.
fn run(order: &Order, rules: &StreamRules, events: &[Event]) -> (usize, Followed) {
    let mut progress = order.begin();
    let mut after = THE_BEGINNING.to_owned();
    let mut aborted = false;
    for (index, event) in events.iter().enumerate() {
        let Some(name) = &event.name else { continue };
        if rules.ignore.contains(name) || progress.step(name) {
            if !rules.ignore.contains(name) {
                after.clone_from(name);
            }
            continue;
        }
        if aborted || rules.abort.contains(name) {
            aborted = true;
            continue;
        }
        // An event that is not documented is reported as such, not as one out of order.
        if !rules.events.is_empty() && !rules.events.contains_key(name) {
            continue;
        }
        let expected = expected(&progress.expected(), progress.may_end());
        let stop = Stop { number: event.number, event: name.clone(), after, expected };
        return (index, Followed { illegal: Some(stop), unfinished: None });
    }
    if aborted || progress.may_end() {
        return (usize::MAX, Followed::default());
    }
    let expected = expected(&progress.expected(), false);
    let stop = Stop { number: events.len(), event: String::new(), after, expected };
    (events.len(), Followed { illegal: None, unfinished: Some(stop) })
}

fn expected(names: &[&str], may_end: bool) -> Vec<String> {
    let end = may_end.then_some(THE_END);
    names.iter().copied().chain(end).map(str::to_owned).collect()
}

impl Stop {
    /// What may come, as a promise.
    pub fn promise(&self) -> String {
        match self.expected.as_slice() {
            [] => format!("nothing comes after {}", self.after),
            [only] if only == THE_END => format!("nothing comes after {}", self.after),
            names if self.after == THE_BEGINNING => {
                format!("a stream begins with {}", either(names))
            }
            names => format!("after {} comes {}", self.after, either(names)),
        }
    }
}
