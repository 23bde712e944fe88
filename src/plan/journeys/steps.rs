//! The workflows and steps of a document, and whether everything that they name is there.

use std::collections::BTreeSet;

use serde_json::Value;

use super::faults::Faults;
use super::names::{self, Does, WorkflowNames, items, keys, text};
use super::suite::{MOST_STEPS, RETRIES, StepInfo, Workflow};
use super::values::{Values, When};
use super::{inputs, words};
use crate::contract::model::Location;
use crate::contract::{Contract, Operation};
use crate::document::Pointer;
use crate::plan::guide::Guide;
use crate::target::Vocabulary;

/// The longest that the retries of one step may wait together, in seconds.
const LONGEST_WAIT: f64 = 600.0;

/// Reads the workflows of a document.
pub fn read(
    root: &Value,
    contract: &Contract,
    vocabulary: &Vocabulary,
    faults: &mut Faults<'_>,
) -> Vec<Workflow> {
    let raw = items(root, &Pointer::default(), "workflows");
    for (at, source) in items(root, &Pointer::default(), "sourceDescriptions") {
        if text(source, "type") == "arazzo" {
            let message = "workflows of other Arazzo documents are not run";
            let help = "put them into this document; sources are of the type `openapi`";
            faults.add(at.child("type").as_str(), message, help);
        }
    }
    words::only_on_workflows(root, faults);
    // What it cannot be read for is told where it is used.
    let guide = Guide::of(contract).unwrap_or_default();
    let form = guide.form().and_then(|form| form.into.strip_prefix('/'));
    let called: BTreeSet<&str> =
        raw.iter().flat_map(|(at, workflow)| calls(root, workflow, at)).collect();
    let mut workflows = Vec::new();
    for (at, workflow) in &raw {
        workflows.push(one(root, contract, vocabulary, form, (workflow, at), &called, faults));
    }
    let names = all_names(&raw, &workflows);
    for ((at, raw), (workflow, own)) in raw.iter().zip(workflows.iter().zip(&names)) {
        let mut reader = Reader { root, contract, workflow, faults };
        reader.names(raw, at);
        let values = Values { root, all: &names, own, faults: &mut *reader.faults };
        expressions(values, raw, at, &names);
    }
    workflows
}

/// The workflows that another one runs.
fn calls<'v>(root: &'v Value, workflow: &'v Value, at: &Pointer) -> Vec<&'v str> {
    let mut called = Vec::new();
    let mut goes = |owner: &'v Value, at: &Pointer, names: [&str; 2]| {
        for (_, action) in names.iter().flat_map(|name| items(owner, at, name)) {
            called.push(text(component(root, action).unwrap_or(action), "workflowId"));
        }
    };
    goes(workflow, at, ["successActions", "failureActions"]);
    for (at, step) in items(workflow, at, "steps") {
        goes(step, &at, ["onSuccess", "onFailure"]);
    }
    called.extend(items(workflow, at, "steps").iter().map(|(_, step)| text(step, "workflowId")));
    called.retain(|id| !id.is_empty());
    called
}

/// What a reference leads to.
fn component<'v>(root: &'v Value, item: &Value) -> Option<&'v Value> {
    let path = item.get("reference")?.as_str()?.strip_prefix("$components.")?;
    let (kind, name) = path.split_once('.')?;
    root.get("components")?.get(kind)?.get(name)
}

fn one(
    root: &Value,
    contract: &Contract,
    vocabulary: &Vocabulary,
    form: Option<&str>,
    (workflow, at): (&Value, &Pointer),
    called: &BTreeSet<&str>,
    faults: &mut Faults<'_>,
) -> Workflow {
    let id = text(workflow, "workflowId").to_owned();
    let mut steps = Vec::new();
    for (at, step) in items(workflow, at, "steps") {
        let does = names::does(root, contract, step, &at, faults);
        let mut goes_to = Vec::new();
        for (_, action) in ["onSuccess", "onFailure"].iter().flat_map(|name| items(step, &at, name))
        {
            goes_to.push(text(component(root, action).unwrap_or(action), "workflowId").to_owned());
        }
        for (_, action) in
            ["successActions", "failureActions"].iter().flat_map(|name| items(workflow, &at, name))
        {
            goes_to.push(text(component(root, action).unwrap_or(action), "workflowId").to_owned());
        }
        goes_to.retain(|id| !id.is_empty());
        steps.push(StepInfo { id: text(step, "stepId").to_owned(), does, goes_to, at });
    }
    if steps.len() > MOST_STEPS {
        let message = format!("a workflow has at most {MOST_STEPS} steps");
        faults.add(at.child("steps").as_str(), message, "divide it into several");
    }
    let called = called.contains(id.as_str());
    let words = words::read(workflow, at, contract, vocabulary, faults);
    let depends_on = items(workflow, at, "dependsOn");
    for (at, other) in &depends_on {
        names::workflow(root, other.as_str().unwrap_or_default(), at, faults);
    }
    Workflow {
        summary: workflow.get("summary").and_then(Value::as_str).map(str::to_owned),
        key: words.key,
        modes: words.modes,
        needs: words.needs,
        free: words.free,
        inputs: inputs::read(root, form, workflow, at, called, faults),
        steps,
        depends_on: depends_on.iter().filter_map(|(_, id)| Some(id.as_str()?.to_owned())).collect(),
        called,
        at: at.clone(),
        id,
    }
}

/// The names that all workflows give.
fn all_names(raw: &[(Pointer, &Value)], workflows: &[Workflow]) -> Vec<WorkflowNames> {
    let outputs_of = |id: &str| {
        let found = raw.iter().find(|(_, workflow)| text(workflow, "workflowId") == id);
        keys(found.and_then(|(_, workflow)| workflow.get("outputs")))
    };
    let mut all = Vec::new();
    for ((at, raw), workflow) in raw.iter().zip(workflows) {
        let steps = workflow.steps.iter().zip(items(raw, at, "steps")).map(|(step, (_, raw))| {
            let mut outputs = keys(raw.get("outputs"));
            if let Does::Workflow(id) = &step.does {
                outputs.extend(outputs_of(id));
            }
            (step.id.clone(), outputs)
        });
        all.push(WorkflowNames {
            id: workflow.id.clone(),
            outputs: keys(raw.get("outputs")),
            inputs: workflow.inputs.iter().map(|input| input.name.clone()).collect(),
            steps: steps.collect(),
        });
    }
    all
}

/// Looks at what the steps of a workflow name.
struct Reader<'r, 'f> {
    root: &'r Value,
    contract: &'r Contract,
    workflow: &'r Workflow,
    faults: &'r mut Faults<'f>,
}

impl Reader<'_, '_> {
    fn names(&mut self, raw: &Value, at: &Pointer) {
        let shared = self.parameters(raw, at);
        for name in ["successActions", "failureActions"] {
            self.actions(raw, at, name);
        }
        for (step, (at, raw)) in self.workflow.steps.iter().zip(items(raw, at, "steps")) {
            let own = self.parameters(raw, &at);
            for name in ["onSuccess", "onFailure"] {
                self.actions(raw, &at, name);
            }
            match &step.does {
                Does::Operation(number) => {
                    if let Some(operation) = self.contract.operations.get(*number) {
                        let all =
                            shared.iter().map(|p| (p, false)).chain(own.iter().map(|p| (p, true)));
                        self.fits(operation, &all.collect::<Vec<_>>(), &at);
                    }
                }
                Does::Workflow(id) => self.arguments(id, &own, &at),
                Does::Stranger(_) | Does::Nothing => {}
            }
        }
    }

    /// The parameters of a step or workflow: where they stand, and what they are.
    fn parameters(&mut self, owner: &Value, at: &Pointer) -> Vec<(Pointer, Value)> {
        let mut found = Vec::new();
        for (at, parameter) in items(owner, at, "parameters") {
            let own = self.followed(parameter, &at, "parameters");
            let authorization = text(&own, "name").eq_ignore_ascii_case("authorization");
            if text(&own, "in") == "header" && authorization {
                let message = "a key has no place in a suite";
                let help = "leave the header out: the key of the target is sent with every step";
                self.faults.add(at.as_str(), message, help);
            }
            found.push((at, own));
        }
        found
    }

    /// What a reference leads to, or the item itself.
    fn followed(&mut self, item: &Value, at: &Pointer, kind: &str) -> Value {
        let Some(reference) = item.get("reference").and_then(Value::as_str) else {
            return item.clone();
        };
        if let Some(found) = component(self.root, item)
            && reference.starts_with(&format!("$components.{kind}."))
        {
            return found.clone();
        }
        let known = keys(self.root.get("components").and_then(|all| all.get(kind)));
        let known: Vec<String> =
            known.iter().map(|name| format!("$components.{kind}.{name}")).collect();
        let names = known.iter().map(String::as_str);
        let message = format!("there is no `{reference}`");
        let at = at.child("reference");
        let all = format!("it is written like `$components.{kind}.NAME`");
        self.faults.unknown(at.as_str(), message, reference, names, &all);
        Value::Null
    }

    fn actions(&mut self, owner: &Value, at: &Pointer, name: &str) {
        let kind = if name.to_lowercase().contains("success") {
            "successActions"
        } else {
            "failureActions"
        };
        for (at, action) in items(owner, at, name) {
            let own = self.followed(action, &at, kind);
            if let Some(id) = own.get("stepId").and_then(Value::as_str)
                && !self.workflow.steps.iter().any(|step| step.id == id)
            {
                let known = self.workflow.steps.iter().map(|step| step.id.as_str());
                let message = format!("the workflow has no step `{id}`");
                self.faults.unknown(at.child("stepId").as_str(), message, id, known, "");
            }
            if let Some(id) = own.get("workflowId").and_then(Value::as_str) {
                names::workflow(self.root, id, &at.child("workflowId"), self.faults);
            }
            let limit = own.get("retryLimit").and_then(Value::as_u64).unwrap_or(1);
            if limit > u64::from(RETRIES) {
                let message = format!("a step is tried again {RETRIES} times at most");
                let help = "wait longer between the attempts: `retryAfter`";
                self.faults.add(at.child("retryLimit").as_str(), message, help);
            }
            let after = own.get("retryAfter").and_then(Value::as_f64).unwrap_or_default();
            #[expect(clippy::cast_precision_loss, reason = "limits are small")]
            if after * limit as f64 > LONGEST_WAIT && limit <= u64::from(RETRIES) {
                let message =
                    format!("{limit} times {after} seconds are longer than {LONGEST_WAIT} seconds");
                let help = "the attempts of one step may wait ten minutes together";
                self.faults.add(at.child("retryAfter").as_str(), message, help);
            }
        }
    }

    /// Whether an operation has the parameters of a step, and has all that its path needs. Those that
    /// a whole workflow shares need not fit each step.
    fn fits(&mut self, operation: &Operation, given: &[(&(Pointer, Value), bool)], at: &Pointer) {
        for ((at, parameter), own) in given {
            let (name, location) = (text(parameter, "name"), text(parameter, "in"));
            if !own || name.is_empty() || !self.faults.are_strict() {
                continue;
            }
            let location = match location {
                "path" => Location::Path,
                "query" => Location::Query,
                _ => continue,
            };
            let known = |p: &&crate::contract::model::Parameter| p.location == location;
            let names: Vec<&str> =
                operation.parameters.iter().filter(known).map(|p| p.name.as_str()).collect();
            let in_path =
                location == Location::Path && operation.path.contains(&format!("{{{name}}}"));
            if !names.contains(&name) && !in_path {
                let message =
                    format!("{} has no {} parameter `{name}`", operation.id, location.word());
                let all = match names.len() {
                    0 => "it has none".to_owned(),
                    _ => format!("it has {}", names.join(", ")),
                };
                let at = if parameter.get("reference").is_some() {
                    at.clone()
                } else {
                    at.child("name")
                };
                self.faults.unknown(at.as_str(), message, name, names, &all);
            }
        }
        let mut rest = operation.path.as_str();
        while let Some((_, after)) = rest.split_once('{') {
            let Some((name, after)) = after.split_once('}') else { break };
            let is = |((_, parameter), _): &(&(Pointer, Value), bool)| {
                text(parameter, "in") == "path" && text(parameter, "name") == name
            };
            if !given.iter().any(is) && self.faults.are_strict() {
                let message = format!("{} needs the path parameter `{name}`", operation.id);
                let help =
                    format!("add `{{name: {name}, in: path, value: …}}` to its `parameters`");
                self.faults.add(at.as_str(), message, help);
            }
            rest = after;
        }
    }

    /// Whether the workflow that a step runs takes what it is given.
    fn arguments(&mut self, id: &str, given: &[(Pointer, Value)], at: &Pointer) {
        let all = items(self.root, &Pointer::default(), "workflows");
        let Some((place, called)) = all.iter().find(|(_, w)| text(w, "workflowId") == id) else {
            return;
        };
        let schema = inputs::schema(self.root, called, place).map(|(schema, _)| schema);
        let known = keys(schema.and_then(|schema| schema.get("properties")));
        for (at, parameter) in given {
            let name = text(parameter, "name");
            if !known.iter().any(|known| known == name) {
                let names = known.iter().map(String::as_str);
                let message = format!("the workflow `{id}` has no input `{name}`");
                self.faults.unknown(at.as_str(), message, name, names, "");
            }
        }
        let required = schema.and_then(|schema| schema.get("required")).and_then(Value::as_array);
        for name in required.into_iter().flatten().filter_map(Value::as_str) {
            if !given.iter().any(|(_, parameter)| text(parameter, "name") == name) {
                let message = format!("the workflow `{id}` needs the input `{name}`");
                let help = format!("add `{{name: {name}, value: …}}` to the step's `parameters`");
                self.faults.add(at.as_str(), message, help);
            }
        }
    }
}

/// Looks at all expressions of a workflow.
fn expressions(mut values: Values<'_, '_>, raw: &Value, at: &Pointer, all: &[WorkflowNames]) {
    let _ = all;
    parameters(&mut values, raw, at);
    actions(&mut values, raw, at, ["successActions", "failureActions"]);
    values.outputs(raw, at, When::End);
    for (at, step) in items(raw, at, "steps") {
        parameters(&mut values, step, &at);
        if let Some(payload) = step.pointer("/requestBody/payload") {
            values.value(payload, &at.join(&["requestBody", "payload"]), When::Before);
        }
        for (at, replacement) in step
            .get("requestBody")
            .into_iter()
            .flat_map(|b| items(b, &at.child("requestBody"), "replacements"))
        {
            if let Some(value) = replacement.get("value") {
                values.value(value, &at.child("value"), When::Before);
            }
        }
        values.criteria(step, &at, "successCriteria");
        actions(&mut values, step, &at, ["onSuccess", "onFailure"]);
        values.outputs(step, &at, When::After);
    }
}

fn parameters(values: &mut Values<'_, '_>, owner: &Value, at: &Pointer) {
    for (at, parameter) in items(owner, at, "parameters") {
        // An override stands in the place of what the component says.
        let own = parameter.get("value").map(|value| (value, at.child("value")));
        let theirs = || {
            let name = parameter.get("reference")?.as_str()?.strip_prefix("$components.")?;
            let (kind, name) = name.split_once('.')?;
            let at = Pointer::default().join(&["components", kind, name, "value"]);
            Some((at.resolve(values.root)?, at))
        };
        if let Some((value, at)) = own.or_else(theirs) {
            values.value(value, &at, When::Before);
        }
    }
}

fn actions(values: &mut Values<'_, '_>, owner: &Value, at: &Pointer, names: [&str; 2]) {
    for (at, action) in names.iter().flat_map(|name| items(owner, at, name)) {
        let reference = action.get("reference").and_then(Value::as_str);
        let path = reference.and_then(|r| r.strip_prefix("$components.")?.split_once('.'));
        match path {
            Some((kind, name)) => {
                let at = Pointer::default().join(&["components", kind, name]);
                if let Some(action) = at.resolve(values.root) {
                    values.criteria(action, &at, "criteria");
                }
            }
            None => values.criteria(action, &at, "criteria"),
        }
    }
}
