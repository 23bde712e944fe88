//! What asking a target came to.

use serde::Serialize;

use crate::target::{Permission, Refusal};

/// What asking a target came to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProbeReport {
    /// The target's name.
    pub target: String,
    /// Its address.
    pub base_url: String,
    /// Where the address comes from.
    pub base_url_from: String,
    /// What may be done to it.
    pub allow: Permission,
    /// The server.
    pub server: ServerReport,
    /// Its keys, in the order of the vocabulary.
    pub keys: Vec<KeyReport>,
    /// What the whole deployment can do.
    pub abilities: Vec<AbilityReport>,
    /// All operations of the contract, in its order.
    pub operations: Vec<OperationReport>,
    /// What is wrong, the gravest first.
    pub troubles: Vec<Trouble>,
    /// What is worth knowing.
    pub notes: Vec<String>,
}

/// What was learnt of a server.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct ServerReport {
    /// Whether the API answers at the address.
    pub reachable: bool,
    /// Whether the connection is encrypted.
    pub tls: bool,
    /// The version it tells.
    pub version: Option<String>,
    /// Milliseconds from request to answer: the median of three.
    pub latency_ms: Option<f64>,
    /// Whether it answers without a key as it does with one.
    pub open: bool,
    /// Seconds by which its clock is ahead of ours; to the second.
    pub clock_ahead_s: Option<i64>,
}

/// What was learnt of a key.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct KeyReport {
    /// Its name in the vocabulary.
    pub name: String,
    /// Where it comes from.
    pub from: String,
    /// What asking came to.
    pub state: KeyState,
    /// Its kind.
    pub kind: Option<String>,
    /// The modes that it may have: the one it has, where that is known.
    pub modes: Vec<String>,
    /// The name of what it opens.
    pub title: Option<String>,
    /// What that can do.
    pub abilities: Vec<AbilityReport>,
}

/// What asking came to for a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyState {
    /// It is accepted, and is what it was given as.
    Accepted,
    /// It is accepted, but is another key than it was given as.
    Misplaced,
    /// Nothing tells how to ask.
    NotAsked,
    /// It is no key of this server.
    Refused,
    /// What it opens is switched off.
    SwitchedOff,
    /// What it opens is not ready for use.
    NotReady,
    /// The answer tells nothing.
    Unclear,
    /// No answer came, or the server had stopped answering before.
    NoAnswer,
}

impl KeyState {
    /// Whether requests may be sent with the key.
    #[must_use]
    pub fn is_usable(self) -> bool {
        matches!(self, Self::Accepted | Self::Misplaced | Self::NotAsked)
    }

    /// The state in words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Misplaced => "in the wrong place",
            Self::NotAsked => "not asked",
            Self::Refused => "refused",
            Self::SwitchedOff => "switched off",
            Self::NotReady => "not ready",
            Self::Unclear => "unclear",
            Self::NoAnswer => "without an answer",
        }
    }
}

impl From<Refusal> for KeyState {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::WrongKey => Self::Refused,
            Refusal::SwitchedOff => Self::SwitchedOff,
            Refusal::NotReady => Self::NotReady,
        }
    }
}

/// Whether there is an ability.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AbilityReport {
    /// Its name.
    pub name: String,
    /// What it is called.
    pub title: String,
    /// Whether it is there; `None` where that cannot be known.
    pub there: Option<bool>,
}

/// Whether an operation can be exercised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OperationReport {
    /// The operation.
    pub id: String,
    /// The names of the keys that open it and can do what it needs.
    pub keys: Vec<String>,
    /// Why it cannot be exercised.
    pub obstacle: Option<Obstacle>,
    /// Abilities that it needs and of which nothing is known.
    pub unsure: Vec<String>,
}

impl OperationReport {
    /// Whether it lacks nothing but a key.
    #[must_use]
    pub fn lacks_key(&self) -> bool {
        self.obstacle.as_ref().is_some_and(|obstacle| obstacle.kind == ObstacleKind::NoKey)
    }
}

/// Why an operation cannot be exercised.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Obstacle {
    /// What kind of reason it is.
    pub kind: ObstacleKind,
    /// The reason, in words that stand alone: `not allowed: needs --allow write`.
    pub reason: String,
}

/// The kinds of reason for which an operation cannot be exercised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ObstacleKind {
    /// There is no key that opens it.
    NoKey,
    /// It is not allowed.
    NotAllowed,
    /// Something that it needs is not there.
    NotAble,
}

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Trouble {
    /// What it is about: `server`, or where the key comes from.
    pub about: String,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl Trouble {
    /// Trouble with the server.
    #[must_use]
    pub fn server(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::about("server", message, Some(help.into()))
    }

    /// Trouble with something.
    #[must_use]
    pub fn about(about: &str, message: impl Into<String>, help: Option<String>) -> Self {
        Self { about: about.to_owned(), message: message.into(), help }
    }
}

/// Troubles, each with what to do about it; where that is the same for several in a row, it is told once,
/// with the last of them.
pub fn advised(troubles: &[Trouble]) -> impl Iterator<Item = (&Trouble, Option<&str>)> {
    troubles.iter().enumerate().map(|(number, trouble)| {
        let next = troubles.get(number + 1);
        let again = next.is_some_and(|next| next.help == trouble.help);
        (trouble, trouble.help.as_deref().filter(|_| !again))
    })
}

/// What a target is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fitness {
    /// Everything that was given works.
    Fine,
    /// It can be used, but something is wrong.
    Troubled,
    /// Not one operation can be exercised.
    Useless,
}

impl ProbeReport {
    /// What the target is good for.
    #[must_use]
    pub fn fitness(&self) -> Fitness {
        let any = self.operations.iter().any(|operation| operation.obstacle.is_none());
        match (self.server.reachable && any, self.troubles.is_empty()) {
            (false, _) => Fitness::Useless,
            (true, false) => Fitness::Troubled,
            (true, true) => Fitness::Fine,
        }
    }

    /// What is known of an operation.
    #[must_use]
    pub fn operation(&self, id: &str) -> Option<&OperationReport> {
        self.operations.iter().find(|operation| operation.id == id)
    }
}
