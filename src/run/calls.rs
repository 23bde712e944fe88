//! What the documents say of how operations are called, read once for a run.

use std::collections::BTreeMap;

use serde_json::Value;

use super::sign::Signs;
use crate::contract::{Contract, Operation};
use crate::generate::Draft;
use crate::plan::{self, Fetch, Guide, Need, Provider, Ready, Resources};

/// How operations are called.
pub struct Calls {
    /// By the number of the operation.
    operations: Vec<Call>,
    /// The kinds of things that nothing makes.
    pub given: Vec<String>,
}

struct Call {
    needs: Vec<Need>,
    fetches: Vec<Fetch>,
    ready: Option<Ready>,
    signs: Option<Signs>,
    reveals: Vec<Provider>,
    /// Whether it makes something, and the kinds of things that it removes.
    makes: bool,
    removes: Vec<String>,
}

impl Calls {
    /// How the operations of a contract are called.
    pub fn of(contract: &Contract, guide: &Guide, resources: &Resources) -> Self {
        let call = |(number, operation): (usize, &Operation)| Call {
            needs: plan::needs(operation),
            reveals: resources.revealed(number).cloned().collect(),
            fetches: plan::fetches(contract, operation),
            ready: plan::ready(contract, operation),
            signs: Signs::of(contract, guide, operation),
            makes: resources.revealed(number).any(|provider| provider.makes),
            removes: resources.removed(&operation.id),
        };
        let operations = contract.operations.iter().enumerate().map(call).collect();
        Self { operations, given: resources.given() }
    }

    /// The places in an operation's requests whose addresses the server fetches.
    pub fn fetches(&self, operation: usize) -> &[Fetch] {
        self.operations.get(operation).map_or(&[], |call| &call.fetches)
    }

    /// When what an operation makes can be used.
    pub fn ready(&self, operation: usize) -> Option<&Ready> {
        self.operations.get(operation)?.ready.as_ref()
    }

    /// Where an operation takes the user in whose name it is called.
    pub fn signs(&self, operation: usize) -> Option<&Signs> {
        self.operations.get(operation)?.signs.as_ref()
    }

    /// What an operation reveals, by kind.
    pub fn revealed(&self, operation: usize) -> &[Provider] {
        self.operations.get(operation).map_or(&[], |call| &call.reveals)
    }

    /// Whether an operation makes something.
    pub fn makes(&self, operation: usize) -> bool {
        self.operations.get(operation).is_some_and(|call| call.makes)
    }

    /// The kinds of things that an operation removes.
    pub fn removes(&self, operation: usize) -> &[String] {
        self.operations.get(operation).map_or(&[], |call| &call.removes)
    }

    /// The ids in a request, by kind.
    pub fn known_ids(&self, draft: &Draft) -> BTreeMap<String, String> {
        let id = |need: &Need| match draft.get(&need.spot)? {
            Value::String(id) => Some((need.resource.clone(), id.clone())),
            _ => None,
        };
        let call = self.operations.get(draft.operation).into_iter();
        call.flat_map(|call| &call.needs).filter_map(id).collect()
    }
}
