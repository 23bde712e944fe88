//! The evidence of one exchange: its answer, its events and its request, each beside its promise.

use std::borrow::Cow;

use crate::contract::model::{ErrorEnvelope, MediaType, Operation, Response as Promise};
use crate::contract::schema::{Mismatch, MismatchKind, Side};
use crate::contract::{Contract, Hit, StreamRules};
use crate::document::Pointer;
use crate::exchange::{self, Body, Exchange};
use crate::finding::{Basis, Disagreement, Part, Place};

use super::answer::Answer;
use super::header::HeaderEvidence;
use super::request::RequestEvidence;
use super::stream::Stream;
use crate::check::Meta;

/// What a request was sent to.
#[derive(Debug, Clone, Copy)]
pub enum Target<'a> {
    /// A documented operation.
    Operation(&'a Operation),
    /// A documented path with another method; the documented ones.
    Method(&'a [String]),
    /// A path that is not documented.
    Path,
}

/// One exchange and the promises that concern it.
pub struct Evidence<'a> {
    /// The contract.
    pub contract: &'a Contract,
    /// The exchange.
    pub exchange: &'a Exchange,
    /// Its answer.
    pub response: &'a exchange::Response,
    /// What the request was sent to.
    pub target: Target<'a>,
    /// The operation's stable name, or method and path of an undocumented one.
    pub operation: Cow<'a, str>,
    /// The number of the document that describes the operation.
    pub document: usize,
    /// What the operation promises of answers with this status.
    pub own: Option<&'a Promise>,
    /// What any operation may answer with this status, where the operation itself says nothing.
    pub general: Option<&'a Promise>,
    /// Whether the answer has a media type in which any operation may answer with this status,
    /// whatever the operation itself says.
    pub generally_typed: bool,
    /// The media type of the answer.
    pub media_type: Option<exchange::MediaType>,
    /// The documented media type that the answer has.
    pub promised: Option<&'a MediaType>,
    /// The answer's body.
    pub answer: Answer<'a>,
    /// How the body differs from its schema.
    pub body: Vec<Mismatch>,
    /// How an error body differs from the error envelope.
    pub envelope: Vec<Mismatch>,
    /// The answer's events, if it streams.
    pub stream: Option<Stream>,
    /// Whether the stream is not there to its end: the recorder is known to have cut it, or it broke
    /// off.
    pub cut: bool,
    /// The headers that are documented for the answer.
    pub headers: Vec<HeaderEvidence<'a>>,
    /// The parameters of the path.
    pub path: Vec<(String, String)>,
    /// The request.
    pub request: RequestEvidence<'a>,
    /// What could not be judged, and why.
    pub unjudged: Vec<String>,
}

impl<'a> Evidence<'a> {
    /// Works out the evidence of an exchange with a documented operation; `parameters` are those of
    /// its path.
    #[must_use]
    pub fn of_operation(
        contract: &'a Contract,
        exchange: &'a Exchange,
        response: &'a exchange::Response,
        operation: &'a Operation,
        parameters: &[(String, String)],
    ) -> Self {
        let own = operation.response(response.status);
        let mut evidence =
            Self::new(contract, exchange, response, Target::Operation(operation), &operation.id);
        evidence.document = operation.at.document;
        evidence.own = own;
        let any = contract.any_response(operation.at.document, response.status);
        evidence.generally_typed = evidence.typed(any).is_some();
        evidence.general = any.filter(|_| own.is_none());
        evidence.promised = evidence.typed(own);
        evidence.read_answer();
        evidence.headers = HeaderEvidence::all(contract, response, own);
        evidence.path = parameters.to_vec();
        evidence.request = RequestEvidence::new(contract, operation, &exchange.request, parameters);
        evidence
    }

    /// Works out the evidence of an exchange that no documented operation is meant by.
    #[must_use]
    pub fn of_unknown(
        contract: &'a Contract,
        exchange: &'a Exchange,
        response: &'a exchange::Response,
        hit: &'a Hit,
    ) -> Self {
        let (target, path) = match hit {
            Hit::Method { path, documented } => (Target::Method(documented), path.clone()),
            Hit::Path(path) => (Target::Path, generic_path(path)),
            Hit::Operation(_) | Hit::Outside => (Target::Path, String::new()),
        };
        let operation = format!("{} {path}", exchange.request.method);
        let mut evidence = Self::new(contract, exchange, response, target, "");
        evidence.operation = Cow::Owned(operation);
        evidence.general = contract.any_response(0, response.status);
        evidence.generally_typed = evidence.typed(evidence.general).is_some();
        evidence.read_answer();
        evidence
    }

    fn new(
        contract: &'a Contract,
        exchange: &'a Exchange,
        response: &'a exchange::Response,
        target: Target<'a>,
        operation: &'a str,
    ) -> Self {
        let content_type = response.headers.get("content-type");
        Self {
            contract,
            exchange,
            response,
            target,
            operation: Cow::Borrowed(operation),
            document: 0,
            own: None,
            general: None,
            generally_typed: false,
            media_type: content_type.and_then(|t| exchange::MediaType::parse(t).ok()),
            promised: None,
            answer: Answer::Empty,
            body: Vec::new(),
            envelope: Vec::new(),
            stream: None,
            cut: response.is_partial(),
            headers: Vec::new(),
            path: Vec::new(),
            request: RequestEvidence::default(),
            unjudged: Vec::new(),
        }
    }

    /// The media type of a documented answer that the answer has.
    fn typed(&self, promise: Option<&'a Promise>) -> Option<&'a MediaType> {
        let content = &promise?.content;
        let best = self.media_type.as_ref()?.best(content.iter().map(|m| m.name.as_str()))?;
        content.iter().find(|m| m.name == best)
    }

    /// Reads the body, and holds it against what it should be.
    fn read_answer(&mut self) {
        let rules = self.promised.and_then(|promised| promised.stream.as_ref());
        let streams = self.is_event_stream();
        let bytes = match &self.response.body {
            Body::Bytes(bytes) => Some(&**bytes),
            // A stream of which nothing came yet.
            Body::Empty if self.response.is_partial() => Some(&[][..]),
            Body::Empty | Body::Missing { .. } => None,
        };
        if let Some(bytes) = bytes
            && streams
        {
            let (stream, unjudged) = Stream::read(self.contract, rules, bytes);
            self.stream = Some(stream);
            self.unjudged.extend(unjudged);
            if self.response.is_partial() {
                let part = Part::Stream { status: self.response.status };
                self.unjudged.push(format!("{part}: it has not come to its end"));
            }
            self.answer = Answer::Stream;
            return;
        }
        self.answer = Answer::read(self.response, self.media_type.as_ref());
        if let Answer::Unknown(reason) = &self.answer {
            let part = self.part();
            self.unjudged.push(format!("{part}: {reason}"));
        }
        let Answer::Json(value) = self.answer else { return };
        if let Some(schema) = self.promised.and_then(|promised| promised.schema) {
            match self.contract.schemas.compare(schema, value, Side::Response) {
                Ok(found) => self.body = found,
                Err(reason) => {
                    let part = self.part();
                    self.unjudged.push(format!("{part}: its schema does not compile: {reason}"));
                }
            }
        }
        if let Some(envelope) = self.error_envelope()
            && let Ok(found) = self.contract.schemas.compare(envelope.schema, value, Side::Request)
        {
            self.envelope = found;
        }
    }

    /// The error envelope, where the answer is an error and its own documents have no schema for it.
    #[must_use]
    pub fn error_envelope(&self) -> Option<&'a ErrorEnvelope> {
        let own_schema = self.promised.is_some_and(|promised| promised.schema.is_some());
        let envelope = self.contract.documents.get(self.document)?.error.as_ref()?;
        (self.response.status >= 400 && !own_schema).then_some(envelope)
    }

    /// The error envelope, where the answer is an error and either nothing or the envelope itself
    /// is its schema.
    #[must_use]
    pub fn enveloped(&self) -> Option<&'a ErrorEnvelope> {
        let envelope = self.contract.documents.get(self.document)?.error.as_ref()?;
        let own = self.promised.and_then(|promised| promised.schema);
        let is_envelope = own.is_none_or(|own| own == envelope.schema);
        (self.response.status >= 400 && is_envelope).then_some(envelope)
    }

    /// The answer's status and media type, as the part of a place.
    #[must_use]
    pub fn part(&self) -> Part {
        Part::Response {
            status: self.response.status,
            media_type: self.media_type.as_ref().map(|m| m.essence().to_owned()),
        }
    }

    /// The answer's status, as the part of a place.
    #[must_use]
    pub fn status_part(&self) -> Part {
        Part::Response { status: self.response.status, media_type: None }
    }

    /// Whether the answer calls itself an event stream.
    #[must_use]
    pub fn is_event_stream(&self) -> bool {
        self.media_type.as_ref().is_some_and(exchange::MediaType::is_event_stream)
    }

    /// The answer's body or stream, as the part of a place.
    #[must_use]
    pub fn body_part(&self) -> Part {
        if self.is_event_stream() {
            Part::Stream { status: self.response.status }
        } else {
            self.part()
        }
    }

    /// How much of the body there is, in words.
    #[must_use]
    pub fn so_far(&self) -> String {
        let (count, unit) = match (&self.stream, self.response.body.bytes()) {
            (Some(stream), _) => (stream.complete(), "event"),
            (None, bytes) => (bytes.map_or(0, <[u8]>::len), "byte"),
        };
        match count {
            0 => format!("no {unit}"),
            1 => format!("one {unit}"),
            count => format!("{count} {unit}s"),
        }
    }

    /// Whether the answer is an HTML page where the documents promise an error in another form.
    #[must_use]
    pub fn is_html_error(&self) -> bool {
        let is_html = |m: &exchange::MediaType| m.essence() == "text/html";
        let promised = self.own.or(self.general);
        self.response.status >= 400
            && self.media_type.as_ref().is_some_and(is_html)
            && !self.answer.is_empty()
            && !self.generally_typed
            && promised.is_some_and(|p| {
                !p.content.is_empty() && !p.content.iter().any(|m| m.name == "text/html")
            })
    }

    /// The error code in the body.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        let envelope = self.contract.documents.get(self.document)?.error.as_ref()?;
        match &self.answer {
            Answer::Json(value) => Pointer::find(value, &envelope.code)?.as_str(),
            _ => None,
        }
    }

    /// The pointer to the error code in error bodies.
    #[must_use]
    pub fn error_code_pointer(&self) -> &str {
        let document = self.contract.documents.get(self.document);
        document.and_then(|d| d.error.as_ref()).map_or("/code", |error| error.code.as_str())
    }

    /// The text for people in an error body.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        let envelope = self.contract.documents.get(self.document)?.error.as_ref()?;
        match &self.answer {
            Answer::Json(value) => Pointer::find(value, envelope.message.as_deref()?)?.as_str(),
            _ => None,
        }
    }

    /// Whether the code is one by which the server calls the request wrong.
    #[must_use]
    pub fn is_validation_code(&self, code: &str) -> bool {
        let document = self.contract.documents.get(self.document);
        let envelope = document.and_then(|document| document.error.as_ref());
        envelope.is_some_and(|envelope| envelope.validation_codes.iter().any(|known| known == code))
    }

    /// What is promised of the answer's event stream.
    #[must_use]
    pub fn stream_rules(&self) -> Option<&'a StreamRules> {
        self.stream.as_ref().and(self.promised?.stream.as_ref())
    }

    /// Whether the server took the request: it answered with a success, and no event of its stream
    /// says otherwise.
    #[must_use]
    pub fn accepted(&self) -> bool {
        let broke_off = self.stream.as_ref().is_some_and(|stream| stream.aborted);
        (200..300).contains(&self.response.status) && !broke_off
    }

    /// A disagreement of a check at a place of this exchange.
    #[must_use]
    pub fn disagreement(&self, meta: &Meta, place: Place, basis: Basis) -> Disagreement {
        Disagreement {
            check: meta.id,
            severity: meta.severity,
            basis,
            operation: self.operation.clone().into_owned(),
            place,
            kind: String::new(),
            promised: String::new(),
            seen: String::new(),
            promise: None,
        }
    }

    /// Whether the answer has a body or events that a schema was held against.
    #[must_use]
    pub fn compared(&self) -> bool {
        let body = self.promised.is_some_and(|promised| promised.schema.is_some());
        match &self.stream {
            Some(stream) => stream.events.iter().any(|event| event.compared),
            None => body && matches!(self.answer, Answer::Json(_)),
        }
    }

    /// Reports all mismatches of a kind, in the body and in the events.
    pub fn report(&self, meta: &Meta, kind: MismatchKind, out: &mut Vec<Disagreement>) {
        for mismatch in self.body.iter().filter(|m| m.kind == kind) {
            let place = Place { part: self.part(), pointer: mismatch.place.clone() };
            out.push(self.of_mismatch(meta, place, mismatch));
        }
        for event in self.stream.iter().flat_map(|stream| &stream.events) {
            for mismatch in event.mismatches.iter().filter(|m| m.kind == kind) {
                let part = Part::Event {
                    status: self.response.status,
                    name: event.name.clone().unwrap_or_default(),
                };
                let place = Place { part, pointer: mismatch.place.clone() };
                out.push(self.of_mismatch(meta, place, mismatch));
            }
        }
    }

    /// The disagreement that a mismatch makes.
    #[must_use]
    pub fn of_mismatch(&self, meta: &Meta, place: Place, mismatch: &Mismatch) -> Disagreement {
        let mut disagreement = self.disagreement(meta, place, mismatch.basis);
        disagreement.kind.clone_from(&mismatch.detail);
        disagreement.promised.clone_from(&mismatch.promised);
        disagreement.seen.clone_from(&mismatch.seen);
        disagreement.promise = Some(mismatch.promise.clone());
        disagreement
    }
}

/// A path with `{}` for segments that are surely ids, so that equal calls are one finding.
fn generic_path(path: &str) -> String {
    let generic = |segment: &str| {
        let hex = segment.bytes().filter(u8::is_ascii_hexdigit).count();
        let id = segment.len() >= 8 && hex + segment.matches('-').count() == segment.len();
        let number = !segment.is_empty() && segment.bytes().all(|b| b.is_ascii_digit());
        if id || number { "{}".to_owned() } else { segment.to_owned() }
    };
    path.split('/').map(generic).collect::<Vec<_>>().join("/")
}
