//! Knowledge bases.

use std::sync::Arc;

use serde::Serialize;

use super::{Document, ProcessRule, Retrieval};
use crate::mock::state::Store;

/// How many documents a knowledge base may have; beyond that, the oldest goes.
const DOCUMENTS: usize = 10_000;

/// How chunks are indexed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Technique {
    /// By an embedding model.
    HighQuality,
    /// By keywords.
    Economy,
}

impl Technique {
    /// The technique that the server calls so.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "high_quality" => Some(Self::HighQuality),
            "economy" => Some(Self::Economy),
            _ => None,
        }
    }
}

/// An embedding model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Embedding {
    /// Its provider: `langgenius/openai/openai`.
    pub provider: String,
    /// Its name.
    pub model: String,
}

/// Whether chunks are summed up, and by whom.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SummarySetting {
    /// Whether they are.
    pub enable: Option<bool>,
    /// The model's name.
    pub model_name: Option<String>,
    /// Its provider.
    pub model_provider_name: Option<String>,
    /// What it is told.
    pub summary_prompt: Option<String>,
}

/// A metadata field of a knowledge base.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetadataField {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// `string`, `number` or `time`.
    pub kind: &'static str,
}

/// A tag of the workspace's knowledge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
}

/// The pipeline that fills a knowledge base.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pipeline {
    /// The id.
    pub id: String,
    /// Whether it is published.
    pub published: bool,
}

/// A knowledge base.
#[derive(Debug, Clone)]
pub struct Dataset {
    /// The id.
    pub id: String,
    /// The name, unique in the workspace.
    pub name: String,
    /// What it is about.
    pub description: Option<String>,
    /// `vendor`, or `external` where the content is elsewhere.
    pub provider: &'static str,
    /// Who sees it: `only_me`, `all_team_members`, `partial_members`.
    pub permission: &'static str,
    /// The accounts that see it where these are some.
    pub members: Vec<String>,
    /// Where documents come from; the first one decides.
    pub data_source_type: Option<&'static str>,
    /// How chunks are indexed.
    pub technique: Option<Technique>,
    /// The embedding model.
    pub embedding: Option<Embedding>,
    /// How to find in it; `None` for the defaults.
    pub retrieval: Option<Retrieval>,
    /// Whether chunks are summed up.
    pub summary: SummarySetting,
    /// The ids of its tags, in the order in which they were bound.
    pub tags: Vec<String>,
    /// Its metadata fields.
    pub metadata: Vec<MetadataField>,
    /// Whether documents have the built-in metadata fields.
    pub built_in_fields: bool,
    /// The pipeline that fills it.
    pub pipeline: Option<Pipeline>,
    /// How the pipeline cuts documents: the word of a [`Form`](super::Form).
    pub chunk_structure: Option<&'static str>,
    /// The newest rule that documents were cut by.
    pub rule: Option<Arc<ProcessRule>>,
    /// Its documents, in the order in which they were made.
    pub documents: Store<Document>,
    /// When it was made, in seconds since 1970.
    pub created_at: i64,
    /// When it was changed.
    pub updated_at: i64,
    /// Whether the owner of the workspace changed it, or made it by themselves.
    pub updated: bool,
}

impl Dataset {
    /// An empty one, seen by its owner alone.
    pub fn new(id: String, name: String, now: i64) -> Self {
        Self {
            id,
            name,
            description: Some(String::new()),
            provider: "vendor",
            permission: "only_me",
            members: Vec::new(),
            data_source_type: None,
            technique: None,
            embedding: None,
            retrieval: None,
            summary: SummarySetting::default(),
            tags: Vec::new(),
            metadata: Vec::new(),
            built_in_fields: false,
            pipeline: None,
            chunk_structure: None,
            rule: None,
            documents: Store::new(DOCUMENTS),
            created_at: now,
            updated_at: now,
            updated: true,
        }
    }

    /// Whether chunks are indexed by an embedding model.
    pub fn is_high_quality(&self) -> bool {
        self.technique == Some(Technique::HighQuality)
    }

    /// How its documents are cut: as the pipeline does it, else as the first document is.
    pub fn form(&self) -> Option<&'static str> {
        self.chunk_structure
            .or_else(|| self.documents.iter().next().map(|document| document.form.word()))
    }

    /// The place of the next document, from 1.
    pub fn next_position(&self) -> i64 {
        self.documents.iter().next_back().map_or(1, |last| last.position + 1)
    }
}
