//! What a document names: operations, steps, workflows, sources.

use serde_json::Value;

use super::faults::Faults;
use crate::contract::{Contract, METHODS};
use crate::document::Pointer;

/// What the documents that a suite is about do not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strangers {
    /// Is a mistake.
    Refused,
    /// Is a reason to leave a workflow out: the suite was written for another document.
    LeftOut,
}

/// What a step does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Does {
    /// It calls the operation of this number.
    Operation(usize),
    /// It calls an operation that is not documented.
    Stranger(String),
    /// It runs another workflow.
    Workflow(String),
    /// Nothing that can be done.
    Nothing,
}

/// The names that a workflow gives.
#[derive(Debug, Clone, Default)]
pub struct WorkflowNames {
    /// Its id.
    pub id: String,
    /// Its outputs.
    pub outputs: Vec<String>,
    /// Its inputs.
    pub inputs: Vec<String>,
    /// Its steps: id and outputs.
    pub steps: Vec<(String, Vec<String>)>,
}

/// The members of an object, with the pointers to them.
pub fn items<'v>(value: &'v Value, at: &Pointer, name: &str) -> Vec<(Pointer, &'v Value)> {
    let at = at.child(name);
    match value.get(name) {
        Some(Value::Array(items)) => {
            let items = items.iter().enumerate();
            items.map(|(index, item)| (at.child(&index.to_string()), item)).collect()
        }
        Some(Value::Object(members)) => {
            members.iter().map(|(name, member)| (at.child(name), member)).collect()
        }
        _ => Vec::new(),
    }
}

/// A text; empty where there is none.
pub fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// The names of the members of an object.
pub fn keys(value: Option<&Value>) -> Vec<String> {
    let members = value.and_then(Value::as_object);
    members.into_iter().flat_map(|members| members.keys().cloned()).collect()
}

/// Finds what a step does.
pub fn does(
    root: &Value,
    contract: &Contract,
    step: &Value,
    at: &Pointer,
    faults: &mut Faults<'_>,
) -> Does {
    if let Some(id) = step.get("operationPath").and_then(Value::as_str) {
        return by_path(root, contract, id, &at.child("operationPath"), faults);
    }
    if let Some(id) = step.get("operationId").and_then(Value::as_str) {
        return by_id(root, contract, id, &at.child("operationId"), faults);
    }
    let Some(id) = step.get("workflowId").and_then(Value::as_str) else { return Does::Nothing };
    let at = at.child("workflowId");
    if id.starts_with('$') {
        let message = format!("`{id}` is a workflow of another document");
        faults.add(at.as_str(), message, "put the workflow into this document, and name it here");
        return Does::Nothing;
    }
    workflow(root, id, &at, faults);
    Does::Workflow(id.to_owned())
}

/// Looks for a workflow of the document.
pub fn workflow(root: &Value, id: &str, at: &Pointer, faults: &mut Faults<'_>) {
    let all = items(root, &Pointer::default(), "workflows");
    let known: Vec<&str> = all.iter().map(|(_, workflow)| text(workflow, "workflowId")).collect();
    if !known.contains(&id) {
        faults.unknown(at.as_str(), format!("there is no workflow `{id}`"), id, known, "");
    }
}

fn stranger<'n>(
    at: &Pointer,
    name: &str,
    known: impl IntoIterator<Item = &'n str>,
    faults: &mut Faults<'_>,
) -> Does {
    if faults.are_strict() {
        let all = "`dify-contract list operations` shows them all";
        let message = format!("the documents have no operation `{name}`");
        faults.unknown(at.as_str(), message, name, known, all);
    }
    Does::Stranger(name.to_owned())
}

fn by_path(
    root: &Value,
    contract: &Contract,
    path: &str,
    at: &Pointer,
    faults: &mut Faults<'_>,
) -> Does {
    let help = "write it like `{$sourceDescriptions.NAME.url}#/paths/~1books~1{id}/get`";
    let mut bad = |message: String| {
        faults.add(at.as_str(), message, help);
        Does::Nothing
    };
    let Some((document, pointer)) = path.split_once('#') else {
        return bad(format!("`{path}` has no `#` before the pointer to the operation"));
    };
    let sources = items(root, &Pointer::default(), "sourceDescriptions");
    let named = document
        .trim()
        .strip_prefix("{$sourceDescriptions.")
        .and_then(|rest| rest.strip_suffix(".url}"));
    let known = match named {
        Some(name) => sources.iter().any(|(_, source)| text(source, "name") == name),
        None => sources.iter().any(|(_, source)| text(source, "url") == document),
    };
    if !known {
        return match named {
            Some(name) => unknown_source(root, name, at, faults),
            None => bad(format!("no source description has the URL `{document}`")),
        };
    }
    let tokens: Vec<_> = Pointer::tokens(pointer).collect();
    let (template, method) = match tokens.as_slice() {
        [paths, template, method] if paths == "paths" && pointer.starts_with('/') => {
            (template.as_ref(), method.as_ref())
        }
        _ => return bad(format!("`{pointer}` does not lead to `/paths/PATH/METHOD`")),
    };
    if !METHODS.contains(&method) {
        return bad(format!("`{method}` is no method in lower case"));
    }
    let id = format!("{} {template}", method.to_uppercase());
    if let Some(number) = contract.operations.iter().position(|operation| operation.id == id) {
        return Does::Operation(number);
    }
    let known = contract.operations.iter().map(|operation| operation.id.as_str());
    stranger(at, &id, known, faults)
}

fn by_id(
    root: &Value,
    contract: &Contract,
    written: &str,
    at: &Pointer,
    faults: &mut Faults<'_>,
) -> Does {
    let id = match written.strip_prefix("$sourceDescriptions.") {
        Some(rest) => {
            let (name, id) = rest.split_once('.').unwrap_or((rest, ""));
            let sources = items(root, &Pointer::default(), "sourceDescriptions");
            if !sources.iter().any(|(_, source)| text(source, "name") == name) {
                return unknown_source(root, name, at, faults);
            }
            id
        }
        None => written,
    };
    let found = contract.operations.iter().position(|o| o.operation_id.as_deref() == Some(id));
    if let Some(number) = found {
        return Does::Operation(number);
    }
    let known = contract.operations.iter().filter_map(|o| o.operation_id.as_deref());
    stranger(at, id, known, faults)
}

fn unknown_source(root: &Value, name: &str, at: &Pointer, faults: &mut Faults<'_>) -> Does {
    let sources = items(root, &Pointer::default(), "sourceDescriptions");
    let known = sources.iter().map(|(_, source)| text(source, "name"));
    let message = format!("there is no source description `{name}`");
    faults.unknown(at.as_str(), message, name, known, "");
    Does::Nothing
}
