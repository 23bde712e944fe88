//! Documents, and how far their indexing is.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{ProcessRule, Segment};
use crate::mock::state::Store;
use crate::mock::text::Piece;

/// What the chunks of a document are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Pieces of text.
    Text,
    /// Questions with their answers.
    Qa,
    /// Pieces with smaller pieces below.
    Hierarchical,
}

impl Form {
    /// The server's words for them.
    pub const WORDS: [&str; 3] = ["text_model", "qa_model", "hierarchical_model"];

    /// The server's word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Text => Self::WORDS[0],
            Self::Qa => Self::WORDS[1],
            Self::Hierarchical => Self::WORDS[2],
        }
    }

    /// The form that the server calls so.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Text, Self::Qa, Self::Hierarchical].into_iter().find(|form| form.word() == word)
    }
}

/// Where a document comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    /// A file of the workspace, or a text that became one.
    Upload {
        /// The id of the file.
        file: String,
        /// When it was uploaded, in seconds since 1970.
        at: f64,
        /// Whether it was sent as a text rather than a file.
        text: bool,
    },
    /// A datasource of a pipeline: its type, and what it says of what it read.
    Pipeline(&'static str, Value),
}

impl Source {
    /// The server's word for it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Upload { .. } => "upload_file",
            Self::Pipeline(kind, _) => kind,
        }
    }

    /// What metadata calls it.
    pub fn told(&self) -> &'static str {
        match self.word() {
            "upload_file" | "local_file" => "file_upload",
            "website_crawl" => "website",
            "notion_import" => "notion",
            other => other,
        }
    }

    /// The id of the file.
    pub fn file(&self) -> Option<&str> {
        match self {
            Self::Upload { file, .. } => Some(file),
            Self::Pipeline(..) => None,
        }
    }
}

/// How far the indexing of a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// It has not begun.
    Waiting,
    /// The text is taken out of the file.
    Parsing,
    /// The text is cut.
    Splitting,
    /// The pieces are indexed.
    Indexing,
    /// It is done.
    Completed,
    /// It failed.
    Error,
}

impl Stage {
    /// The server's word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Parsing => "parsing",
            Self::Splitting => "splitting",
            Self::Indexing => "indexing",
            Self::Completed => "completed",
            Self::Error => "error",
        }
    }
}

/// When a stage begins, as a part of the whole time.
const BEGINS: [(Stage, f64); 5] = [
    (Stage::Waiting, 0.0),
    (Stage::Parsing, 0.1),
    (Stage::Splitting, 0.3),
    (Stage::Indexing, 0.6),
    (Stage::Completed, 1.0),
];

/// An indexing, under way or over.
#[derive(Debug, Clone)]
pub struct Job {
    /// When it was asked for, in seconds since 1970.
    pub started: f64,
    /// How long it takes, in seconds.
    pub takes: f64,
    /// What will become chunks, or why nothing will; `None` once that has happened.
    pub pieces: Option<Result<Vec<Piece>, String>>,
}

impl Job {
    /// When a stage begins, if it ever does and has.
    fn begins(&self, stage: Stage, now: f64) -> Option<f64> {
        let (_, part) = BEGINS.iter().find(|(own, _)| *own == stage)?;
        let time = self.started + part * self.takes;
        (self.stage(now) >= stage).then_some(time)
    }

    fn stage(&self, now: f64) -> Stage {
        if self.pieces.is_none() {
            return Stage::Completed;
        }
        let elapsed = now - self.started;
        // The call that asked for it always sees it waiting.
        let begun = |(_, part): &&(Stage, f64)| elapsed > 0.0 && elapsed >= part * self.takes;
        let stage = BEGINS.iter().rev().find(begun).map_or(Stage::Waiting, |(stage, _)| *stage);
        // What fails does so while it is cut.
        match &self.pieces {
            Some(Err(_)) if stage > Stage::Splitting => Stage::Error,
            _ => stage,
        }
    }
}

/// A document.
#[derive(Debug, Clone)]
pub struct Document {
    /// The id.
    pub id: String,
    /// Its place in the knowledge base, from 1.
    pub position: i64,
    /// Where it comes from.
    pub source: Source,
    /// The rule that it is cut by.
    pub rule: Option<Arc<ProcessRule>>,
    /// What its indexing is asked for with.
    pub batch: String,
    /// The name.
    pub name: String,
    /// Who made it: `api`, `web`, `rag-pipeline`.
    pub created_from: &'static str,
    /// When it was made, in seconds since 1970.
    pub created_at: f64,
    /// When it was changed.
    pub updated_at: f64,
    /// What its chunks are.
    pub form: Form,
    /// The language it is in.
    pub language: String,
    /// Its length in characters, as of the last indexing and what was done since.
    pub word_count: Option<i64>,
    /// What the embedding model counted.
    pub tokens: Option<i64>,
    /// How long the last indexing took, in seconds.
    pub latency: Option<f64>,
    /// Its indexing.
    pub job: Job,
    /// Why its indexing failed.
    pub error: Option<String>,
    /// Whether it can be found.
    pub enabled: bool,
    /// When it was disabled.
    pub disabled_at: Option<i64>,
    /// Whether it is put away.
    pub archived: bool,
    /// Metadata values by the names of their fields; `None` where nobody gave any.
    pub metadata: Option<Map<String, Value>>,
    /// The ids of the metadata fields that it has values of.
    pub fields: Vec<String>,
    /// Whether its chunks are summed up.
    pub need_summary: bool,
    /// Its chunks, in order. They come when it is completed.
    pub segments: Store<Segment>,
}

/// What a new document is made from.
#[derive(Debug, Clone)]
pub struct NewDocument {
    /// The name.
    pub name: String,
    /// Where it comes from.
    pub source: Source,
    /// The rule to cut it by; `None` for a pipeline's, which cuts as the server does by itself.
    pub rule: Option<Arc<ProcessRule>>,
    /// What its indexing is asked for with.
    pub batch: String,
    /// Who makes it: `api`, `web`, `rag-pipeline`.
    pub created_from: &'static str,
    /// What its chunks are.
    pub form: Form,
    /// The language it is in.
    pub language: String,
    /// The text.
    pub text: String,
}

impl Document {
    /// How far its indexing is.
    pub fn stage(&self, now: f64) -> Stage {
        if self.error.is_some() { Stage::Error } else { self.job.stage(now) }
    }

    /// When a stage of its indexing began, in whole seconds since 1970, if it has.
    pub fn began(&self, stage: Stage, now: f64) -> Option<i64> {
        #[expect(clippy::cast_possible_truncation, reason = "it is far from the limit")]
        let whole = |time: f64| time as i64;
        match self.stage(now) {
            Stage::Error if stage > Stage::Splitting => None,
            Stage::Error => {
                let (_, part) = BEGINS.iter().find(|(own, _)| *own == stage)?;
                Some(whole(self.job.started + part * self.job.takes))
            }
            _ => self.job.begins(stage, now).map(whole),
        }
    }

    /// What people are shown of its state.
    pub fn display_status(&self, now: f64) -> &'static str {
        match self.stage(now) {
            Stage::Waiting => "queuing",
            Stage::Parsing | Stage::Splitting | Stage::Indexing => "indexing",
            Stage::Error => "error",
            Stage::Completed if self.archived => "archived",
            Stage::Completed if self.enabled => "available",
            Stage::Completed => "disabled",
        }
    }

    /// Its length in characters: known once it is cut.
    pub fn length(&self, now: f64) -> Option<i64> {
        match &self.job.pieces {
            Some(Ok(pieces)) if self.stage(now) >= Stage::Indexing => {
                Some(pieces.iter().map(Piece::length).sum())
            }
            _ => self.word_count,
        }
    }

    /// Why its indexing failed.
    pub fn error(&self, now: f64) -> Option<&str> {
        match &self.job.pieces {
            Some(Err(error)) if self.stage(now) == Stage::Error => Some(error),
            _ => self.error.as_deref(),
        }
    }

    /// How many chunks it has, or is about to have.
    pub fn pieces(&self, now: f64) -> usize {
        match &self.job.pieces {
            Some(Ok(pieces)) if self.stage(now) >= Stage::Indexing => pieces.len(),
            _ => self.segments.len(),
        }
    }

    /// Whether its chunks can be found.
    pub fn is_available(&self, now: f64) -> bool {
        self.enabled && !self.archived && self.stage(now) == Stage::Completed
    }

    /// How often apps found its chunks.
    pub fn hit_count(&self) -> i64 {
        self.segments.iter().map(|segment| segment.hit_count).sum()
    }
}
