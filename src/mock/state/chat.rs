//! Conversations, messages and what was said of them.

/// Conversations, messages and what was said of them.
#[derive(Debug, Clone, Default)]
pub struct Chats {}
