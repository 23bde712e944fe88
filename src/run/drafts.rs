//! The requests that give ids and ask whether something is ready: the same for every case, so each is
//! worked out once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

use super::session::Session;
use crate::contract::Contract;
use crate::generate::{Draft, Generator, Options, Spot, files};
use crate::plan::{self, Need, Provider, Reveals};

/// Providers, each with its request or why there is none, by the numbers of operation and key.
type Making = HashMap<(usize, Option<usize>), Vec<(Provider, Known)>>;

/// A request that was worked out, or why there is none.
type Known = Result<Arc<Draft>, String>;

/// Requests that were worked out.
#[derive(Default)]
pub struct Drafts {
    /// By the number of the operation and that of the key. An operation may provide several kinds.
    making: Mutex<Making>,
    /// By the number of the operation.
    asking: Mutex<HashMap<usize, Known>>,
}

impl Drafts {
    /// The request by which a provider makes something.
    ///
    /// # Errors
    /// Why there is none, in a few words.
    pub fn making(&self, session: &Session, provider: &Provider, key: Option<usize>) -> Known {
        let mut known = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        let known = known.entry((provider.operation, key)).or_default();
        if let Some((_, draft)) = known.iter().find(|(own, _)| own == provider) {
            return draft.clone();
        }
        let draft = making(session, provider, key).map(Arc::new);
        known.push((provider.clone(), draft.clone()));
        draft
    }

    /// The plainest request of an operation that needs these ids.
    ///
    /// # Errors
    /// Why there is none, in a few words.
    pub fn asking(&self, contract: &Contract, operation: usize, needs: &[Need]) -> Known {
        let mut known = self.asking.lock().unwrap_or_else(PoisonError::into_inner);
        let draft = known.entry(operation).or_insert_with(|| {
            let fixed = needs.iter().map(|need| need.spot.clone()).collect();
            let options = Options { fixed, ..Options::default() };
            let generator = Generator::new(contract, operation, &options);
            let draft = generator.and_then(|generator| generator.minimal());
            draft.map(Arc::new).map_err(|why| why.to_string())
        });
        draft.clone()
    }
}

fn making(session: &Session, provider: &Provider, key: Option<usize>) -> Result<Draft, String> {
    let contract = session.contract;
    let Some(operation) = contract.operations.get(provider.operation) else {
        return Err(String::new());
    };
    let fixed = provider.needs.iter().map(|need| need.spot.clone()).collect();
    let text = vec![("-".to_owned(), vec![files::text()])];
    let overrides = plan::overrides(contract, &session.guide, operation, &session.forms, key);
    let options = Options { fixed, overrides, files: text };
    let generator =
        Generator::new(contract, provider.operation, &options).map_err(|why| why.to_string())?;
    let mut draft = generator.minimal().map_err(|why| why.to_string())?;
    if let Value::Object(members) = plan::template(contract, operation, &provider.with) {
        for (name, value) in members {
            draft.set(&Spot::body(&format!("/{name}")), value);
        }
    }
    for (name, value) in provider.query.iter().flatten() {
        draft.set(&Spot::query(name), value.clone());
    }
    for pointer in &operation.traits.names {
        let mark = Value::String(plan::case_name_mark().to_owned());
        draft.set(&Spot::body(pointer), mark);
    }
    let only = plan::streams_only(contract, operation);
    let modes = key.and_then(|key| session.keys.get(key)).map(|key| key.modes.as_slice());
    let always = modes.unwrap_or_default().iter().any(|mode| only.contains(&mode.as_str()));
    if always || matches!(provider.reveals, Reveals::Stream(_)) {
        let contents = operation.responses.iter().flat_map(|response| &response.content);
        let rules = { contents }.find_map(|content| content.stream.as_ref());
        if let Some((pointer, value)) = rules.and_then(|rules| rules.when.as_ref()) {
            draft.set(&Spot::body(pointer), value.clone());
        }
    }
    Ok(draft)
}
