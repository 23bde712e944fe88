//! Requests made in somebody's name.

use serde_json::Value;

use super::session::Session;
use crate::contract::model::Location;
use crate::contract::{Contract, Operation};
use crate::document::Pointer;
use crate::generate::{Draft, DraftBody, Spot};
use crate::plan::Guide;

/// Where an operation takes the user in whose name it is called.
pub struct Signs {
    name: String,
    query: bool,
    body: bool,
}

impl Signs {
    /// What the documents say of an operation; `None` where it takes no user.
    pub fn of(contract: &Contract, guide: &Guide, operation: &Operation) -> Option<Self> {
        let name = guide.user()?.to_owned();
        let mut parameters = operation.parameters.iter();
        let query = parameters.any(|p| p.location == Location::Query && p.name == name);
        let member = format!("/properties/{name}");
        let content = operation.request_body.iter().flat_map(|body| &body.content);
        let body = content
            .filter_map(|content| content.schema)
            .any(|schema| Pointer::find(contract.schemas.normal(schema), &member).is_some());
        (query || body).then_some(Self { name, query, body })
    }

    /// Puts a user into a request.
    pub fn put(&self, draft: &mut Draft, user: &str) {
        let user = || Value::String(user.to_owned());
        if self.query {
            draft.set(&Spot::query(&self.name), user());
        }
        let holds = match &draft.body {
            DraftBody::Json(value) => value.is_object(),
            DraftBody::Form(_) | DraftBody::Urlencoded(_) => true,
            DraftBody::None | DraftBody::Raw { .. } => false,
        };
        if self.body && holds {
            draft.set(&Spot::body(&format!("/{}", self.name)), user());
        }
    }
}

impl Session {
    /// Puts a user where the operation takes one.
    pub fn sign_as(&self, draft: &mut Draft, user: &str) {
        if let Some(signs) = self.calls.signs(draft.operation) {
            signs.put(draft, user);
        }
    }
}
