//! Requests that make something, written down before they go out.

use serde_json::{Map, Value};

use super::session::{Session, Step};
use crate::contract::Operation;
use crate::generate::{Draft, DraftBody, Sent};
use crate::plan::Begun;

impl Session {
    /// Writes down that a request goes out which makes something, for those who come after a kill.
    pub(super) fn announce(&self, step: &Step<'_>, draft: &Draft) -> Option<u64> {
        if !self.ledger.lasts() || !self.resources.makers().any(|m| m.operation == draft.operation)
        {
            return None;
        }
        let operation = self.contract.operations.get(draft.operation)?;
        let key = step.sent_key().and_then(|key| self.target.keys.get(key));
        let begun = Begun {
            operation: operation.id.clone(),
            key: key.map(|key| key.name.clone()).unwrap_or_default(),
            user: self.user(),
            own_user: self.target.user.is_none() && self.names_user(operation),
            sent: match &draft.body {
                DraftBody::Json(body) => body.clone(),
                _ => Value::Null,
            },
        };
        match self.ledger.begin(begun) {
            Ok(number) => Some(number),
            Err(problem) => {
                self.problem(problem.to_string());
                None
            }
        }
    }

    /// Whether an operation takes the user in whose name it is called.
    fn names_user(&self, operation: &Operation) -> bool {
        let mut draft = Draft {
            operation: 0,
            parameters: Vec::new(),
            body: DraftBody::Json(Value::Object(Map::new())),
            sent: Sent::AsIs,
        };
        let empty = draft.clone();
        self.sign_as(&mut draft, operation, "user");
        draft != empty
    }

    /// Writes down that such a request was answered.
    pub(super) fn heard(&self, announced: Option<u64>) {
        if let Some(number) = announced {
            self.told(self.ledger.end(number));
        }
    }
}
