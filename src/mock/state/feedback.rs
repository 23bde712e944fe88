//! What users think of answers.

use super::Store;

/// So many are kept for an app.
const MOST: usize = 10_000;

/// What a user thinks of an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Feedback {
    /// The id.
    pub id: String,
    /// The message that holds the answer.
    pub message: String,
    /// Its conversation.
    pub conversation: String,
    /// `like` or `dislike`.
    pub rating: String,
    /// Why.
    pub content: Option<String>,
    /// The id of the end user.
    pub user: String,
    /// When it was said first, in seconds since 1970.
    pub created_at: i64,
    /// When it was changed.
    pub updated_at: i64,
}

/// What users think of the answers of an app: of each answer, only one of them was given it.
#[derive(Debug, Clone)]
pub struct Feedbacks {
    by_message: Store<Feedback>,
}

impl Default for Feedbacks {
    fn default() -> Self {
        Self { by_message: Store::new(MOST) }
    }
}

impl Feedbacks {
    /// What is thought of a message.
    pub fn of(&self, message: &str) -> Option<&Feedback> {
        self.by_message.get(message)
    }

    /// Notes what is thought of a message. What was noted before is changed, and keeps its id.
    pub fn rate(&mut self, new: Feedback) {
        match self.by_message.get_mut(&new.message) {
            Some(old) if old.rating == new.rating && old.content == new.content => {}
            Some(old) => {
                (old.rating, old.content) = (new.rating, new.content);
                old.updated_at = new.updated_at;
            }
            None => self.by_message.insert(new.message.clone(), new),
        }
    }

    /// Forgets what was thought of a message; `None` if that was nothing.
    pub fn take_back(&mut self, message: &str) -> Option<Feedback> {
        self.by_message.remove(message)
    }

    /// All, the newest first.
    pub fn newest(&self) -> impl Iterator<Item = &Feedback> {
        self.by_message.iter().rev()
    }
}
