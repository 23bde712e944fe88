//! Conversations and messages of an app.

mod conversation;
mod message;
mod variable;

use std::collections::{BTreeMap, HashMap, VecDeque};

pub use conversation::{Conversation, Naming};
pub use message::{Message, MessageFile, Thought};
pub use variable::{Kind, Variable};

use super::Store;

/// So many conversations and so many messages are kept for each app; the oldest go first.
const KEPT: usize = 10_000;

/// Conversations and messages of an app.
///
/// An app that does not talk has them as well: each of its answers is a conversation of its own, that
/// nobody is shown.
#[derive(Debug, Clone, Default)]
pub struct Chats {
    conversations: Store<Conversation>,
    messages: Store<Message>,
    /// Ids of messages by their tasks.
    tasks: HashMap<String, String>,
    /// What belongs to each end user.
    shelves: HashMap<String, Shelf>,
    /// Counts what happens, so that what happens within a second has an order.
    ticks: u64,
}

/// The ids of the conversations of an end user.
#[derive(Debug, Clone, Default)]
struct Shelf {
    by_birth: BTreeMap<u64, String>,
    by_change: BTreeMap<u64, String>,
}

impl Chats {
    /// A conversation of this end user.
    pub fn conversation(&self, id: &str, user: &str) -> Option<&Conversation> {
        let found = self.conversations.get(&id.to_ascii_lowercase());
        found.filter(|conversation| conversation.user == user)
    }

    /// A conversation of this end user, to be changed. Whoever changes what its owner sees says so with
    /// [`Chats::touch`].
    pub fn conversation_mut(&mut self, id: &str, user: &str) -> Option<&mut Conversation> {
        let found = self.conversations.get_mut(&id.to_ascii_lowercase());
        found.filter(|conversation| conversation.user == user)
    }

    /// The conversations of an end user, the oldest first: by when they were made, or by when they
    /// changed last.
    pub fn conversations(
        &self,
        user: &str,
        by_change: bool,
    ) -> impl DoubleEndedIterator<Item = &Conversation> {
        let shelf = self.shelves.get(user).into_iter();
        let ids =
            shelf.flat_map(move |s| if by_change { &s.by_change } else { &s.by_birth }.values());
        ids.filter_map(|id| self.conversations.get(id))
    }

    /// Begins a conversation.
    pub fn begin(&mut self, mut conversation: Conversation) {
        if self.conversations.len() >= KEPT {
            let oldest = self.conversations.iter().next().map(|oldest| oldest.id.clone());
            self.remove(&oldest.unwrap_or_default());
        }
        self.ticks += 1;
        (conversation.born, conversation.changed) = (self.ticks, self.ticks);
        let shelf = self.shelves.entry(conversation.user.clone()).or_default();
        shelf.by_birth.insert(self.ticks, conversation.id.clone());
        shelf.by_change.insert(self.ticks, conversation.id.clone());
        self.conversations.insert(conversation.id.clone(), conversation);
    }

    /// Notes down that a conversation changed at a time, in seconds since 1970.
    pub fn touch(&mut self, id: &str, now: f64) {
        let Some(conversation) = self.conversations.get_mut(id) else { return };
        let before = conversation.changed;
        self.ticks += 1;
        (conversation.changed, conversation.updated_at) = (self.ticks, now);
        if let Some(shelf) = self.shelves.get_mut(&conversation.user) {
            shelf.by_change.remove(&before);
            shelf.by_change.insert(self.ticks, id.to_owned());
        }
    }

    /// Takes a conversation away, and its messages; gives the ids of these.
    pub fn remove(&mut self, id: &str) -> VecDeque<String> {
        let Some(conversation) = self.conversations.remove(id) else { return VecDeque::new() };
        if let Some(shelf) = self.shelves.get_mut(&conversation.user) {
            shelf.by_birth.remove(&conversation.born);
            shelf.by_change.remove(&conversation.changed);
            if shelf.by_birth.is_empty() {
                self.shelves.remove(&conversation.user);
            }
        }
        for id in &conversation.messages {
            if let Some(message) = self.messages.remove(id) {
                self.tasks.remove(&message.task);
            }
        }
        conversation.messages
    }

    /// Adds a message to its conversation.
    pub fn add(&mut self, message: Message) {
        if self.messages.len() >= KEPT {
            let oldest = self.messages.iter().next().map(|oldest| oldest.id.clone());
            self.forget(&oldest.unwrap_or_default());
        }
        if let Some(conversation) = self.conversations.get_mut(&message.conversation) {
            conversation.messages.push_back(message.id.clone());
        }
        self.tasks.insert(message.task.clone(), message.id.clone());
        self.messages.insert(message.id.clone(), message);
    }

    /// Takes a message out of its conversation.
    fn forget(&mut self, id: &str) {
        let Some(message) = self.messages.remove(id) else { return };
        self.tasks.remove(&message.task);
        if let Some(conversation) = self.conversations.get_mut(&message.conversation) {
            conversation.messages.retain(|of| of != id);
        }
    }

    /// Says by which task a message is answered.
    pub fn assign(&mut self, id: &str, task: &str) {
        let Some(message) = self.messages.get_mut(id) else { return };
        let before = std::mem::replace(&mut message.task, task.to_owned());
        self.tasks.remove(&before);
        self.tasks.insert(task.to_owned(), id.to_owned());
    }

    /// The messages of a conversation, the oldest first.
    pub fn messages<'c>(
        &'c self,
        conversation: &'c Conversation,
    ) -> impl DoubleEndedIterator<Item = &'c Message> {
        conversation.messages.iter().filter_map(|id| self.messages.get(id))
    }

    /// A message of this end user.
    pub fn message(&self, id: &str, user: &str) -> Option<&Message> {
        let found = self.messages.get(&id.to_ascii_lowercase());
        found.filter(|message| message.user == user)
    }

    /// A message, whoever asked, to be changed.
    pub fn message_mut(&mut self, id: &str) -> Option<&mut Message> {
        self.messages.get_mut(id)
    }

    /// The message that a task answers.
    pub fn of_task(&self, task: &str) -> Option<&Message> {
        self.messages.get(self.tasks.get(task)?)
    }
}
