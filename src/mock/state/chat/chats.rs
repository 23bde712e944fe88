//! All conversations and messages of an app, and who may see them.

use std::collections::{BTreeMap, HashMap, VecDeque};

use super::super::Store;
use super::{Conversation, Message};

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
    owned_by: HashMap<String, Owned>,
    /// Counts what happens, so that what happens within a second has an order.
    ticks: u64,
}

/// The ids of the conversations of an end user.
#[derive(Debug, Clone, Default)]
struct Owned {
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
        let owned = self.owned_by.get(user).into_iter();
        let ids =
            owned.flat_map(move |s| if by_change { &s.by_change } else { &s.by_birth }.values());
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
        let owned = self.owned_by.entry(conversation.user.clone()).or_default();
        owned.by_birth.insert(self.ticks, conversation.id.clone());
        owned.by_change.insert(self.ticks, conversation.id.clone());
        self.conversations.insert(conversation.id.clone(), conversation);
    }

    /// Notes down that a conversation changed at a time, in seconds since 1970.
    pub fn touch(&mut self, id: &str, now: f64) {
        let Some(conversation) = self.conversations.get_mut(id) else { return };
        let before = conversation.changed;
        self.ticks += 1;
        (conversation.changed, conversation.updated_at) = (self.ticks, now);
        if let Some(owned) = self.owned_by.get_mut(&conversation.user) {
            owned.by_change.remove(&before);
            owned.by_change.insert(self.ticks, id.to_owned());
        }
    }

    /// Takes a conversation away, and its messages; gives the ids of these.
    pub fn remove(&mut self, id: &str) -> VecDeque<String> {
        let Some(conversation) = self.conversations.remove(id) else { return VecDeque::new() };
        if let Some(owned) = self.owned_by.get_mut(&conversation.user) {
            owned.by_birth.remove(&conversation.born);
            owned.by_change.remove(&conversation.changed);
            if owned.by_birth.is_empty() {
                self.owned_by.remove(&conversation.user);
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

    /// Takes the oldest message out of its conversation.
    fn forget(&mut self, id: &str) {
        let Some(message) = self.messages.remove(id) else { return };
        self.tasks.remove(&message.task);
        if let Some(conversation) = self.conversations.get_mut(&message.conversation) {
            // It is the oldest of all, and so the oldest there.
            conversation.messages.pop_front_if(|oldest| oldest == id);
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

#[cfg(test)]
mod tests {
    use super::{Chats, Conversation, KEPT, Message};

    fn begin(chats: &mut Chats, id: &str) {
        let (id, user) = (id.to_owned(), "u".to_owned());
        chats.begin(Conversation { id, user, ..Conversation::default() });
    }

    fn add(chats: &mut Chats, conversation: &str, id: &str) {
        let (conversation, task, user) = (conversation.to_owned(), id.to_owned(), "u".to_owned());
        let id = id.to_owned();
        chats.add(Message { id, conversation, user, task, ..Message::default() });
    }

    fn ids(chats: &Chats, by_change: bool) -> Vec<&str> {
        chats.conversations("u", by_change).map(|conversation| conversation.id.as_str()).collect()
    }

    #[test]
    fn changes_reorder_and_removal_leaves_nothing() {
        let mut chats = Chats::default();
        for id in ["a", "b"] {
            begin(&mut chats, id);
        }
        add(&mut chats, "a", "m");
        chats.touch("a", 1.0);
        assert_eq!((ids(&chats, false), ids(&chats, true)), (vec!["a", "b"], vec!["b", "a"]));
        assert!(chats.conversation("a", "v").is_none() && chats.message("m", "v").is_none());
        chats.assign("m", "t");
        assert!(chats.of_task("m").is_none() && chats.of_task("t").is_some());
        assert_eq!(chats.remove("a"), ["m"]);
        assert!(chats.message("m", "u").is_none() && chats.of_task("t").is_none());
        assert_eq!(ids(&chats, true), ["b"]);
    }

    #[test]
    fn the_oldest_make_room() {
        let mut chats = Chats::default();
        begin(&mut chats, "first");
        add(&mut chats, "first", "m");
        for number in 0..KEPT {
            begin(&mut chats, &number.to_string());
        }
        assert!(chats.conversation("first", "u").is_none() && chats.message("m", "u").is_none());
        assert_eq!(chats.conversations("u", true).count(), KEPT);
        for number in 0..=KEPT {
            add(&mut chats, "5", &format!("m{number}"));
        }
        assert!(chats.message("m0", "u").is_none() && chats.of_task("m0").is_none());
        let conversation = chats.conversation("5", "u").unwrap();
        assert_eq!((conversation.len(), chats.messages(conversation).count()), (KEPT, KEPT));
    }
}
