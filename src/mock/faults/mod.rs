//! Faults: misbehaviour that the mock can be told to show, so that a tester of servers can be tested.
//!
//! | file | what is in it |
//! |---|---|
//! | `catalogue.rs` | every kind of fault: the list that `list faults` and `explain` show |
//! | `injection.rs` | a fault at an operation and a place, as `--fault` names it |
//! | `plan.rs` | the faults of each operation, and what they remember |
//! | `place.rs` | places in JSON values |
//! | `value.rs` | faults of values: members lost, renamed, of another type |
//! | `reply.rs` | faults of answers: status, code, media type, header |
//! | `law.rs` | faults of state and of what is asked for: what was written is not kept, bounds are not looked at |
//! | `lists.rs` | faults of lists: pages overlap, what is deleted is still there |
//! | `stream.rs` | faults of event streams |
//!
//! A fault is a row of the catalogue with a function that acts at one stage of a request's way.

mod catalogue;
mod injection;
mod law;
mod lists;
mod place;
mod plan;
mod reply;
mod stream;
mod value;

pub use catalogue::FAULTS;
pub use injection::Injection;
pub use plan::{Memory, Plan};
pub use stream::{Filter, Piece};

/// The filter of a stream whose connection breaks.
pub fn cut() -> Box<dyn Filter> {
    stream::cut()
}

use super::call::Call;
use super::refusal::Breach;
use super::reply::{Outcome, Reply};
use super::state::World;

/// A kind of fault.
#[derive(Debug)]
pub struct Fault {
    /// Its id: `drop-property`.
    pub id: &'static str,
    /// What the server does wrong, in one line.
    pub title: &'static str,
    /// The checks of which at least one should report it.
    pub provokes: &'static [&'static str],
    /// What `#POINTER` and `=VALUE` mean for it, where they mean anything.
    pub takes: &'static str,
    /// What it does.
    pub act: Act,
}

impl Fault {
    /// Whether it takes an operation that deletes and one that lists to do it.
    fn is_of_pairs(&self) -> bool {
        self.id == "deleted-still-listed"
    }
}

/// What a fault does, and at which stage of a request's way.
#[derive(Debug, Clone, Copy)]
pub enum Act {
    /// Around the handler: it may change the call, the world, or what comes of it.
    Around(fn(&mut World, &mut Call<'_>, &Injection, &mut Handler<'_>) -> Outcome),
    /// Around the handler: what is refused for one of these reasons is taken.
    Accept(&'static [Breach]),
    /// On a successful answer's JSON, and on the data of every event.
    Value(fn(&mut serde_json::Value, &Injection)),
    /// On the answer.
    Reply(fn(&mut Reply, &Injection)),
    /// On the frames of a stream.
    Stream(fn(&Injection) -> Box<dyn Filter>),
    /// Without a key, with the wrong one, at the wrong method: before anything else is looked at.
    Door(Door),
}

/// What is wrong at the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// Calls without a key come in.
    NoKey,
    /// Calls with a wrong key come in.
    WrongKey,
    /// Any other method is taken for the right one.
    AnyMethod,
    /// Bodies of any media type are read.
    AnyMediaType,
    /// An id that cannot be one fails instead of being refused.
    StrangeId,
}

/// The rest of the way to the handler.
pub type Handler<'h> = dyn FnMut(&mut World, &mut Call<'_>) -> Outcome + 'h;
