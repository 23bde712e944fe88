//! Conversations and messages of an app.

mod chats;
mod conversation;
mod message;
mod variable;

pub use chats::Chats;
pub use conversation::{Conversation, Naming};
pub use message::{Message, MessageFile, Thought};
pub use variable::Variable;
