//! Conversations.

use std::collections::VecDeque;

use serde_json::{Map, Value, json};

use super::super::whole;
use super::Variable;

/// A conversation of an end user with an app.
#[derive(Debug, Clone, Default)]
pub struct Conversation {
    /// The id.
    pub id: String,
    /// The id of the end user.
    pub user: String,
    /// Its name.
    pub name: String,
    /// The name that it is about to be given.
    pub naming: Option<Naming>,
    /// The values of the app's form at its beginning.
    pub inputs: Map<String, Value>,
    /// What the app said before it was asked anything.
    pub introduction: String,
    /// When it began, in seconds since 1970.
    pub created_at: f64,
    /// When it changed last.
    pub updated_at: f64,
    /// The variables of a chatflow.
    pub variables: Vec<Variable>,
    /// The ids of its messages, the oldest first. This and what follows is kept by [`super::Chats`].
    pub messages: VecDeque<String>,
    /// Its place among all that happened.
    pub born: u64,
    /// The place of its last change.
    pub changed: u64,
}

/// A name that a model has found for a conversation.
#[derive(Debug, Clone)]
pub struct Naming {
    /// When the conversation gets it, in seconds since 1970.
    pub at: f64,
    /// The name.
    pub name: String,
}

impl Conversation {
    /// Its name at a time, in seconds since 1970.
    pub fn name_at(&self, now: f64) -> &str {
        let found = self.naming.as_ref().filter(|naming| naming.at <= now);
        found.map_or(&self.name, |naming| &naming.name)
    }

    /// Gives it a name that stays.
    pub fn rename(&mut self, name: String) {
        (self.name, self.naming) = (name, None);
    }

    /// Sets a variable at a time, in seconds since 1970. Variables that it does not have are passed over.
    pub fn set_variable(&mut self, name: &str, value: Value, now: f64) {
        if let Some(variable) = self.variables.iter_mut().find(|variable| variable.name == name) {
            variable.set(value, now);
        }
    }

    /// How many messages it has.
    pub fn len(&self) -> usize {
        self.messages.len()
    }

    /// As answers show it at a time, in seconds since 1970.
    pub fn view(&self, now: f64) -> Value {
        json!({
            "id": self.id,
            "name": self.name_at(now),
            "inputs": self.inputs,
            "status": "normal",
            "introduction": self.introduction,
            "created_at": whole(self.created_at),
            "updated_at": whole(self.updated_at),
        })
    }
}
