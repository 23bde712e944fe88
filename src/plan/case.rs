//! A case, its name, and what it needs.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use proptest::strategy::SBoxedStrategy;

use super::journeys::Journey;
use super::resources::Provider;
use super::sequence::{Model, Move};
use crate::exchange::Expects;
use crate::generate::{Draft, Spot};

/// Where cases come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// The documented requests.
    Examples,
    /// Valid requests at the edges of what is allowed.
    Boundary,
    /// Valid requests by chance.
    Property,
    /// Requests with one fault.
    Negative,
    /// Keys, methods, routes, other users.
    Protocol,
    /// Event streams.
    Stream,
    /// Things made, read, changed and removed, in any order.
    Stateful,
    /// Workflows of several calls.
    Journey,
}

impl Phase {
    /// All phases, in the order in which they run.
    pub const ALL: [Self; 8] = [
        Self::Examples,
        Self::Boundary,
        Self::Property,
        Self::Negative,
        Self::Protocol,
        Self::Stream,
        Self::Stateful,
        Self::Journey,
    ];

    /// The phase's name.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Examples => "examples",
            Self::Boundary => "boundary",
            Self::Property => "property",
            Self::Negative => "negative",
            Self::Protocol => "protocol",
            Self::Stream => "stream",
            Self::Stateful => "stateful",
            Self::Journey => "journey",
        }
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Phase {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|phase| phase.word() == text).ok_or_else(|| {
            let all: Vec<&str> = Self::ALL.iter().map(|phase| phase.word()).collect();
            format!("there is no phase `{text}`; the phases are {}", all.join(", "))
        })
    }
}

/// An id that a request needs, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// The kind of resource.
    pub resource: String,
    /// The place in the request.
    pub spot: Spot,
    /// An id that nothing has is not refused.
    pub lenient: bool,
}

/// How a case holds what it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// Others may use it at the same time: the case does not change it.
    Shared,
    /// It is made for the case alone, since the case changes it or takes it away.
    Alone,
}

/// One named thing to try.
#[derive(Debug, Clone)]
pub struct Case {
    /// `knowledge::GET /datasets::boundary::maximum-limit`: unique, and the same for the same seed,
    /// contract and abilities.
    pub name: String,
    /// Its place among all cases, of whatever part of the run.
    pub number: usize,
    /// Where it comes from.
    pub phase: Phase,
    /// The number of the operation; of a journey, the first that it calls.
    pub operation: usize,
    /// The number of the target's key; `None`: without one.
    pub key: Option<usize>,
    /// Why it cannot be tried.
    pub skip: Option<String>,
    /// The ids that it needs.
    pub needs: Vec<Need>,
    /// How it holds them.
    pub hold: Hold,
    /// How often it may call a model, at most.
    pub model_calls: u32,
    /// What is tried.
    pub attempt: Attempt,
}

/// What a case tries.
#[derive(Debug, Clone)]
pub enum Attempt {
    /// One request.
    One {
        /// The request.
        draft: Box<Draft>,
        /// What has to come of it, where that does not follow from the request alone.
        expects: Option<Expects>,
        /// How it differs from an ordinary call.
        twist: Twist,
    },
    /// Requests by chance; one that fails is made as small as it can be.
    Chance {
        /// Where they come from.
        strategy: SBoxedStrategy<Draft>,
        /// How many.
        count: u32,
        /// Where chance begins.
        seed: u64,
    },
    /// A stream that is stopped by another operation once it tells its id.
    Stop {
        /// The request that starts the stream.
        start: Box<Draft>,
        /// The kind of id.
        resource: String,
        /// The number of the operation that starts it.
        starts: usize,
        /// The request that stops it.
        stop: Box<Draft>,
    },
    /// A list is given some items, and read page by page in every way that there is.
    Walk {
        /// The request for the list.
        list: Box<Draft>,
        /// What makes one more item; `None`: it is read as it is.
        maker: Option<Box<Provider>>,
    },
    /// The same question, once blocking and once streaming.
    Twice {
        /// The blocking request.
        blocking: Box<Draft>,
        /// The streaming one.
        streaming: Box<Draft>,
    },
    /// Moves on things of one's own, one after the other.
    Script {
        /// What can be done.
        model: Arc<Model>,
        /// What is done.
        moves: Vec<Move>,
        /// The operations that it takes, each once.
        operations: Vec<usize>,
    },
    /// Moves by chance; those that break a law are made as few as they can be.
    Sequence {
        /// What can be done.
        model: Arc<Model>,
        /// Where chance begins.
        seed: u64,
    },
    /// A workflow of several calls.
    Journey(Arc<Journey>),
}

impl Case {
    /// The numbers of the operations that it calls, apart from those that give it what it needs.
    #[must_use]
    pub fn operations(&self) -> &[usize] {
        match &self.attempt {
            Attempt::Journey(journey) => &journey.operations,
            Attempt::Script { operations, .. } => operations,
            _ => std::slice::from_ref(&self.operation),
        }
    }
}

/// How a request differs from an ordinary call.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Twist {
    /// Not at all.
    #[default]
    None,
    /// It is sent without a key.
    NoKey,
    /// It is sent with a key that nobody knows.
    WrongKey,
    /// It is sent with the key of this number, which does not open it.
    OtherKey(usize),
    /// It is sent with another method.
    Method(String),
    /// It is sent to a path that nobody documented.
    Path(String),
    /// It is sent in the name of another user.
    OtherUser,
    /// It names its user already.
    Signed,
    /// It is sent as it is written.
    Written,
}
