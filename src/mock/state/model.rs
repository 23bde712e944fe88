//! The models that the workspace may use.

use serde_json::{Value, json};

/// The one provider of models.
pub const PROVIDER: &str = "langgenius/openai/openai";

/// A model.
#[derive(Debug)]
pub struct Model {
    /// What it is for: `text-embedding`.
    pub kind: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What it can do beyond that.
    pub features: &'static [&'static str],
}

const fn model(kind: &'static str, name: &'static str, features: &'static [&'static str]) -> Model {
    Model { kind, name, features }
}

/// All of them. Recorded requests name them so.
const MODELS: &[Model] = &[
    model(
        "llm",
        "stub-llm",
        &["multi-tool-call", "agent-thought", "stream-tool-call", "tool-call", "vision"],
    ),
    model("llm", "stub-text", &[]),
    model("text-embedding", "stub-embedding", &[]),
    model("rerank", "stub-rerank", &[]),
    model("speech2text", "stub-ear", &[]),
    model("tts", "stub-voice", &[]),
];

/// The kinds of models, and what they were called once.
const KINDS: &[(&str, &str)] = &[
    ("llm", "llm"),
    ("text-embedding", "text-embedding"),
    ("rerank", "rerank"),
    ("speech2text", "speech2text"),
    ("moderation", "moderation"),
    ("tts", "tts"),
    ("text-generation", "llm"),
    ("embeddings", "text-embedding"),
    ("reranking", "rerank"),
];

/// The kind of models that a word stands for.
pub fn kind(word: &str) -> Option<&'static str> {
    KINDS.iter().find(|(own, _)| *own == word).map(|(_, kind)| *kind)
}

/// The models of a kind.
pub fn of_kind(kind: &str) -> impl Iterator<Item = &'static Model> {
    MODELS.iter().filter(move |model| model.kind == kind)
}

/// Whether there is a model of this kind and name. The provider may be named in short: `openai`.
pub fn is_known(kind: &str, provider: &str, name: &str) -> bool {
    (provider == PROVIDER || provider == "openai") && of_kind(kind).any(|model| model.name == name)
}

impl Model {
    /// What it takes and what it knows.
    pub fn properties(&self) -> Value {
        match self.kind {
            "llm" if self.features.is_empty() => {
                json!({ "mode": "completion", "context_size": 16384 })
            }
            "llm" => json!({ "mode": "chat", "context_size": 16384 }),
            "text-embedding" => json!({ "context_size": 8191, "max_chunks": 32 }),
            "rerank" => json!({ "context_size": 5120 }),
            "speech2text" => {
                json!({ "file_upload_limit": 30, "supported_file_extensions": "mp3,m4a,wav,amr,mpga" })
            }
            _ => json!({
                "default_voice": "willow",
                "voices": [{ "mode": "willow", "name": "Willow", "language": ["en-US"] }],
                "audio_type": "mp3",
                "word_limit": 3500,
                "max_workers": 5,
            }),
        }
    }
}
