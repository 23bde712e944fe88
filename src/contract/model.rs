//! What the documents promise, in one shape for every dialect.

use std::collections::BTreeMap;

use super::events::StreamRules;
use super::laws::Laws;
use super::schema::SchemaId;

/// A place in one of the contract's documents, as it is after overlays.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct At {
    /// Number of the document in the contract.
    pub document: usize,
    /// JSON Pointer in it.
    pub pointer: String,
}

impl At {
    /// The place of a member or item.
    #[must_use]
    pub fn child(&self, token: &str) -> Self {
        let mut pointer = crate::document::Pointer::new(self.pointer.clone());
        pointer.push(token);
        Self { document: self.document, pointer: pointer.into_string() }
    }
}

/// One operation as one document describes it. Several documents may describe the same operation
/// differently; each of them makes a variant.
#[derive(Debug, Clone)]
pub struct Operation {
    /// `GET /datasets/{dataset_id}`: the stable name.
    pub id: String,
    /// The method in upper case.
    pub method: String,
    /// The path template.
    pub path: String,
    /// The document's own `operationId`.
    pub operation_id: Option<String>,
    /// The tags.
    pub tags: Vec<String>,
    /// The one-line summary.
    pub summary: Option<String>,
    /// Whether it is deprecated.
    pub deprecated: bool,
    /// Parameters, those of the path item included.
    pub parameters: Vec<Parameter>,
    /// The request's body.
    pub request_body: Option<RequestBody>,
    /// The documented answers.
    pub responses: Vec<Response>,
    /// What our overlay adds.
    pub traits: Traits,
    /// What it promises of lists, times and counts.
    pub laws: Laws,
    /// Where it is described.
    pub at: At,
}

/// Where a parameter is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Location {
    /// In the path.
    Path,
    /// In the query.
    Query,
    /// In a header.
    Header,
    /// In a cookie.
    Cookie,
}

impl Location {
    /// The word of OpenAPI's `in`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
            Self::Cookie => "cookie",
        }
    }
}

/// How a parameter with several values is written (OpenAPI's `style` and `explode`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// One `name=value` for each value.
    Repeated,
    /// The values of one parameter, separated by this character.
    Separated(char),
    /// Any other style, whose values we do not take apart.
    Other,
}

/// A parameter.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Where it is sent.
    pub location: Location,
    /// Whether it must be sent.
    pub required: bool,
    /// How several values are written.
    pub style: Style,
    /// Its schema; absent where it is described by a media type.
    pub schema: Option<SchemaId>,
    /// Where it is described.
    pub at: At,
}

/// The body of a request.
#[derive(Debug, Clone)]
pub struct RequestBody {
    /// Whether it must be sent.
    pub required: bool,
    /// The media types.
    pub content: Vec<MediaType>,
    /// Where it is described.
    pub at: At,
}

/// The statuses that a documented answer stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Statuses {
    /// One status.
    Code(u16),
    /// `4XX`: its first digit.
    Range(u16),
    /// `default`: every status that is not otherwise documented.
    Default,
}

impl Statuses {
    /// Whether the status is among them.
    #[must_use]
    pub fn contains(self, status: u16) -> bool {
        match self {
            Self::Code(code) => code == status,
            Self::Range(digit) => status / 100 == digit,
            Self::Default => true,
        }
    }
}

impl std::fmt::Display for Statuses {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Code(code) => write!(f, "{code}"),
            Self::Range(digit) => write!(f, "{digit}XX"),
            Self::Default => f.write_str("default"),
        }
    }
}

/// A documented answer.
#[derive(Debug, Clone)]
pub struct Response {
    /// The statuses it stands for.
    pub statuses: Statuses,
    /// The media types of its body; none: there is no body.
    pub content: Vec<MediaType>,
    /// The documented headers.
    pub headers: Vec<Header>,
    /// The error codes that its examples show.
    pub codes: Vec<String>,
    /// Error codes that its description names.
    pub described_codes: Vec<String>,
    /// Where it is described.
    pub at: At,
}

/// A documented header of an answer.
#[derive(Debug, Clone)]
pub struct Header {
    /// Its name.
    pub name: String,
    /// Whether every such answer has it.
    pub required: bool,
    /// The schema of its value.
    pub schema: Option<SchemaId>,
    /// Where it is described.
    pub at: At,
}

/// A media type of a body.
#[derive(Debug, Clone)]
pub struct MediaType {
    /// The media type or range, in lower case and without parameters: `application/json`.
    pub name: String,
    /// The schema of the body.
    pub schema: Option<SchemaId>,
    /// The examples.
    pub examples: Vec<Example>,
    /// What is promised of an event stream.
    pub stream: Option<StreamRules>,
    /// Where it is described.
    pub at: At,
}

/// A documented example.
#[derive(Debug, Clone)]
pub struct Example {
    /// Its name; empty for an unnamed one.
    pub name: String,
    /// The place of its value.
    pub at: At,
}

/// The error envelope: what every error body looks like (`x-contract-error`).
#[derive(Debug, Clone)]
pub struct ErrorEnvelope {
    /// The media type of error bodies.
    pub media_type: String,
    /// Their schema.
    pub schema: SchemaId,
    /// JSON Pointer to the code.
    pub code: String,
    /// JSON Pointer to the HTTP status.
    pub status: Option<String>,
    /// JSON Pointer to the text for people.
    pub message: Option<String>,
    /// The codes by which a server calls the request wrong.
    pub validation_codes: Vec<String>,
    /// Where it is described.
    pub at: At,
}

/// What our overlay says of an operation, as it stands there (see `specs/README.md`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Traits {
    /// `x-contract-key`.
    pub key: Option<String>,
    /// `x-contract-modes`.
    pub modes: Vec<String>,
    /// `x-contract-safety`.
    pub safety: Option<String>,
    /// `x-contract-cost`.
    pub cost: Option<String>,
    /// `x-contract-free-when`: a JSON Schema of the bodies with which nothing is paid.
    pub free_when: Option<serde_json::Value>,
    /// `x-contract-needs`.
    pub needs: Vec<String>,
    /// `x-contract-consumes`.
    pub consumes: Vec<BTreeMap<String, String>>,
    /// `x-contract-produces`.
    pub produces: Vec<BTreeMap<String, String>>,
    /// `x-contract-names`: JSON Pointers to the names in the body that have to be new.
    pub names: Vec<String>,
}

impl Operation {
    /// Whether the operation makes something that no other one is known to remove.
    #[must_use]
    pub fn leaves_something(&self) -> bool {
        let removes = |entry: &BTreeMap<String, String>| entry.contains_key("undo");
        self.traits.safety.as_deref() == Some("create") && !self.traits.produces.iter().any(removes)
    }

    /// The documented answer for a status: its own, its range's, or the default.
    #[must_use]
    pub fn response(&self, status: u16) -> Option<&Response> {
        self.responses.iter().filter(|r| r.statuses.contains(status)).min_by_key(|r| r.statuses)
    }
}
