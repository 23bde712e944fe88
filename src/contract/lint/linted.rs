//! The documents as rules look at them: what they say themselves, without what overlays add.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::defect::{Defect, Rule};
use super::walk::{Node, Reference, walk};
use crate::contract::model::{At, MediaType, Operation, Parameter, Response, Statuses};
use crate::contract::schema::{Dialect, SchemaId, Schemas, normal};
use crate::contract::{Contract, Document};
use crate::document::{Bundle, Pointer};
use crate::finding::{Severity, Source};

/// The documents under examination.
#[derive(Debug)]
pub struct Linted<'c> {
    /// The contract that they make.
    pub contract: &'c Contract,
    /// All their schemas, in the documents' order.
    pub nodes: Vec<Node<'c>>,
    /// All their references, in the documents' order.
    pub references: Vec<Reference>,
    /// All their schemas once more, each ready to judge a value, also those that no operation uses.
    pub schemas: Schemas,
    ids: HashMap<(usize, String), SchemaId>,
    /// For every document, the paths of the files that it consists of.
    files: Vec<HashSet<&'c str>>,
}

impl<'c> Linted<'c> {
    /// Prepares the documents of a contract.
    #[must_use]
    pub fn new(contract: &'c Contract) -> Self {
        let files: Vec<_> = contract.documents.iter().map(|d| own_files(&d.bundle)).collect();
        let (mut nodes, mut references) = (Vec::new(), Vec::new());
        for (number, (document, files)) in contract.documents.iter().zip(&files).enumerate() {
            let bundle = &document.bundle;
            let own = |pointer: &str| files.contains(bundle.origin(pointer).0.path.as_str());
            let found = walk(number, &bundle.value, document.dialect, &own);
            nodes.extend(found.nodes);
            references.extend(found.references);
        }
        let mut schemas = Schemas::default();
        let mut ids = HashMap::new();
        for node in &nodes {
            if let Some(document) = contract.documents.get(node.document) {
                let at = Pointer::new(node.pointer.clone());
                let id = schemas.add(node.document, &document.bundle.value, &at);
                ids.insert((node.document, node.pointer.clone()), id);
            }
        }
        let documents = contract.documents.iter();
        schemas.finish(documents.map(|d| normal(&d.bundle.value, d.dialect)).collect());
        Self { contract, nodes, references, schemas, ids, files }
    }

    /// Whether a part of a document is its own, not an overlay's.
    #[must_use]
    pub fn own(&self, at: &At) -> bool {
        let document = self.contract.documents.get(at.document);
        document.zip(self.files.get(at.document)).is_some_and(|(document, files)| {
            files.contains(document.bundle.origin(&at.pointer).0.path.as_str())
        })
    }

    /// The schema at a place, if there is one.
    #[must_use]
    pub fn id(&self, at: &At) -> Option<SchemaId> {
        self.ids.get(&(at.document, at.pointer.clone())).copied()
    }

    /// Whether the schema surely accepts a value.
    #[must_use]
    pub fn accepts(&self, id: SchemaId, value: &Value) -> bool {
        self.schemas.get(id).validator.as_ref().is_ok_and(|validator| validator.is_valid(value))
    }

    /// Whether the schema surely refuses a value.
    #[must_use]
    pub fn refuses(&self, id: SchemaId, value: &Value) -> bool {
        self.schemas.get(id).validator.as_ref().is_ok_and(|validator| !validator.is_valid(value))
    }

    /// Whether a document's schemas are those of OpenAPI 3.0 (or Swagger 2.0), not 3.1.
    #[must_use]
    pub fn is_30(&self, document: usize) -> bool {
        self.contract.documents.get(document).is_some_and(|d| d.dialect == Dialect::OpenApi30)
    }

    /// Whether a document was written in Swagger 2.0.
    #[must_use]
    pub fn is_swagger(&self, document: usize) -> bool {
        self.contract.documents.get(document).is_some_and(|d| d.format.starts_with("Swagger"))
    }

    /// The documents with their numbers.
    pub fn documents(&self) -> impl Iterator<Item = (usize, &'c Document)> + use<'c> {
        self.contract.documents.iter().enumerate()
    }

    /// The operations that the documents themselves describe.
    pub fn operations(&self) -> impl Iterator<Item = &'c Operation> {
        self.contract.operations.iter().filter(|operation| self.own(&operation.at))
    }

    /// The answers that a document itself describes for an operation.
    pub fn responses(&self, operation: &'c Operation) -> impl Iterator<Item = &'c Response> {
        operation.responses.iter().filter(|response| self.own(&response.at))
    }

    /// The parameters that a document itself describes for an operation.
    pub fn parameters(&self, operation: &'c Operation) -> impl Iterator<Item = &'c Parameter> {
        operation.parameters.iter().filter(|parameter| self.own(&parameter.at))
    }

    /// The media types of an operation's request and answers.
    pub fn media_types(&self, operation: &'c Operation) -> impl Iterator<Item = &'c MediaType> {
        let request = operation.request_body.iter().flat_map(|body| &body.content);
        let answers = operation.responses.iter().flat_map(|response| &response.content);
        request.chain(answers).filter(|media_type| self.own(&media_type.at))
    }

    /// The schema of a media type or a parameter, if the document itself has it.
    #[must_use]
    pub fn schema_of(&self, at: &At) -> Option<SchemaId> {
        self.id(&at.child("schema"))
    }

    /// The examples of a media type that the document itself has, with their values.
    pub fn examples(&self, media_type: &'c MediaType) -> impl Iterator<Item = (&'c At, &'c Value)> {
        media_type
            .examples
            .iter()
            .filter(|example| self.own(&example.at))
            .filter_map(|example| Some((&example.at, self.contract.raw(&example.at)?)))
    }

    /// A defect at a place.
    #[must_use]
    pub fn defect(&self, rule: &Rule, at: &At, message: impl Into<String>) -> Defect {
        let source = self.contract.source(at.document, &at.pointer).unwrap_or_else(|| Source {
            file: String::new(),
            line: 1,
            column: 1,
            pointer: at.pointer.clone(),
        });
        Defect {
            rule: rule.id,
            severity: rule.severity,
            place: self.place(at),
            pointer: at.pointer.clone(),
            document: at.document,
            message: message.into(),
            source,
        }
    }

    /// What a part of a document belongs to, in the words of those who wrote it.
    fn place(&self, at: &At) -> String {
        let tokens: Vec<_> = Pointer::tokens(&at.pointer).take(3).collect();
        let tokens: Vec<&str> = tokens.iter().map(AsRef::as_ref).collect();
        let depth = match tokens.as_slice() {
            ["paths", path, method, ..] if crate::contract::METHODS.contains(method) => {
                return format!("{} {path}", method.to_uppercase());
            }
            ["paths", path, ..] => return (*path).to_owned(),
            ["components" | "x-contract-files", _, _, ..] => 3,
            _ => tokens.len(),
        };
        // A component may have been written elsewhere: in `definitions`, or in another file.
        let pointer = Pointer::default().join(tokens.get(..depth).unwrap_or(&tokens));
        let Some(document) = self.contract.documents.get(at.document) else {
            return format!("#{pointer}");
        };
        let (file, pointer) = document.bundle.origin(pointer.as_str());
        let file = if file.path == document.bundle.path() { "" } else { &file.path };
        format!("{file}#{pointer}")
    }
}

impl Defect {
    /// The same defect, weighing otherwise than its rule does.
    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }
}

impl Node<'_> {
    /// Where it stands.
    #[must_use]
    pub fn at(&self) -> At {
        At { document: self.document, pointer: self.pointer.clone() }
    }

    /// A keyword that is a text.
    #[must_use]
    pub fn text(&self, keyword: &str) -> Option<&str> {
        self.schema.get(keyword).and_then(Value::as_str)
    }

    /// A keyword that is a list, or nothing.
    pub fn list(&self, keyword: &str) -> impl Iterator<Item = &Value> {
        self.schema.get(keyword).and_then(Value::as_array).into_iter().flatten()
    }

    /// Whether the `type` is, or may be, this one.
    #[must_use]
    pub fn has_type(&self, name: &str) -> bool {
        self.text("type") == Some(name) || self.list("type").any(|one| one == name)
    }
}

/// The files that a document consists of: the first, and those that it refers to.
fn own_files(bundle: &Bundle) -> HashSet<&str> {
    let others = bundle.value.get("x-contract-files").and_then(Value::as_object);
    let others = others
        .into_iter()
        .flatten()
        .map(|(number, _)| bundle.origin(&format!("/x-contract-files/{number}")).0.path.as_str());
    std::iter::once(bundle.path()).chain(others).collect()
}

/// Whether a media type's bodies are JSON.
#[must_use]
pub fn is_json(media_type: &MediaType) -> bool {
    media_type.name == "application/json"
        || media_type.name == "text/json"
        || media_type.name.ends_with("+json")
}

/// Whether a media type is an event stream.
#[must_use]
pub fn is_stream(media_type: &MediaType) -> bool {
    media_type.name == "text/event-stream"
}

/// Whether statuses stand for errors.
#[must_use]
pub fn is_error(statuses: Statuses) -> bool {
    matches!(statuses, Statuses::Code(400..=599) | Statuses::Range(4 | 5))
}

/// Whether statuses stand for success.
#[must_use]
pub fn is_success(statuses: Statuses) -> bool {
    matches!(statuses, Statuses::Code(200..=299) | Statuses::Range(2))
}
