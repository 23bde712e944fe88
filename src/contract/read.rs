//! A document's operations, read through `openapiv3`.

use openapiv3 as oa;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::model::{
    At, Example, Location, MediaType, Operation, Parameter, RequestBody, Response, Statuses, Style,
};
use super::schema::{SchemaId, Schemas};
use super::{events, skeleton, traits};
use crate::document::Pointer;
use crate::error::Problem;

/// The methods of a path item, in the order in which they are listed.
pub const METHODS: &[&str] = &["get", "post", "put", "patch", "delete", "head", "options", "trace"];

/// Reads operations and responses of one document.
pub struct Reader<'c> {
    /// The document's number.
    pub document: usize,
    /// The document after rewriting and overlays.
    pub value: &'c Value,
    /// JSON Pointer to the code in an error body.
    pub code: Option<String>,
    /// Where schemas are noted down, to be compiled later.
    pub schemas: &'c mut Schemas,
    /// Parts that could not be read: their pointer, and why.
    pub problems: Vec<(Pointer, Problem)>,
}

impl Reader<'_> {
    /// All operations, in the document's order.
    pub fn operations(&mut self) -> Vec<Operation> {
        let mut operations = Vec::new();
        let paths = Pointer::new("/paths");
        let Some(Value::Object(items)) = self.value.get("paths") else { return operations };
        for (path, item) in items.iter().filter(|(path, _)| !path.starts_with("x-")) {
            let at = paths.child(path);
            if !path.starts_with('/') {
                let problem = Problem::new(format!("the path `{path}` does not begin with `/`"));
                self.problems.push((at, problem));
                continue;
            }
            let Value::Object(members) = item else {
                let problem = Problem::new(format!("the path item of `{path}` is no object"));
                self.problems.push((at, problem));
                continue;
            };
            let shared = self.shared_parameters(&at);
            for method in METHODS.iter().filter(|method| members.contains_key(**method)) {
                operations.extend(self.operation(path, method, &at.child(method), &shared));
            }
        }
        operations
    }

    fn shared_parameters(&mut self, item: &Pointer) -> Vec<Parameter> {
        let at = item.child("parameters");
        let Some(copy) = skeleton::parameters(self.value, &at) else { return Vec::new() };
        match parse::<Vec<oa::Parameter>>(&copy) {
            Ok(parameters) => parameters.iter().filter_map(|p| self.parameter(p)).collect(),
            Err((path, problem)) => {
                self.problems.push((Pointer::new(format!("{at}{path}")), problem));
                Vec::new()
            }
        }
    }

    fn operation(
        &mut self,
        path: &str,
        method: &str,
        at: &Pointer,
        shared: &[Parameter],
    ) -> Option<Operation> {
        let copy = skeleton::operation(self.value, at)?;
        let parsed: oa::Operation = match parse(&copy) {
            Ok(parsed) => parsed,
            Err((inner, problem)) => {
                let id = format!("{} {path}", method.to_uppercase());
                let message = format!("{id} is not judged: {}", problem.message);
                self.problems.push((Pointer::new(format!("{at}{inner}")), Problem::new(message)));
                return None;
            }
        };
        let mut parameters: Vec<Parameter> =
            parsed.parameters.iter().filter_map(item).filter_map(|p| self.parameter(p)).collect();
        let inherited = shared.iter().filter(|shared| {
            !parameters.iter().any(|own| own.name == shared.name && own.location == shared.location)
        });
        let inherited: Vec<Parameter> = inherited.cloned().collect();
        parameters.extend(inherited);
        let responses = parsed.responses.responses.iter();
        let mut responses: Vec<Response> = responses
            .filter_map(|(status, response)| Some(self.response(statuses(status), item(response)?)))
            .collect();
        if let Some(default) = parsed.responses.default.as_ref().and_then(item) {
            responses.push(self.response(Statuses::Default, default));
        }
        Some(Operation {
            id: format!("{} {path}", method.to_uppercase()),
            method: method.to_uppercase(),
            path: path.to_owned(),
            operation_id: parsed.operation_id,
            tags: parsed.tags,
            summary: parsed.summary,
            deprecated: parsed.deprecated,
            parameters,
            request_body: parsed.request_body.as_ref().and_then(item).map(|b| self.body(b)),
            responses,
            traits: traits::read(at.resolve(self.value)),
            at: self.at(at.as_str()),
        })
    }

    fn parameter(&mut self, parameter: &oa::Parameter) -> Option<Parameter> {
        let (location, style) = match parameter {
            oa::Parameter::Path { .. } => (Location::Path, Style::Other),
            oa::Parameter::Query { style, .. } => (Location::Query, query_style(parameter, style)),
            oa::Parameter::Header { .. } => (Location::Header, Style::Separated(',')),
            oa::Parameter::Cookie { .. } => (Location::Cookie, Style::Other),
        };
        let data = parameter.parameter_data_ref();
        let schema = match &data.format {
            oa::ParameterSchemaOrContent::Schema(schema) => self.schema(schema),
            oa::ParameterSchemaOrContent::Content(_) => None,
        };
        let at = place(&data.extensions)?;
        Some(Parameter {
            name: data.name.clone(),
            location,
            required: data.required || location == Location::Path,
            style,
            schema,
            at: self.at(at),
        })
    }

    fn body(&mut self, body: &oa::RequestBody) -> RequestBody {
        RequestBody {
            required: body.required,
            content: self.content(&body.content),
            at: self.at(place(&body.extensions).unwrap_or_default()),
        }
    }

    fn response(&mut self, statuses: Statuses, response: &oa::Response) -> Response {
        let content = self.content(&response.content);
        let values = content.iter().flat_map(|m| &m.examples).filter_map(|e| self.example(e));
        let code = self.code.as_deref().unwrap_or("/code");
        let mut codes: Vec<String> = values
            .filter_map(|example| example.pointer(code)?.as_str().map(str::to_owned))
            .collect();
        codes.sort_unstable();
        codes.dedup();
        Response {
            statuses,
            content,
            headers: response.headers.keys().cloned().collect(),
            codes,
            described_codes: traits::backticked(&response.description),
            at: self.at(place(&response.extensions).unwrap_or_default()),
        }
    }

    /// The response at a pointer, outside any operation.
    pub fn lone_response(&mut self, statuses: Statuses, at: &Pointer) -> Option<Response> {
        let copy = skeleton::response(self.value, at)?;
        match parse::<oa::Response>(&copy) {
            Ok(response) => Some(self.response(statuses, &response)),
            Err((inner, problem)) => {
                self.problems.push((Pointer::new(format!("{at}{inner}")), problem));
                None
            }
        }
    }

    fn content(&mut self, content: &indexmap::IndexMap<String, oa::MediaType>) -> Vec<MediaType> {
        let media_types = content.iter().map(|(name, media_type)| {
            let at = Pointer::new(place(&media_type.extensions).unwrap_or_default());
            let schema = media_type.schema.as_ref().and_then(|schema| self.schema(schema));
            let stream = at.resolve(self.value).and_then(|raw| raw.get("x-contract-stream"));
            let stream = stream.map(|_| at.child("x-contract-stream"));
            let stream = stream.and_then(|at| {
                events::read(self.document, self.value, &at, self.schemas)
                    .map_err(|(at, problem)| self.problems.push((at, problem)))
                    .ok()
            });
            MediaType {
                name: essence(name),
                schema,
                examples: examples(self.document, self.value, &at),
                stream,
                at: self.at(at.as_str()),
            }
        });
        media_types.collect()
    }

    fn schema<T>(&mut self, schema: &oa::ReferenceOr<T>) -> Option<SchemaId> {
        match schema {
            oa::ReferenceOr::Reference { reference } => {
                Some(self.schemas.add(self.document, self.value, &Pointer::new(reference.clone())))
            }
            oa::ReferenceOr::Item(_) => None,
        }
    }

    fn example(&self, example: &Example) -> Option<&Value> {
        self.value.pointer(&example.at.pointer)
    }

    fn at(&self, pointer: &str) -> At {
        At { document: self.document, pointer: pointer.to_owned() }
    }
}

/// The examples of the media type at a pointer.
fn examples(document: usize, value: &Value, at: &Pointer) -> Vec<Example> {
    let Some(Value::Object(raw)) = at.resolve(value) else { return Vec::new() };
    let place = |pointer: Pointer| At { document, pointer: pointer.into_string() };
    let mut found = Vec::new();
    if raw.contains_key("example") {
        found.push(Example { name: String::new(), at: place(at.child("example")) });
    }
    if let Some(Value::Object(examples)) = raw.get("examples") {
        for (name, example) in examples {
            let mut pointer = at.join(&["examples", name]);
            if let Some(reference) = example.get("$ref").and_then(Value::as_str) {
                pointer = Pointer::new(reference.trim_start_matches('#'));
            }
            let pointer = pointer.child("value");
            if pointer.resolve(value).is_some() {
                found.push(Example { name: name.clone(), at: place(pointer) });
            }
        }
    }
    found
}

/// A media type in lower case, without parameters.
fn essence(name: &str) -> String {
    name.split(';').next().unwrap_or(name).trim().to_ascii_lowercase()
}

fn statuses(status: &oa::StatusCode) -> Statuses {
    match *status {
        oa::StatusCode::Code(code) => Statuses::Code(code),
        oa::StatusCode::Range(digit) => Statuses::Range(digit),
    }
}

fn query_style(parameter: &oa::Parameter, style: &oa::QueryStyle) -> Style {
    let explode = parameter.parameter_data_ref().explode;
    match style {
        oa::QueryStyle::Form if explode != Some(false) => Style::Repeated,
        oa::QueryStyle::Form => Style::Separated(','),
        oa::QueryStyle::SpaceDelimited => Style::Separated(' '),
        oa::QueryStyle::PipeDelimited => Style::Separated('|'),
        oa::QueryStyle::DeepObject => Style::Other,
    }
}

fn item<T>(value: &oa::ReferenceOr<T>) -> Option<&T> {
    value.as_item()
}

fn place(extensions: &indexmap::IndexMap<String, Value>) -> Option<&str> {
    extensions.get(skeleton::AT).and_then(Value::as_str)
}

/// Reads a copied structure; an error comes with the pointer to what is wrong in it.
fn parse<'v, T: Deserialize<'v>>(value: &'v Value) -> Result<T, (Pointer, Problem)> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let mut pointer = Pointer::default();
        for segment in error.path() {
            match segment {
                serde_path_to_error::Segment::Seq { index } => pointer.push_index(*index),
                serde_path_to_error::Segment::Map { key } => pointer.push(key),
                _ => {}
            }
        }
        (pointer, Problem::new(error.inner().to_string()))
    })
}

/// The members of an object, or none.
pub fn members(value: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    value.and_then(Value::as_object).into_iter().flat_map(Map::iter)
}
