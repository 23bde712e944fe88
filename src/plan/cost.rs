//! Which requests may call a model (`x-contract-cost`, `x-contract-free-when`).

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde_json::{Map, Value};

use crate::contract::schema::Judge;
use crate::contract::{Contract, Operation};
use crate::generate::{Draft, DraftBody, PartContent};
use crate::target::Permission;

/// What the documents say of the cost of requests.
#[derive(Debug, Clone, Default)]
pub struct Costs {
    /// For operations that may call a model, by number: the bodies with which they call none. They are
    /// compiled when they are first asked for.
    rules: BTreeMap<usize, (Value, OnceLock<Option<Judge>>)>,
}

impl Costs {
    /// Reads what the documents of a contract say.
    #[must_use]
    pub fn of(contract: &Contract) -> Self {
        let rule = |(number, operation): (usize, &Operation)| {
            let schema = operation.traits.free_when.clone()?;
            Some((number, (schema, OnceLock::new())))
        };
        Self { rules: contract.operations.iter().enumerate().filter_map(rule).collect() }
    }

    /// How many models a request may call, on things that this run has made.
    #[must_use]
    pub fn calls(&self, contract: &Contract, draft: &Draft) -> u32 {
        let Some(operation) = contract.operations.get(draft.operation) else { return 0 };
        match operation.traits.cost.as_deref() {
            Some("free") | None => 0,
            Some("maybe") if self.is_free(draft) => 0,
            Some(_) => 1,
        }
    }

    /// The least permission with which a request may be sent.
    #[must_use]
    pub fn needed(&self, contract: &Contract, draft: &Draft) -> Permission {
        let Some(operation) = contract.operations.get(draft.operation) else {
            return Permission::Disrupt;
        };
        let needed = Permission::needed_if_free(operation);
        if self.calls(contract, draft) > 0 { needed.max(Permission::Spend) } else { needed }
    }

    fn is_free(&self, draft: &Draft) -> bool {
        let Some((schema, judge)) = self.rules.get(&draft.operation) else { return false };
        let judge = judge.get_or_init(|| Judge::of_schema(schema).ok());
        // A schema that does not compile promises nothing.
        judge.as_ref().is_some_and(|judge| members(&draft.body).is_some_and(|b| judge.accepts(&b)))
    }
}

/// A body as a JSON value; the files of a form are texts that are empty. What is no JSON is nothing.
fn members(body: &DraftBody) -> Option<Value> {
    match body {
        DraftBody::None => Some(Value::Object(Map::new())),
        DraftBody::Json(value) => Some(value.clone()),
        DraftBody::Urlencoded(fields) => Some(Value::Object(fields.clone())),
        DraftBody::Form(parts) => {
            let part = |part: &crate::generate::FormPart| {
                let value = match &part.content {
                    PartContent::Value(value) => value.clone(),
                    PartContent::File(_) => Value::String(String::new()),
                };
                (part.name.clone(), value)
            };
            Some(Value::Object(parts.iter().map(part).collect()))
        }
        DraftBody::Raw { .. } => None,
    }
}
