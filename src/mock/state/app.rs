//! Apps: what they are, and what belongs to them.

use std::sync::Arc;

use serde_json::Value;

use super::{Annotations, Chats, Feedbacks, Ids, Runs, profile};

/// The kind of an app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// A chatbot.
    Chat,
    /// An agent.
    AgentChat,
    /// A chatflow.
    AdvancedChat,
    /// A text generator.
    Completion,
    /// A workflow.
    Workflow,
}

impl Mode {
    /// The server's word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::AgentChat => "agent-chat",
            Self::AdvancedChat => "advanced-chat",
            Self::Completion => "completion",
            Self::Workflow => "workflow",
        }
    }

    /// Whether it was drawn as a graph of nodes.
    pub fn is_drawn(self) -> bool {
        matches!(self, Self::AdvancedChat | Self::Workflow)
    }

    /// Whether one talks with it.
    pub fn is_chat(self) -> bool {
        matches!(self, Self::Chat | Self::AgentChat | Self::AdvancedChat)
    }
}

/// An app.
#[derive(Debug, Clone)]
pub struct App {
    /// The name of its key, as the tool's targets call it: `chatflow`.
    pub key_name: &'static str,
    /// The key.
    pub key: String,
    /// The id.
    pub id: String,
    /// The kind.
    pub mode: Mode,
    /// The name.
    pub name: &'static str,
    /// What it is for.
    pub description: &'static str,
    /// What it takes and what it can do, as `GET /parameters` tells it but for its annotations.
    pub parameters: Arc<Value>,
    /// Whether a workflow of this app waits for a person.
    pub asks_people: bool,
    /// Conversations, messages and what was said of them.
    pub chats: Chats,
    /// What users think of its answers.
    pub feedbacks: Feedbacks,
    /// Answers that were written by people.
    pub annotations: Annotations,
    /// Runs of its workflow.
    pub runs: Runs,
}

impl App {
    /// The form that its inputs have to fit: each item an object whose one member is the kind of a
    /// field, with the field's settings.
    pub fn form(&self) -> &[Value] {
        self.parameters["user_input_form"].as_array().map_or(&[], Vec::as_slice)
    }

    /// Which files it takes.
    pub fn file_upload(&self) -> &Value {
        &self.parameters["file_upload"]
    }

    /// What it says before it is asked anything; empty if nothing.
    pub fn opening_statement(&self) -> &str {
        self.parameters["opening_statement"].as_str().unwrap_or_default()
    }

    /// Whether a feature is on: `speech_to_text`.
    pub fn can(&self, feature: &str) -> bool {
        self.parameters[feature]["enabled"] == Value::Bool(true)
    }
}

/// The apps of a new world.
pub fn seeded(ids: &mut Ids) -> Vec<App> {
    let apps = [
        ("chat", Mode::Chat, "Garden helper", "Answers questions about gardens."),
        ("agent", Mode::AgentChat, "Weather agent", "Looks things up before it answers."),
        ("chatflow", Mode::AdvancedChat, "Reception", "Sorts what visitors ask."),
        ("completion", Mode::Completion, "Rhymer", "Writes a verse on a word."),
        ("workflow", Mode::Workflow, "Digest", "Makes a digest of a text."),
        ("human-input", Mode::Workflow, "Approval", "Asks a person before it goes on."),
    ];
    let app = |(key_name, mode, name, description)| App {
        key_name,
        key: format!("app-{}", ids.token(24)),
        id: ids.uuid(),
        mode,
        name,
        description,
        parameters: Arc::new(profile::parameters(key_name, mode)),
        asks_people: key_name == "human-input",
        chats: Chats::default(),
        feedbacks: Feedbacks::default(),
        annotations: Annotations::default(),
        runs: Runs::seeded(ids),
    };
    apps.into_iter().map(app).collect()
}
