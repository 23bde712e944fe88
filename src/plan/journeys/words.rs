//! `x-contract-key`, `x-contract-modes`, `x-contract-needs` and `x-contract-cost` on workflows.

use std::collections::BTreeSet;

use serde_json::Value;

use super::faults::Faults;
use super::names::items;
use crate::contract::Contract;
use crate::document::Pointer;
use crate::target::Vocabulary;

/// The words that may stand on a workflow.
const WORDS: [&str; 5] = [
    "x-contract-key",
    "x-contract-modes",
    "x-contract-needs",
    "x-contract-consumes",
    "x-contract-cost",
];

/// What the words on a workflow say.
pub struct Words {
    /// The kind of key.
    pub key: Option<String>,
    /// The modes.
    pub modes: Vec<String>,
    /// The abilities.
    pub needs: Vec<String>,
    /// Whether it calls no model, whatever its operations may do.
    pub free: bool,
}

/// Reads the words on a workflow.
pub fn read(
    workflow: &Value,
    at: &Pointer,
    contract: &Contract,
    vocabulary: &Vocabulary,
    faults: &mut Faults<'_>,
) -> Words {
    for (name, _) in workflow.as_object().into_iter().flatten() {
        if name.starts_with("x-contract-") && !WORDS.contains(&name.as_str()) {
            let message = format!("`{name}` says nothing on a workflow");
            let all = format!("these do: {}", WORDS.join(", "));
            faults.unknown(at.child(name).as_str(), message, name, WORDS, &all);
        }
    }
    let traits = || contract.operations.iter().map(|operation| &operation.traits);
    let kinds: BTreeSet<&String> = traits()
        .filter_map(|traits| traits.key.as_ref())
        .chain(vocabulary.keys.iter().filter_map(|rule| rule.kind.as_ref()))
        .collect();
    let modes: BTreeSet<&String> = traits()
        .flat_map(|traits| &traits.modes)
        .chain(vocabulary.keys.iter().flat_map(|rule| &rule.modes))
        .collect();
    let abilities: BTreeSet<&String> = vocabulary.abilities.iter().map(|rule| &rule.name).collect();
    let mut one = Reader { workflow, at, faults };
    let key = match workflow.get("x-contract-key") {
        None => None,
        Some(Value::String(kind)) => {
            one.known("x-contract-key", kind, &at.child("x-contract-key"), &kinds);
            Some(kind.clone())
        }
        Some(_) => {
            let help = "as in `x-contract-key: app`";
            one.faults.add(at.child("x-contract-key").as_str(), "a kind of key is a text", help);
            None
        }
    };
    let modes = one.list("x-contract-modes", &modes);
    let needs = one.list("x-contract-needs", &abilities);
    Words { key, modes, needs, free: one.is_free() }
}

struct Reader<'r, 'f> {
    workflow: &'r Value,
    at: &'r Pointer,
    faults: &'r mut Faults<'f>,
}

impl Reader<'_, '_> {
    fn list(&mut self, name: &str, known: &BTreeSet<&String>) -> Vec<String> {
        match self.workflow.get(name) {
            None => Vec::new(),
            Some(Value::Array(_)) => {
                let mut found = Vec::new();
                for (at, item) in items(self.workflow, self.at, name) {
                    let word = item.as_str().unwrap_or_default();
                    self.known(name, word, &at, known);
                    found.push(word.to_owned());
                }
                found
            }
            Some(_) => {
                let message = format!("`{name}` is a list of texts");
                let help = format!("as in `{name}: [a, b]`");
                self.faults.add(self.at.child(name).as_str(), message, help);
                Vec::new()
            }
        }
    }

    fn is_free(&mut self) -> bool {
        match self.workflow.get("x-contract-cost") {
            None => false,
            Some(Value::String(word)) if word == "free" => true,
            Some(_) => {
                let at = self.at.child("x-contract-cost");
                let message = "of the cost of a workflow, only `free` is said";
                let help = "leave it out: then its operations say what it costs";
                self.faults.add(at.as_str(), message, help);
                false
            }
        }
    }

    fn known(&mut self, name: &str, word: &str, at: &Pointer, known: &BTreeSet<&String>) {
        // A document that says nothing of them knows none.
        if known.is_empty() || !self.faults.are_strict() || known.iter().any(|known| *known == word)
        {
            return;
        }
        let names: Vec<&str> = known.iter().map(|known| known.as_str()).collect();
        let all = format!("the documents know {}", names.join(", "));
        let message = format!("the documents know nothing of `{word}` (`{name}`)");
        self.faults.unknown(at.as_str(), message, word, names, &all);
    }
}

/// Looks for the words of overlays elsewhere than on workflows.
pub fn only_on_workflows(root: &Value, faults: &mut Faults<'_>) {
    let mut open = vec![(Pointer::default(), root)];
    while let Some((at, value)) = open.pop() {
        match value {
            Value::Object(members) => {
                let parts: Vec<_> = Pointer::tokens(at.as_str()).collect();
                let on_workflow =
                    parts.len() == 2 && parts.first().is_some_and(|p| p == "workflows");
                for (name, member) in members {
                    if name.starts_with("x-contract-") && !on_workflow {
                        let message = format!("`{name}` says nothing here");
                        let help = format!("on a workflow stand {}", WORDS.join(", "));
                        faults.add(at.child(name).as_str(), message, help);
                    }
                    // What is sent may hold anything.
                    if !matches!(name.as_str(), "payload" | "value" | "inputs") {
                        open.push((at.child(name), member));
                    }
                }
            }
            Value::Array(list) => {
                for (index, item) in list.iter().enumerate() {
                    open.push((at.child(&index.to_string()), item));
                }
            }
            _ => {}
        }
    }
}
