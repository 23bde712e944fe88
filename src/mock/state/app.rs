//! Apps: what they are, and what belongs to them.

use super::{Chats, Ids, Runs};

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
    /// Whether a workflow of this app waits for a person.
    pub asks_people: bool,
    /// Conversations, messages and what was said of them.
    pub chats: Chats,
    /// Runs of its workflow.
    pub runs: Runs,
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
        asks_people: key_name == "human-input",
        chats: Chats::default(),
        runs: Runs::seeded(ids),
    };
    apps.into_iter().map(app).collect()
}
