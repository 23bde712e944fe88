//! A document's operations, read through `openapiv3`.

mod parts;
mod skeleton;

use openapiv3 as oa;
use serde_json::{Map, Value};

use self::parts::Part;
use super::model::{
    At, Example, Header, Location, MediaType, Operation, Parameter, RequestBody, Response,
    Statuses, Style,
};
use super::schema::{SchemaId, Schemas};
use super::{events, laws, traits};
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
        let Some(Value::Object(items)) = self.value.get("paths") else {
            let problem = Problem::new("the document has no `paths`, and so promises nothing");
            self.problems.push((paths, problem));
            return operations;
        };
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
            let shared = skeleton::parameters(self.value, &at.child("parameters"));
            let shared = self.parameters(shared);
            for method in METHODS.iter().filter(|method| members.contains_key(**method)) {
                operations.extend(self.operation(path, method, &at.child(method), &shared));
            }
        }
        operations
    }

    /// Takes a part, and notes what is wrong in it.
    fn take<T>(&mut self, part: Part<T>, whose: &str) -> Option<T> {
        if let Some(fault) = part.fault {
            let at = fault.at;
            let problem = Problem::new(match part.value {
                Some(_) if fault.costs => {
                    format!("{}: {whose} is read without it", fault.message)
                }
                Some(_) => fault.message,
                None => format!("{}: {whose} is left out", fault.message),
            });
            // A shared part is read wherever it is used.
            if !self
                .problems
                .iter()
                .any(|(known, other)| *known == at && other.message == problem.message)
            {
                self.problems.push((at, problem));
            }
        }
        part.value
    }

    fn parameters(&mut self, copies: Vec<Value>) -> Vec<Parameter> {
        let mut parameters = Vec::new();
        for copy in copies {
            let part = self.take(parts::parameter(copy), "the parameter");
            parameters.extend(part.and_then(|parameter| self.parameter(&parameter)));
        }
        parameters
    }

    fn operation(
        &mut self,
        path: &str,
        method: &str,
        at: &Pointer,
        shared: &[Parameter],
    ) -> Option<Operation> {
        let id = format!("{} {path}", method.to_uppercase());
        let Some(skeleton) = skeleton::operation(self.value, at) else {
            self.problems.push((at.clone(), Problem::new(format!("{id} is no object"))));
            return None;
        };
        let head = self.take(parts::head(skeleton.head, at), &id).unwrap_or_default();
        let mut parameters = self.parameters(skeleton.parameters);
        let inherited = shared.iter().filter(|shared| {
            !parameters.iter().any(|own| own.name == shared.name && own.location == shared.location)
        });
        let inherited: Vec<Parameter> = inherited.cloned().collect();
        parameters.extend(inherited);
        let body = skeleton.body.and_then(|copy| self.take(parts::body(copy), "the body"));
        let mut responses = Vec::new();
        for (name, copy) in skeleton.responses {
            if let Some(statuses) = statuses(&name) {
                let response = self.take(parts::response(copy), "the answer");
                responses.extend(response.map(|response| self.response(statuses, &response)));
            } else {
                let problem = Problem::new(format!("`{name}` is no status; it is left out"))
                    .help("a status is a number such as 404, a range such as `4XX`, or `default`");
                self.problems.push((at.join(&["responses", &name]), problem));
            }
        }
        responses.sort_by_key(|response| response.statuses == Statuses::Default);
        Some(Operation {
            id,
            method: method.to_uppercase(),
            path: path.to_owned(),
            operation_id: head.operation_id,
            tags: head.tags,
            summary: head.summary,
            deprecated: head.deprecated,
            parameters,
            request_body: body.map(|body| self.body(&body)),
            responses,
            traits: traits::read(at.resolve(self.value)),
            laws: laws::read(self.value, at, &mut self.problems),
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
        // OpenAPI has these described elsewhere, and their parameters ignored.
        let ignored = ["accept", "content-type", "authorization"];
        if location == Location::Header
            && ignored.iter().any(|name| data.name.eq_ignore_ascii_case(name))
        {
            return None;
        }
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

    fn headers(&mut self, response: &oa::Response) -> Vec<Header> {
        let headers = response.headers.iter().filter_map(|(name, header)| {
            let header = header.as_item()?;
            let schema = match &header.format {
                oa::ParameterSchemaOrContent::Schema(schema) => self.schema(schema),
                oa::ParameterSchemaOrContent::Content(_) => None,
            };
            let at = self.at(place(&header.extensions)?);
            Some(Header { name: name.clone(), required: header.required, schema, at })
        });
        headers.collect()
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
            headers: self.headers(response),
            codes,
            described_codes: traits::backticked(&response.description),
            at: self.at(place(&response.extensions).unwrap_or_default()),
        }
    }

    /// The response at a pointer, outside any operation.
    pub fn lone_response(&mut self, statuses: Statuses, at: &Pointer) -> Option<Response> {
        let copy = skeleton::response(self.value, at)?;
        let response = self.take(parts::response(copy), "the answer")?;
        Some(self.response(statuses, &response))
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
        Pointer::find(self.value, &example.at.pointer)
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

/// The statuses that a member of `responses` stands for.
pub fn statuses(name: &str) -> Option<Statuses> {
    if name == "default" {
        return Some(Statuses::Default);
    }
    match name.to_ascii_uppercase().strip_suffix("XX") {
        Some(digit) => digit.parse().ok().filter(|d| (1..=5).contains(d)).map(Statuses::Range),
        None => name.parse().ok().filter(|s| (100..1000).contains(s)).map(Statuses::Code),
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

fn place(extensions: &indexmap::IndexMap<String, Value>) -> Option<&str> {
    extensions.get(skeleton::AT).and_then(Value::as_str)
}

/// The members of an object, or none.
pub fn members(value: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    value.and_then(Value::as_object).into_iter().flat_map(Map::iter)
}
