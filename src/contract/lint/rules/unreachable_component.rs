//! `unreachable-component`: a component that no operation leads to.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use crate::contract::lint::linted::Linted;
use crate::contract::lint::{Defect, Rule};
use crate::contract::model::At;
use crate::document::Pointer;
use crate::finding::Severity;

/// The rule.
pub static RULE: Rule = Rule {
    id: "unreachable-component",
    severity: Severity::Warning,
    title: "no operation leads to a component",
    what: "Follows references and discriminator mappings from the operations, and from there on. What was never reached \
           is reported: schemas, answers, parameters, bodies, headers, examples. What only an overlay refers to is not \
           reached.",
    why: "What it promises holds for no operation, so nothing checks it and no reader finds it. Often an operation \
          describes in words what the component describes exactly.",
    example: "a component schema `MessageEvent` that only a description names",
    remedy: "Refer to it where it is meant, or remove it.",
    check,
};

/// The kinds of component that are used by reference alone. Security schemes are used by name.
const KINDS: &[&str] =
    &["schemas", "responses", "parameters", "requestBodies", "headers", "examples"];

fn check(linted: &Linted<'_>, defects: &mut Vec<Defect>) {
    for (document, contents) in linted.documents() {
        let reach = Reach::new(linted, document);
        let components = contents.bundle.value.get("components");
        for kind in KINDS {
            let entries = components.and_then(|components| components.get(kind));
            for (name, _) in entries.and_then(Value::as_object).into_iter().flatten() {
                let pointer = Pointer::default().join(&["components", kind, name]).into_string();
                let users = reach.users.get(pointer.as_str());
                let at = At { document, pointer };
                if reach.reached.contains(at.pointer.as_str()) || !linted.own(&at) {
                    continue;
                }
                let message = match users {
                    None => "nothing refers to it".to_owned(),
                    Some(users) => {
                        let mut names: Vec<&str> = users.iter().map(|user| last(user)).collect();
                        names.sort_unstable();
                        names.dedup();
                        let more = if names.len() > 3 { ", …" } else { "" };
                        names.truncate(3);
                        format!(
                            "no operation leads to it; only what is unreachable too does ({}{more})",
                            names.join(", ")
                        )
                    }
                };
                defects.push(linted.defect(&RULE, &at, message));
            }
        }
    }
}

/// What can be reached from the operations of a document.
struct Reach<'l> {
    /// The components that references lead to.
    reached: HashSet<&'l str>,
    /// For every component, the other components that refer to it.
    users: HashMap<&'l str, Vec<&'l str>>,
}

impl<'l> Reach<'l> {
    fn new(linted: &'l Linted<'_>, document: usize) -> Self {
        let mut targets: HashMap<&str, Vec<&str>> = HashMap::new();
        let mut users: HashMap<&str, Vec<&str>> = HashMap::new();
        let references =
            linted.references.iter().filter(|reference| reference.document == document);
        for reference in references {
            let (user, target) = (owner(&reference.pointer), owner(&reference.target));
            targets.entry(user).or_default().push(target);
            if user != target && !user.is_empty() {
                users.entry(target).or_default().push(user);
            }
        }
        // A base with a discriminator stands for all schemas that extend it, by their names.
        for node in linted.nodes.iter().filter(|node| node.document == document) {
            let base = node.text("$ref").map(|target| target.trim_start_matches('#'));
            if let Some(base) = base.filter(|_| node.pointer.contains("/allOf/"))
                && let Some(Value::Object(schema)) =
                    linted.contract.raw(&At { document, pointer: base.to_owned() })
                && schema.contains_key("discriminator")
            {
                targets.entry(owner(base)).or_default().push(owner(&node.pointer));
            }
        }
        let mut reached = HashSet::new();
        let mut next = vec![""];
        while let Some(user) = next.pop() {
            for target in targets.get(user).into_iter().flatten() {
                if reached.insert(*target) {
                    next.push(target);
                }
            }
        }
        Self { reached, users }
    }
}

/// The component that a place belongs to; empty for an operation, and for parts in other files,
/// which are taken to be used.
fn owner(pointer: &str) -> &str {
    if !pointer.starts_with("/components/") {
        return "";
    }
    match pointer.match_indices('/').nth(3) {
        Some((end, _)) => pointer.get(..end).unwrap_or(pointer),
        None => pointer,
    }
}

fn last(pointer: &str) -> &str {
    pointer.rsplit('/').next().unwrap_or(pointer)
}
