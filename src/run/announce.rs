//! Requests that make something, written down before they go out.

use serde_json::Value;

use super::session::{Session, Step};
use crate::generate::{Draft, DraftBody};
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
            own_user: self.target.user.is_none() && self.calls.signs(draft.operation).is_some(),
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

    /// Writes down that such a request was answered.
    pub(super) fn heard(&self, announced: Option<u64>) {
        if let Some(number) = announced {
            self.told(self.ledger.end(number));
        }
    }
}
