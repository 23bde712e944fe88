//! All rules over all documents.

use std::collections::{HashMap, HashSet};

use super::defect::Defect;
use super::linted::Linted;
use super::rules::rules;
use crate::contract::Contract;

/// Every defect of the contract's documents, by rule, then by its place in the documents.
///
/// What an overlay adds is no part of a document, and is not reported. Neither is what the document
/// itself calls deliberate: `x-contract-deliberate`, on the thing that has the defect or around it,
/// maps the ids of rules to the reasons.
#[must_use]
pub fn run(contract: &Contract) -> Vec<Defect> {
    let linted = Linted::new(contract);
    let mut defects = Vec::new();
    for rule in rules() {
        (rule.check)(&linted, &mut defects);
    }
    defects.retain(|defect| !is_deliberate(contract, defect));
    // One place in a file may be several in the contract: a shared parameter, a response that many
    // operations refer to, a schema under several media types.
    let mut known = HashSet::new();
    defects.retain(|defect| {
        let source = &defect.source;
        let text = (defect.rule, defect.message.clone());
        known.insert((text, source.file.clone(), source.pointer.clone()))
    });
    let order: HashMap<&str, usize> = rules().enumerate().map(|(n, rule)| (rule.id, n)).collect();
    defects.sort_by(|a, b| {
        let key = |defect: &Defect| (order.get(defect.rule).copied(), defect.document);
        key(a)
            .cmp(&key(b))
            .then_with(|| a.source.cmp(&b.source))
            .then_with(|| a.message.cmp(&b.message))
    });
    defects
}

/// Whether the document says, at the defect or around it, that it is meant.
fn is_deliberate(contract: &Contract, defect: &Defect) -> bool {
    let Some(document) = contract.documents.get(defect.document) else { return false };
    let mut at = defect.pointer.as_str();
    loop {
        let here = document.bundle.value.pointer(at);
        let reason = here.and_then(|v| v.get("x-contract-deliberate")?.get(defect.rule)?.as_str());
        if reason.is_some_and(|reason| !reason.is_empty()) {
            return true;
        }
        match at.rfind('/') {
            Some(end) => at = at.get(..end).unwrap_or_default(),
            None => return false,
        }
    }
}
