//! The list of what is deliberately not as recorded, `tests/fixtures/fidelity/differences.yaml`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::compare::{Aspect, Difference};
use super::recording::Recorded;

/// The list, as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Listed {
    /// Bodies that the recorder left out, by the number of the exchange.
    #[serde(default)]
    pub lost_bodies: BTreeMap<u64, String>,
    /// Exchanges that cannot be repeated.
    #[serde(default)]
    pub not_repeatable: Vec<Unrepeatable>,
    /// What the mock does otherwise, and means to.
    #[serde(default)]
    pub differences: Vec<Entry>,
    /// The same for odd input.
    #[serde(default)]
    pub odd_input: Vec<Rule>,
}

/// Exchanges that cannot be repeated.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unrepeatable {
    pub exchanges: Vec<u64>,
    pub reason: String,
}

/// What the mock makes of odd input, otherwise than the server.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The operation, with a star for what is no word: `GET /messages/*/suggested`.
    pub operation: String,
    /// The recorded status and code: `400 invalid_param`.
    pub recorded: String,
    /// Those of the mock.
    pub mock: String,
    /// What stands in the request; empty where that makes no difference.
    #[serde(default)]
    pub containing: String,
    /// Why that is right.
    pub reason: String,
}

/// A deliberate difference.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The numbers of the exchanges.
    #[serde(default)]
    pub exchanges: Vec<u64>,
    /// Or all of an operation: `GET /datasets/{dataset_id}`.
    #[serde(default)]
    pub operation: Option<String>,
    /// With an operation: only where this status was recorded.
    #[serde(default)]
    pub status: Option<u16>,
    /// In what they differ.
    pub aspects: Vec<Aspect>,
    /// Only at this place; a star at its end stands for anything.
    #[serde(default)]
    pub place: Option<String>,
    /// Why that is right.
    pub reason: String,
}

impl Listed {
    /// Reads the list. A list that says nothing clear is an error.
    pub fn parse(text: &str) -> Result<Self, String> {
        let options = serde_saphyr::options! { strict_booleans: true };
        let listed: Self = serde_saphyr::from_str_with_options(text, options)
            .map_err(|error| error.to_string())?;
        for entry in &listed.differences {
            if entry.exchanges.is_empty() == entry.operation.is_none() {
                return Err(format!("name exchanges or an operation: {entry:?}"));
            }
        }
        let reasons = listed.differences.iter().map(|entry| &entry.reason);
        let reasons = reasons.chain(listed.not_repeatable.iter().map(|entry| &entry.reason));
        let reasons = reasons.chain(listed.odd_input.iter().map(|rule| &rule.reason));
        match reasons.into_iter().find(|reason| reason.split_whitespace().count() < 3) {
            Some(reason) => Err(format!("{reason:?} is no reason")),
            None => Ok(listed),
        }
    }

    /// Why an exchange cannot be repeated, if it is listed as such.
    pub fn unrepeatable(&self, index: u64) -> Option<&str> {
        let entry = self.not_repeatable.iter().find(|entry| entry.exchanges.contains(&index))?;
        Some(&entry.reason)
    }

    /// The number of the entry that covers a difference.
    pub fn covering(&self, base: &str, recorded: &Recorded, found: &Difference) -> Option<usize> {
        self.differences.iter().position(|entry| entry.covers(base, recorded, found))
    }
}

impl Entry {
    fn covers(&self, base: &str, recorded: &Recorded, found: &Difference) -> bool {
        let place = self.place.as_deref().is_none_or(|place| match place.strip_suffix('*') {
            Some(start) => found.place.starts_with(start),
            None => found.place == place,
        });
        let exchange = match &self.operation {
            Some(operation) => is_call_of(operation, base, recorded),
            None => self.exchanges.contains(&recorded.index),
        };
        let status = self.status.is_none_or(|status| status == recorded.answer.status);
        place && exchange && status && self.aspects.contains(&found.aspect)
    }
}

/// Whether a request calls an operation.
fn is_call_of(operation: &str, base: &str, recorded: &Recorded) -> bool {
    let Some((method, template)) = operation.split_once(' ') else { return false };
    let Some(path) = recorded.path().strip_prefix(base) else { return false };
    let (template, path): (Vec<_>, Vec<_>) =
        (template.split('/').collect(), path.split('/').collect());
    let fits = |(own, other): (&&str, &&str)| own.starts_with('{') || own == other;
    method == recorded.method
        && template.len() == path.len()
        && template.iter().zip(&path).all(fits)
}
