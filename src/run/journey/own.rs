//! What a journey has made, and so may change.

use std::collections::{BTreeSet, HashSet};

use serde_json::Value;

use crate::contract::Operation;
use crate::generate::{Draft, DraftBody};
use crate::plan::{self, Reveals};
use crate::run::answered::Answered;
use crate::run::pool::Bundle;
use crate::run::reveal::{revealed, select};
use crate::run::session::Session;
use crate::target::Permission;

/// What a journey has made, and what it has read.
#[derive(Debug, Default)]
pub struct Own {
    /// The things that it has made, by kind and id.
    made: BTreeSet<(String, String)>,
    /// All texts in the answers that it got: an id among them may be that of somebody's thing.
    read: HashSet<String>,
}

impl Own {
    /// What was made for the journey.
    pub fn of(bundle: &Bundle) -> Self {
        let own = bundle.ids.iter().filter(|(resource, _)| bundle.own.contains(*resource));
        let made = own.map(|(resource, id)| (resource.clone(), id.clone())).collect();
        Self { made, read: bundle.ids.values().cloned().collect() }
    }

    /// Whether a request may be sent: what changes or removes something needs ids of things that the
    /// journey has made. An id that no answer told, of what would be part of such a thing, is nobody's.
    ///
    /// # Errors
    /// Why it may not.
    pub fn may(
        &self,
        session: &Session,
        operation: &Operation,
        draft: &Draft,
    ) -> Result<(), String> {
        // To add something to what is not ours is noticed by others, and has to be allowed.
        let adds = operation.traits.safety.as_deref() == Some("create")
            && session.target.allow == Permission::Disrupt;
        if plan::reads(operation) || adds {
            return Ok(());
        }
        let known = session.calls.known_ids(draft);
        for (resource, id) in &known {
            // What something is part of is not changed by what changes the part.
            let parts = |whole: &String| {
                let of = |part: &&String| session.resources.ancestors(part).contains(whole);
                known.keys().filter(move |part| *part != whole).any(|part| of(&part))
            };
            if self.has_made(resource, id) || parts(resource) {
                continue;
            }
            let whole = session.resources.ancestors(resource);
            let within =
                known.iter().any(|(other, id)| whole.contains(other) && self.has_made(other, id));
            if !within || self.read.contains(id) {
                return Err(format!(
                    "{} would change the {resource} `{id}`, which the journey has not made",
                    operation.id
                ));
            }
        }
        Ok(())
    }

    fn has_made(&self, resource: &str, id: &str) -> bool {
        self.made.contains(&(resource.to_owned(), id.to_owned()))
    }

    /// Notes what an answer tells, and what it says was made.
    pub fn note(
        &mut self,
        session: &Session,
        draft: &Draft,
        answered: &Answered,
        body: Option<&Value>,
    ) {
        if let Some(body) = body {
            texts(body, &mut self.read);
        }
        if !answered.succeeded() {
            return;
        }
        // What is part of something that is ours is ours.
        let known = session.calls.known_ids(draft);
        let part = known.iter().any(|(resource, id)| self.has_made(resource, id));
        for provider in session.resources.revealed(draft.operation).filter(|p| p.makes || part) {
            let mut found = BTreeSet::new();
            match (&provider.reveals, answered.json()) {
                (Reveals::Request(pointer), _) => {
                    if let DraftBody::Json(body) = &draft.body {
                        select(body, pointer, None, &mut found);
                    }
                }
                // A single answer may tell what the events of a stream tell.
                (Reveals::Stream(pointer), Some(json)) => select(json, pointer, None, &mut found),
                _ => found.extend(revealed(provider, answered)),
            }
            self.made.extend(found.into_iter().map(|id| (provider.resource.clone(), id)));
        }
    }
}

/// All texts in a value.
fn texts(value: &Value, found: &mut HashSet<String>) {
    match value {
        Value::String(text) => {
            found.insert(text.clone());
        }
        Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Value::Object(members) => members.values().for_each(|member| texts(member, found)),
        _ => {}
    }
}
