//! An Arazzo document, its workflows, and the journey of one of them.

use std::sync::Arc;

use roas_arazzo::v1_0;
use roas_arazzo::v1_1::{Description, Parameter, ParameterLocation, ReusableOr, ValueOrSelector};
use roas_arazzo_executor::{ExecutionError, Options, Run};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::faults::Faults;
use super::inputs::{Given, Input};
use super::names::{Does, Strangers};
use super::steps;
use crate::contract::Contract;
use crate::document::{Pointer, TextFile};
use crate::error::Problem;
use crate::finding::Source;
use crate::target::Vocabulary;

/// The header by which a request of the engine tells which step it comes from: `2/5`. It is not sent.
pub const MARK: &str = "x-contract-step";

/// At most so many steps has a workflow: the engine orders them by recursion.
pub const MOST_STEPS: usize = 500;

/// An Arazzo document.
#[derive(Debug)]
pub struct Suite {
    /// The path of its file.
    pub path: String,
    /// Its title.
    pub title: String,
    /// Its workflows, in its order.
    pub workflows: Vec<Workflow>,
    /// The document in the form of the engine. Its steps name operations by their numbers, and bear the
    /// mark.
    pub description: Description,
    /// The operations in the form of the engine.
    operations: Value,
    file: TextFile,
    raw: Value,
}

/// A workflow.
#[derive(Debug, Clone)]
pub struct Workflow {
    /// Its id.
    pub id: String,
    /// What it is about.
    pub summary: Option<String>,
    /// The kind of key that it takes (`x-contract-key`).
    pub key: Option<String>,
    /// The modes that it is for (`x-contract-modes`).
    pub modes: Vec<String>,
    /// The abilities that it needs (`x-contract-needs`).
    pub needs: Vec<String>,
    /// Whether it calls no model, whatever its operations may do (`x-contract-cost: free`).
    pub free: bool,
    /// Its inputs.
    pub inputs: Vec<Input>,
    /// Its steps, in its order.
    pub steps: Vec<StepInfo>,
    /// The workflows that run before it.
    pub depends_on: Vec<String>,
    /// Whether another workflow runs it: then it is a part of that one.
    pub called: bool,
    /// Where it stands in the document.
    pub at: Pointer,
}

/// A step.
#[derive(Debug, Clone)]
pub struct StepInfo {
    /// Its id.
    pub id: String,
    /// What it does.
    pub does: Does,
    /// The workflow that it may go to when it succeeds or fails.
    pub goes_to: Vec<String>,
    /// Where it stands in the document.
    pub at: Pointer,
}

/// A workflow, and what runs with it.
#[derive(Debug, Clone)]
pub struct Journey {
    /// The document.
    pub suite: Arc<Suite>,
    /// The number of the workflow.
    pub workflow: usize,
    /// The numbers of the operations that may be called, each once, in their order.
    pub operations: Vec<usize>,
    /// The numbers of the operations of all steps.
    pub calls: Vec<usize>,
    /// Operations that are not documented.
    pub strangers: Vec<String>,
}

/// The suites that are part of the program.
///
/// # Errors
/// What is wrong with them: a fault of the program.
pub fn builtin(contract: &Contract, vocabulary: &Vocabulary) -> Result<Vec<Suite>, Vec<Problem>> {
    let paths = crate::suites::FILES.iter().map(|(name, _)| format!("built-in:suites/{name}"));
    let read = |path: String| Suite::read(&path, contract, vocabulary, Strangers::LeftOut);
    let mut suites = paths.map(read).collect::<Result<Vec<_>, _>>()?;
    // To documents of another API they say nothing.
    suites.retain(|suite| {
        suite.operations.pointer("/paths").is_some_and(|paths| *paths != json!({}))
    });
    Ok(suites)
}

impl Suite {
    /// Reads a document.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with its place.
    pub fn read(
        path: &str,
        contract: &Contract,
        vocabulary: &Vocabulary,
        strangers: Strangers,
    ) -> Result<Self, Vec<Problem>> {
        let (file, raw) =
            TextFile::read_as(path, "an Arazzo document").map_err(|problem| vec![problem])?;
        version(&file, &raw).map_err(|problem| vec![problem])?;
        let mut faults = Faults::new(&file, strangers);
        super::shape::check(&raw, &mut faults);
        if !faults.is_empty() {
            return Err(faults.into_problems());
        }
        let parsed = v1_0::Description::deserialize(&raw).map_err(|error| {
            vec![Problem::new(format!("not a valid Arazzo document: {error}")).at(file.spot_of(""))]
        })?;
        valid(&parsed, &raw, &mut faults);
        let workflows = steps::read(&raw, contract, vocabulary, &mut faults);
        if !faults.is_empty() {
            return Err(faults.into_problems());
        }
        let suite = Self {
            path: file.path.clone(),
            title: parsed.info.title.clone(),
            description: prepared(Description::from(parsed), &workflows),
            operations: operations(contract, &workflows),
            workflows,
            file,
            raw,
        };
        suite.order()?;
        Ok(suite)
    }

    /// Looks for steps and workflows that wait for each other.
    fn order(&self) -> Result<(), Vec<Problem>> {
        let mut faults = Faults::new(&self.file, Strangers::Refused);
        for workflow in &self.workflows {
            let options = Options::new().workflow(&workflow.id);
            let Err(error) = Run::start(&self.description, &options) else { continue };
            let (at, message) = match error {
                ExecutionError::Circular(id) => {
                    let step = workflow.steps.iter().find(|step| step.id == id);
                    let at = step.map_or(&workflow.at, |step| &step.at);
                    (at, format!("`{id}` waits for something that waits for it"))
                }
                ExecutionError::UnknownWorkflow(id) => {
                    (&workflow.at, format!("there is no workflow `{id}` to depend on"))
                }
                other => (&workflow.at, other.to_string()),
            };
            faults.add(at.as_str(), message, "");
        }
        let problems = faults.into_problems();
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    /// The place of something in the document.
    #[must_use]
    pub fn source(&self, at: &str) -> Source {
        let position = self.file.position(at);
        Source {
            file: self.path.clone(),
            line: position.line,
            column: position.column,
            pointer: at.to_owned(),
        }
    }

    /// The value at a place in the document.
    #[must_use]
    pub fn raw(&self, at: &str) -> Option<&Value> {
        self.raw.pointer(at)
    }

    /// The step that a mark means, with its workflow.
    #[must_use]
    pub fn marked(&self, mark: &str) -> Option<(&Workflow, &StepInfo)> {
        let (workflow, step) = mark.split_once('/')?;
        let workflow = self.workflows.get(workflow.parse::<usize>().ok()?)?;
        Some((workflow, workflow.steps.get(step.parse::<usize>().ok()?)?))
    }

    /// The step of this name in the workflow of this name.
    #[must_use]
    pub fn step(&self, workflow: &str, step: &str) -> Option<&StepInfo> {
        let workflow = self.workflows.iter().find(|known| known.id == workflow)?;
        workflow.steps.iter().find(|known| known.id == step)
    }

    /// What the engine has to know to run a workflow at a base URL.
    #[must_use]
    pub fn options(
        &self,
        workflow: &Workflow,
        base_url: &str,
        inputs: Map<String, Value>,
    ) -> Options {
        let mut options = Options::new()
            .workflow(&workflow.id)
            .inputs(Value::Object(inputs))
            .max_retries(RETRIES);
        for source in &self.description.source_descriptions {
            options = options
                .source(&source.name, &source.url, self.operations.clone())
                .base_url(&source.name, base_url);
        }
        options
    }
}

/// How often one step is tried again, at most.
pub const RETRIES: u32 = 500;

impl Journey {
    /// The journey of a workflow, with all that it runs.
    #[must_use]
    pub fn of(suite: &Arc<Suite>, workflow: usize) -> Self {
        let mut journey = Self {
            suite: Arc::clone(suite),
            workflow,
            operations: Vec::new(),
            calls: Vec::new(),
            strangers: Vec::new(),
        };
        let mut seen = Vec::new();
        let mut open: Vec<&str> =
            suite.workflows.get(workflow).map(|w| w.id.as_str()).into_iter().collect();
        while let Some(id) = open.pop() {
            if seen.contains(&id) {
                continue;
            }
            seen.push(id);
            let Some(workflow) = suite.workflows.iter().find(|known| known.id == id) else {
                continue;
            };
            open.extend(workflow.depends_on.iter().map(String::as_str));
            for step in &workflow.steps {
                open.extend(step.goes_to.iter().map(String::as_str));
                match &step.does {
                    Does::Operation(number) => {
                        journey.calls.push(*number);
                        if !journey.operations.contains(number) {
                            journey.operations.push(*number);
                        }
                    }
                    Does::Stranger(id) if !journey.strangers.contains(id) => {
                        journey.strangers.push(id.clone());
                    }
                    Does::Workflow(id) => open.push(id),
                    _ => {}
                }
            }
        }
        journey
    }

    /// The workflow.
    #[must_use]
    pub fn workflow(&self) -> Option<&Workflow> {
        self.suite.workflows.get(self.workflow)
    }
}

/// Only Arazzo 1.0 is read.
fn version(file: &TextFile, raw: &Value) -> Result<(), Problem> {
    let help = "write `arazzo: 1.0.1`";
    match raw.get("arazzo") {
        Some(Value::String(version)) if version.starts_with("1.0.") => Ok(()),
        Some(Value::String(version)) => {
            Err(Problem::new(format!("Arazzo {version} is not read, only 1.0"))
                .at(file.spot_of("/arazzo"))
                .help(help))
        }
        Some(_) => Err(Problem::new("the version of Arazzo is no text")
            .at(file.spot_of("/arazzo"))
            .help(help)),
        None => {
            let what = ["openapi", "swagger", "overlay", "asyncapi"];
            let what = what.iter().find(|name| raw.get(**name).is_some());
            let what = what.map(|name| format!(" but one of `{name}`")).unwrap_or_default();
            let message = format!("{} is no Arazzo document{what}", file.path);
            Err(Problem::new(message).at(file.spot_of("")).help(
                "it has no `arazzo: 1.0.1`; such documents are described at \
                 https://spec.openapis.org/arazzo/v1.0.1.html",
            ))
        }
    }
}

/// What the library finds, at its places.
fn valid(parsed: &v1_0::Description, raw: &Value, faults: &mut Faults<'_>) {
    use roas_arazzo::validation::Validate;
    let Err(error) = parsed.validate(enumset::EnumSet::empty()) else { return };
    for found in error.errors {
        // `#.workflows[0].steps[1].stepId`; names with dots in them lead no further than their parent.
        let locator = found.path.trim_start_matches('#').replace('[', "/").replace(']', "");
        let mut at = locator.replace('.', "/");
        while raw.pointer(&at).is_none()
            && let Some((parent, _)) = at.rsplit_once('/')
        {
            at.truncate(parent.len());
        }
        let name = found.path.rsplit(['.', '#']).next().unwrap_or_default();
        // Of a member that is missing or wrong its name is told, and else what it stands in.
        let tells_more = found.message.starts_with("is ") || found.message.starts_with("must ");
        let message = match (tells_more, name.is_empty() || name.ends_with(']')) {
            (true, false) => format!("`{name}` {}", found.message),
            (true, true) => format!("this {}", found.message),
            (false, _) => found.message,
        };
        faults.add(&at, message, "");
    }
}

/// The document as the engine needs it: operations by number, requests with the mark of their step.
fn prepared(mut description: Description, workflows: &[Workflow]) -> Description {
    let source = description.source_descriptions.first().map(|source| source.name.clone());
    let source = source.unwrap_or_default();
    for (number, (workflow, known)) in description.workflows.iter_mut().zip(workflows).enumerate() {
        for (index, (step, info)) in workflow.steps.iter_mut().zip(&known.steps).enumerate() {
            let Does::Operation(operation) = info.does else { continue };
            step.operation_path = None;
            step.operation_id = Some(format!("$sourceDescriptions.{source}.{operation}"));
            step.parameters.push(ReusableOr::Item(Parameter {
                name: MARK.to_owned(),
                in_: Some(ParameterLocation::Header),
                value: ValueOrSelector::Literal(Value::String(format!("{number}/{index}"))),
                extensions: None,
            }));
        }
    }
    description
}

/// The operations of the steps, as a document that the engine can look them up in.
fn operations(contract: &Contract, workflows: &[Workflow]) -> Value {
    let mut paths = Map::new();
    for step in workflows.iter().flat_map(|workflow| &workflow.steps) {
        if let Does::Operation(number) = step.does
            && let Some(operation) = contract.operations.get(number)
        {
            let item = paths.entry(operation.path.clone()).or_insert_with(|| json!({}));
            let own = json!({"operationId": number.to_string()});
            if let Value::Object(item) = item {
                item.insert(operation.method.to_lowercase(), own);
            }
        }
    }
    json!({"paths": paths})
}

impl Workflow {
    /// Whether something gives every input a value.
    #[must_use]
    pub fn stands_alone(&self) -> bool {
        self.inputs.iter().all(|input| input.given != Given::Nothing)
    }
}
