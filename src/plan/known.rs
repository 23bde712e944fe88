//! What is known of requests that schemas do not tell: ids, users, and what an app takes.

use serde_json::Value;

use super::case::Need;
use super::guide::{Form, Guide};
use super::planner::Subject;
use crate::contract::model::Location;
use crate::contract::{Contract, Operation};
use crate::generate::{Options, Spot, files};

/// What is known of an operation that its schemas do not tell.
pub fn generator_options(
    contract: &Contract,
    guide: &Guide,
    operation: &Operation,
    needs: &[Need],
    subject: Subject<'_>,
    key: Option<usize>,
) -> Options {
    let mut fixed: Vec<Spot> = needs.iter().map(|need| need.spot.clone()).collect();
    if let Some(user) = guide.user() {
        let query =
            operation.parameters.iter().any(|p| p.location == Location::Query && p.name == user);
        if query {
            fixed.push(Spot::query(user));
        }
        fixed.push(Spot::body(&format!("/{user}")));
    }
    let overrides = overrides(contract, guide, operation, subject.forms, key);
    // Files that every deployment takes.
    let plain = vec![files::text()];
    Options { fixed, overrides, files: vec![("-".to_owned(), plain)] }
}

/// What an app takes, in the place of what the schemas say.
pub fn overrides(
    contract: &Contract,
    guide: &Guide,
    operation: &Operation,
    forms: &[Form],
    key: Option<usize>,
) -> Vec<(Spot, Value)> {
    match (guide.form(), key.and_then(|key| forms.get(key))) {
        (Some(form), Some(Some(Ok(schema)))) if has_member(contract, operation, &form.into) => {
            vec![(Spot::body(&form.into), schema.clone())]
        }
        _ => Vec::new(),
    }
}

/// Whether the request body declares a member.
pub fn has_member(contract: &Contract, operation: &Operation, pointer: &str) -> bool {
    let Some(name) = pointer.strip_prefix('/') else { return false };
    let content = operation.request_body.iter().flat_map(|body| &body.content);
    content.filter_map(|content| content.schema).any(|schema| {
        let normal = contract.schemas.normal(schema);
        normal.pointer(&format!("/properties/{name}")).is_some()
    })
}
