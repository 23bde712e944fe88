//! What a request lacks until it is sent: ids, names, a user and a key.

use std::borrow::Cow;

use serde_json::Value;

use super::line::is_variable;
use super::session::{Session, Step};
use crate::exchange::Secret;
use crate::generate::{Draft, DraftBody, PartContent, Spot, files};
use crate::plan::{self, Twist};

impl Session {
    /// The environment variable that holds the key that is sent, for those who repeat the request.
    pub(super) fn variable(&self, step: &Step<'_>) -> Option<String> {
        let key = self.target.keys.get(step.sent_key()?)?;
        if !self.target.embedded && is_variable(&key.from) {
            return Some(key.from.clone());
        }
        self.vocabulary.keys.iter().find(|rule| rule.name == key.name)?.env.clone()
    }

    /// The key that is sent.
    pub(super) fn secret(&self, step: &Step<'_>) -> Option<Cow<'_, Secret>> {
        let of = |key: usize| self.target.keys.get(key).map(|key| Cow::Borrowed(&key.secret));
        match step.twist {
            Twist::NoKey => None,
            Twist::WrongKey => {
                let rule = &self.vocabulary.header;
                // One that no server ever issued.
                let key = format!("{}0000000000000000", self.mark);
                Secret::behind(&rule.name, &rule.prefix, &key).ok().map(Cow::Owned)
            }
            Twist::OtherKey(other) => of(*other),
            _ => step.key.and_then(of),
        }
    }

    /// The draft with ids, names and user.
    pub(super) fn filled(&self, step: &Step<'_>) -> Draft {
        let mut draft = step.draft.clone();
        if *step.twist == Twist::Written {
            return draft;
        }
        for need in step.needs {
            if let Some(id) = step.ids.get(&need.resource) {
                draft.set(&need.spot, Value::String(id.clone()));
            }
        }
        let Some(operation) = self.contract.operations.get(draft.operation) else { return draft };
        for pointer in &operation.traits.names {
            let spot = Spot::body(pointer);
            let mark = |value: &Value| value.as_str() == Some(plan::case_name_mark());
            if draft.get(&spot).is_some_and(mark) {
                draft.set(&spot, Value::String(self.new_name()));
            }
            if let DraftBody::Form(parts) = &mut draft.body {
                let name = pointer.trim_start_matches('/');
                for part in parts.iter_mut().filter(|part| part.name == name) {
                    // A file of the user's keeps its name.
                    if let PartContent::File(file) = &mut part.content
                        && files::is_ours(file)
                    {
                        let ending = file.name.rsplit_once('.').map_or("txt", |(_, ending)| ending);
                        file.name = format!("{}.{ending}", self.new_name());
                    }
                }
            }
        }
        self.sign(&mut draft, step.twist);
        draft
    }

    /// Puts the user where the operation takes one.
    fn sign(&self, draft: &mut Draft, twist: &Twist) {
        match twist {
            Twist::OtherUser => self.sign_as(draft, &format!("{}-other", self.user())),
            Twist::Signed | Twist::Written => {}
            _ => self.sign_as(draft, &self.user()),
        }
    }
}
