//! What a journey has made, and so may change.

use std::collections::BTreeSet;

use crate::contract::Operation;
use crate::generate::Draft;
use crate::plan::{self, Reveals};
use crate::run::pool::Bundle;
use crate::run::session::{Answered, Session, known_ids, revealed, select};
use crate::target::Permission;

/// The things that a journey has made, by kind and id.
#[derive(Debug, Default)]
pub struct Own(BTreeSet<(String, String)>);

impl Own {
    /// What was made for the journey.
    pub fn of(bundle: &Bundle) -> Self {
        let own = bundle.ids.iter().filter(|(resource, _)| bundle.own.contains(*resource));
        Self(own.map(|(resource, id)| (resource.clone(), id.clone())).collect())
    }

    /// Whether a request may be sent: what changes or removes something needs ids of things that the
    /// journey has made.
    ///
    /// # Errors
    /// Why it may not.
    pub fn may(&self, session: &Session, operation: &Operation, draft: &Draft) -> Result<(), String> {
        // To add something to what is not ours is noticed by others, and has to be allowed.
        let adds = operation.traits.safety.as_deref() == Some("create")
            && session.target.allow == Permission::Disrupt;
        if plan::reads(operation) || adds {
            return Ok(());
        }
        let known = known_ids(operation, draft);
        // What something is part of is not changed by what changes the part.
        let whole = |resource: &String| {
            known.keys().any(|other| {
                other != resource && session.resources.ancestors(other).contains(resource)
            })
        };
        let changed = known.iter().filter(|(resource, _)| !whole(resource));
        let owned = |known: (&String, &String)| (known.0.clone(), known.1.clone());
        match changed.map(owned).find(|known| !self.0.contains(known)) {
            Some((resource, id)) => Err(format!(
                "{} would change the {resource} `{id}`, which the journey has not made",
                operation.id
            )),
            None => Ok(()),
        }
    }

    /// Notes what an answer says was made.
    pub fn note(
        &mut self,
        session: &Session,
        operation: &Operation,
        draft: &Draft,
        answered: &Answered,
    ) {
        if !answered.succeeded() {
            return;
        }
        // What is part of something that is ours is ours.
        let part = known_ids(operation, draft).into_iter().any(|known| self.0.contains(&known));
        for provider in session.resources.revealed(draft.operation).filter(|p| p.makes || part) {
            let ids = match &provider.reveals {
                Reveals::Request(pointer) => {
                    let mut found = BTreeSet::new();
                    if let crate::generate::DraftBody::Json(body) = &draft.body {
                        select(body, pointer, None, &mut found);
                    }
                    found.into_iter().collect()
                }
                Reveals::Body(_) | Reveals::Stream(_) => revealed(provider, answered),
            };
            self.0.extend(ids.into_iter().map(|id| (provider.resource.clone(), id)));
        }
    }
}
