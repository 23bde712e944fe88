//! How an exchange went where it did not go well: how the body of an answer ended, and why no answer
//! came at all.

/// How the body of an answer ended.
#[derive(Debug, Clone, PartialEq)]
pub enum End {
    /// As its own framing says.
    Complete,
    /// Before its end: the connection was reset, the body is shorter than `Content-Length`, a chunk
    /// or its compression is broken.
    CutOff {
        /// What happened, as a fragment: `the connection was reset`.
        why: String,
    },
    /// Nothing came for so long that we gave up.
    Silent {
        /// How long nothing came.
        seconds: f64,
    },
    /// It took longer than the whole exchange may take, though something came all the time.
    TimedOut {
        /// How long the exchange could take.
        seconds: f64,
    },
    /// It is larger than what is read of a body.
    TooLarge,
    /// We stopped reading because we were asked to.
    Stopped,
}

impl End {
    /// The word that stands for it in records.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::CutOff { .. } => "cut-off",
            Self::Silent { .. } => "silent",
            Self::TimedOut { .. } => "timed-out",
            Self::TooLarge => "too-large",
            Self::Stopped => "stopped",
        }
    }

    /// What a word of a record stands for; `None` for an unknown one.
    #[must_use]
    pub fn of_word(word: &str, why: &str, seconds: f64) -> Option<Self> {
        Some(match word {
            "complete" => Self::Complete,
            "cut-off" => Self::CutOff { why: why.to_owned() },
            "silent" => Self::Silent { seconds },
            "timed-out" => Self::TimedOut { seconds },
            "too-large" => Self::TooLarge,
            "stopped" => Self::Stopped,
            _ => return None,
        })
    }
}

/// Why no answer came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The kind of failure.
    pub kind: FailureKind,
    /// What happened, as a fragment that reads well after `error: `.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

/// The kinds of failure that leave an exchange without an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FailureKind {
    /// The request cannot be written as HTTP, and was not sent.
    NotSent,
    /// The host's name has no address.
    Unresolved,
    /// Nothing listens at the port.
    Refused,
    /// No connection came about: no route, or no reply in time.
    Unreachable,
    /// No encrypted connection came about.
    Tls,
    /// The proxy did not let us through.
    Proxy,
    /// The connection was closed or reset before an answer.
    Reset,
    /// The connection was there, and no answer came in time.
    TimedOut,
    /// What came is no HTTP.
    NotHttp,
    /// Anything else.
    Other,
}

impl FailureKind {
    /// All kinds.
    pub const ALL: [Self; 10] = [
        Self::NotSent,
        Self::Unresolved,
        Self::Refused,
        Self::Unreachable,
        Self::Tls,
        Self::Proxy,
        Self::Reset,
        Self::TimedOut,
        Self::NotHttp,
        Self::Other,
    ];

    /// The word that stands for it in records.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::NotSent => "not-sent",
            Self::Unresolved => "unresolved",
            Self::Refused => "refused",
            Self::Unreachable => "unreachable",
            Self::Tls => "tls",
            Self::Proxy => "proxy",
            Self::Reset => "reset",
            Self::TimedOut => "timed-out",
            Self::NotHttp => "not-http",
            Self::Other => "other",
        }
    }

    /// What a word of a record stands for; an unknown word is [`FailureKind::Other`].
    #[must_use]
    pub fn of_word(word: &str) -> Self {
        Self::ALL.into_iter().find(|kind| kind.word() == word).unwrap_or(Self::Other)
    }

    /// Whether the server had the request, or a part of it, and did not answer it: a fault of the
    /// server rather than of the way to it.
    #[must_use]
    pub fn is_servers(self) -> bool {
        matches!(self, Self::Reset | Self::TimedOut | Self::NotHttp)
    }

    /// Whether another attempt may help: the connection failed before any answer.
    #[must_use]
    pub fn is_passing(self) -> bool {
        matches!(self, Self::Refused | Self::Unreachable | Self::Reset)
    }
}

impl Failure {
    /// A failure without advice.
    #[must_use]
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), help: None }
    }

    /// The same failure, with advice.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)?;
        match &self.help {
            Some(help) => write!(f, "\n  help: {help}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Failure {}
