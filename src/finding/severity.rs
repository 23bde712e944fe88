//! How bad a finding is, and what it is held against.

use std::fmt;

/// How much a finding weighs; the order is from mild to grave.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing, nobody's fault: something documented that this traffic never showed.
    Note,
    /// Documents and server differ where the documents are silent or only imply a promise.
    Warning,
    /// A promise is broken.
    Error,
}

/// What a finding contradicts, and so how sure it is; the order is from weak to strong.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// Nothing is contradicted: the traffic did not show what the documents describe.
    Traffic,
    /// The documents say nothing about what was seen.
    Silence,
    /// A description says otherwise in words.
    Prose,
    /// A documented example shows otherwise.
    Example,
    /// A schema, or another part of the documents that a machine can read, says otherwise.
    Schema,
    /// HTTP, JSON or another standard that holds for every API says otherwise.
    Standard,
}

impl Severity {
    /// The word used in reports and on the command line.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl Basis {
    /// The word used in reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Traffic => "traffic",
            Self::Silence => "silence",
            Self::Prose => "prose",
            Self::Example => "example",
            Self::Schema => "schema",
            Self::Standard => "standard",
        }
    }

    /// What the finding contradicts, as the end of a sentence: "contradicts …".
    #[must_use]
    pub fn phrase(self) -> &'static str {
        match self {
            Self::Traffic => "this traffic does not show it",
            Self::Silence => "the documents are silent",
            Self::Prose => "contradicts a description",
            Self::Example => "contradicts a documented example",
            Self::Schema => "contradicts the documents",
            Self::Standard => "contradicts a standard",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl fmt::Display for Basis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}
