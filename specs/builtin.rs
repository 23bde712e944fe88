//! The documents that are part of the program: what it judges against when nothing else is given.

/// The contract.
pub const CONTRACT: &str = "built-in:dify/openapi.yaml";

/// The overlay for documents that others wrote.
pub const OVERLAY: &str = "built-in:dify.overlay.yaml";

/// All files, by the names behind `built-in:`.
pub const FILES: &[(&str, &str)] = &[
    ("dify.overlay.yaml", include_str!("dify.overlay.yaml")),
    ("dify/openapi.yaml", include_str!("dify/openapi.yaml")),
    ("dify/paths/annotations.yaml", include_str!("dify/paths/annotations.yaml")),
    ("dify/paths/applications.yaml", include_str!("dify/paths/applications.yaml")),
    ("dify/paths/audio.yaml", include_str!("dify/paths/audio.yaml")),
    ("dify/paths/chat-messages.yaml", include_str!("dify/paths/chat-messages.yaml")),
    ("dify/paths/chunks.yaml", include_str!("dify/paths/chunks.yaml")),
    ("dify/paths/completion-messages.yaml", include_str!("dify/paths/completion-messages.yaml")),
    ("dify/paths/conversations.yaml", include_str!("dify/paths/conversations.yaml")),
    ("dify/paths/document-contents.yaml", include_str!("dify/paths/document-contents.yaml")),
    ("dify/paths/documents.yaml", include_str!("dify/paths/documents.yaml")),
    ("dify/paths/end-users.yaml", include_str!("dify/paths/end-users.yaml")),
    ("dify/paths/feedback.yaml", include_str!("dify/paths/feedback.yaml")),
    ("dify/paths/files.yaml", include_str!("dify/paths/files.yaml")),
    ("dify/paths/human-input.yaml", include_str!("dify/paths/human-input.yaml")),
    ("dify/paths/knowledge-bases.yaml", include_str!("dify/paths/knowledge-bases.yaml")),
    ("dify/paths/knowledge-pipeline.yaml", include_str!("dify/paths/knowledge-pipeline.yaml")),
    ("dify/paths/metadata.yaml", include_str!("dify/paths/metadata.yaml")),
    ("dify/paths/models.yaml", include_str!("dify/paths/models.yaml")),
    ("dify/paths/tags.yaml", include_str!("dify/paths/tags.yaml")),
    ("dify/paths/workflow-history.yaml", include_str!("dify/paths/workflow-history.yaml")),
    ("dify/paths/workflow-runs.yaml", include_str!("dify/paths/workflow-runs.yaml")),
    ("dify/schemas/annotations.yaml", include_str!("dify/schemas/annotations.yaml")),
    ("dify/schemas/apps.yaml", include_str!("dify/schemas/apps.yaml")),
    ("dify/schemas/chunks.yaml", include_str!("dify/schemas/chunks.yaml")),
    ("dify/schemas/common.yaml", include_str!("dify/schemas/common.yaml")),
    ("dify/schemas/datasets.yaml", include_str!("dify/schemas/datasets.yaml")),
    ("dify/schemas/document-requests.yaml", include_str!("dify/schemas/document-requests.yaml")),
    ("dify/schemas/documents.yaml", include_str!("dify/schemas/documents.yaml")),
    ("dify/schemas/events-base.yaml", include_str!("dify/schemas/events-base.yaml")),
    ("dify/schemas/events-chat.yaml", include_str!("dify/schemas/events-chat.yaml")),
    ("dify/schemas/events-completion.yaml", include_str!("dify/schemas/events-completion.yaml")),
    ("dify/schemas/events-nodes.yaml", include_str!("dify/schemas/events-nodes.yaml")),
    ("dify/schemas/events-run.yaml", include_str!("dify/schemas/events-run.yaml")),
    ("dify/schemas/events-workflow.yaml", include_str!("dify/schemas/events-workflow.yaml")),
    ("dify/schemas/files.yaml", include_str!("dify/schemas/files.yaml")),
    ("dify/schemas/forms.yaml", include_str!("dify/schemas/forms.yaml")),
    ("dify/schemas/messages.yaml", include_str!("dify/schemas/messages.yaml")),
    ("dify/schemas/metadata.yaml", include_str!("dify/schemas/metadata.yaml")),
    ("dify/schemas/models.yaml", include_str!("dify/schemas/models.yaml")),
    ("dify/schemas/pipeline.yaml", include_str!("dify/schemas/pipeline.yaml")),
    ("dify/schemas/requests.yaml", include_str!("dify/schemas/requests.yaml")),
    ("dify/schemas/retrieval.yaml", include_str!("dify/schemas/retrieval.yaml")),
    ("dify/schemas/runs.yaml", include_str!("dify/schemas/runs.yaml")),
    ("dify/schemas/tags.yaml", include_str!("dify/schemas/tags.yaml")),
    ("dify/schemas/usage.yaml", include_str!("dify/schemas/usage.yaml")),
];

/// What stands in them, as JSON: `build.rs` reads them while the program is built.
const VALUES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/builtin.rs"));

/// A built-in file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its path, which begins with `built-in:`.
    pub path: String,
    /// Its text, YAML.
    pub text: &'static str,
    /// What stands in it, as JSON.
    pub json: Option<&'static str>,
}

/// The file at a path that begins with `built-in:`. The way to it may lead up and down again.
#[must_use]
pub fn read(path: &str) -> Option<File> {
    let mut names: Vec<&str> = Vec::new();
    for name in path.strip_prefix("built-in:")?.split('/') {
        match name {
            ".." => drop(names.pop()),
            "." => {}
            name => names.push(name),
        }
    }
    let name = names.join("/");
    let found = match name.strip_prefix("suites/") {
        Some(suite) => crate::suites::FILES.iter().find(|(known, _)| *known == suite),
        None => FILES.iter().find(|(known, _)| *known == name),
    };
    let (_, text) = found?;
    let json = VALUES.iter().find(|(known, _)| *known == name).map(|(_, json)| *json);
    Some(File { path: format!("built-in:{name}"), text, json })
}
