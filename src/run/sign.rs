//! Requests made in somebody's name.

use serde_json::Value;

use super::session::Session;
use crate::contract::model::Location;
use crate::contract::{Contract, Operation};
use crate::generate::{Draft, DraftBody, Spot};
use crate::plan::Guide;

impl Session {
    /// Puts a user where the operation takes one.
    pub fn sign_as(&self, draft: &mut Draft, operation: &Operation, user: &str) {
        sign_as(self.contract, &self.guide, draft, operation, user);
    }
}

/// Puts a user where the operation takes one.
pub fn sign_as(
    contract: &Contract,
    guide: &Guide,
    draft: &mut Draft,
    operation: &Operation,
    user: &str,
) {
    let Some(name) = guide.user() else { return };
    let user = Value::String(user.to_owned());
    if operation.parameters.iter().any(|p| p.location == Location::Query && p.name == name) {
        draft.set(&Spot::query(name), user.clone());
    }
    let member = format!("/properties/{name}");
    let content = operation.request_body.iter().flat_map(|body| &body.content);
    let takes = content
        .filter_map(|content| content.schema)
        .any(|schema| contract.schemas.normal(schema).pointer(&member).is_some());
    let holds = match &draft.body {
        DraftBody::Json(value) => value.is_object(),
        DraftBody::Form(_) | DraftBody::Urlencoded(_) => true,
        DraftBody::None | DraftBody::Raw { .. } => false,
    };
    if takes && holds {
        draft.set(&Spot::body(&format!("/{name}")), user);
    }
}
