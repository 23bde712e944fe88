//! The journeys that are part of the program.

/// All files, by the names behind `built-in:suites/`.
pub const FILES: &[(&str, &str)] = &[
    ("agent.arazzo.yaml", include_str!("agent.arazzo.yaml")),
    ("annotations.arazzo.yaml", include_str!("annotations.arazzo.yaml")),
    ("application.arazzo.yaml", include_str!("application.arazzo.yaml")),
    ("audio.arazzo.yaml", include_str!("audio.arazzo.yaml")),
    ("chat.arazzo.yaml", include_str!("chat.arazzo.yaml")),
    ("chatflow.arazzo.yaml", include_str!("chatflow.arazzo.yaml")),
    ("chunks.arazzo.yaml", include_str!("chunks.arazzo.yaml")),
    ("completion.arazzo.yaml", include_str!("completion.arazzo.yaml")),
    ("conversations.arazzo.yaml", include_str!("conversations.arazzo.yaml")),
    ("documents.arazzo.yaml", include_str!("documents.arazzo.yaml")),
    ("feedback.arazzo.yaml", include_str!("feedback.arazzo.yaml")),
    ("files.arazzo.yaml", include_str!("files.arazzo.yaml")),
    ("human-input.arazzo.yaml", include_str!("human-input.arazzo.yaml")),
    ("knowledge.arazzo.yaml", include_str!("knowledge.arazzo.yaml")),
    ("metadata.arazzo.yaml", include_str!("metadata.arazzo.yaml")),
    ("models.arazzo.yaml", include_str!("models.arazzo.yaml")),
    ("pipeline.arazzo.yaml", include_str!("pipeline.arazzo.yaml")),
    ("tags.arazzo.yaml", include_str!("tags.arazzo.yaml")),
    ("workflow.arazzo.yaml", include_str!("workflow.arazzo.yaml")),
];
