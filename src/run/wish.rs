//! What a user wishes to be sent, put into a request.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::reveal::select;
use crate::contract::model::Location;
use crate::contract::schema::TypeSet;
use crate::contract::{Contract, Operation};
use crate::error::Problem;
use crate::generate::{Draft, DraftBody, File, PartContent, Spot};
use crate::plan::{Need, Resources};
use crate::suggest;
use crate::target::Permission;

/// What a user wants to be sent; the rest is filled in.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    /// The id of the operation.
    pub operation: String,
    /// Parameters, and members of the body, by name; `/a/b` is a place in the body. A name that comes
    /// several times makes a list.
    pub parameters: Vec<(String, String)>,
    /// The body.
    pub body: Option<Value>,
    /// Files, by the field of the form.
    pub files: Vec<(String, File)>,
    /// The name of the key.
    pub key: Option<String>,
    /// What may be done to things that the user names, in so many words.
    pub allowed: Option<Permission>,
}

/// A request that is as wished.
#[derive(Debug)]
pub struct Fitted {
    /// The request.
    pub draft: Draft,
    /// The ids that are still to be had.
    pub needs: Vec<Need>,
    /// The ids that the user has named, with their kinds.
    pub named: Vec<(String, String)>,
    /// Whether the wish names the user in whose name it is sent.
    pub signed: bool,
}

/// Puts a wish into the plainest request of its operation.
///
/// # Errors
/// What the operation does not take.
pub fn fit(
    contract: &Contract,
    operation: &Operation,
    (draft, needs): (Draft, Vec<Need>),
    user: Option<&str>,
    wish: &Wish,
) -> Result<Fitted, Problem> {
    let members = members(contract, operation);
    let mut fitting = Fitting { operation, members, draft, given: Vec::new() };
    if let Some(body) = &wish.body {
        fitting.body(body)?;
    }
    fitting.parameters(&wish.parameters)?;
    for (field, file) in &wish.files {
        fitting.file(field, file.clone())?;
    }
    let Fitting { draft, given, .. } = fitting;
    let mut fitted = Fitted { draft, needs: Vec::new(), named: Vec::new(), signed: false };
    fitted.signed = user.is_some_and(|user| {
        let member = Spot::body(&format!("/{user}"));
        given.contains(&Spot::query(user))
            || given.contains(&member)
            || wish.body.is_some() && fitted.draft.get(&member).is_some()
    });
    for need in needs {
        let own = match &need.spot {
            // A body that the user has written is sent as it is.
            Spot::Body(pointer)
                if wish.body.is_some() || given.iter().any(|g| within(g, pointer)) =>
            {
                true
            }
            spot => given.contains(spot),
        };
        if !own {
            fitted.needs.push(need);
            continue;
        }
        for id in ids(&fitted.draft, &need.spot) {
            fitted.named.push((need.resource.clone(), id));
        }
    }
    Ok(fitted)
}

/// What is asked for, though what it is part of is not named.
pub fn orphan<'f>(resources: &Resources, fitted: &'f Fitted) -> Option<(&'f str, &'f Need)> {
    fitted.named.iter().find_map(|(resource, _)| {
        let above = resources.ancestors(resource);
        let need = fitted.needs.iter().find(|need| above.contains(&need.resource))?;
        Some((resource.as_str(), need))
    })
}

/// How a place is given on the command line.
pub fn argument(spot: &Spot) -> String {
    match spot {
        Spot::Parameter { name, .. } => format!("-p {name}=…"),
        Spot::Body(pointer) => match pointer.strip_prefix('/') {
            Some(name) if !name.contains('/') => format!("-p {name}=…"),
            _ => format!("-p {pointer}=…"),
        },
    }
}

/// What to say of a key that is not there.
pub fn no_key(wanted: &str, names: &[&str]) -> Problem {
    let near = suggest::did_you_mean(&suggest::like(wanted, names.iter().copied()));
    let all = match names {
        [] => "there is none".to_owned(),
        names => format!("there are {}", names.join(", ")),
    };
    Problem::new(format!("there is no key `{wanted}`"))
        .help(near.map_or(all.clone(), |near| format!("{near} {all}")))
}

/// Whether a place that was given is, or holds, a place of the body.
fn within(given: &Spot, pointer: &str) -> bool {
    let Spot::Body(given) = given else { return false };
    pointer
        .strip_prefix(given.as_str())
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The ids at a place.
fn ids(draft: &Draft, spot: &Spot) -> Vec<String> {
    let mut found = std::collections::BTreeSet::new();
    match spot {
        Spot::Parameter { location, name, pointer } => {
            if let Some(value) = draft.parameter(*location, name) {
                select(value, pointer, None, &mut found);
            }
        }
        Spot::Body(pointer) => {
            let (head, rest) = match pointer.split_once("/-") {
                Some((head, rest)) => (head, format!("/-{rest}")),
                None => (pointer.as_str(), String::new()),
            };
            if let Some(value) = draft.get(&Spot::body(head)) {
                select(value, &rest, None, &mut found);
            }
        }
    }
    found.into_iter().collect()
}

/// The members that a body may have, with their types.
fn members(contract: &Contract, operation: &Operation) -> BTreeMap<String, Option<TypeSet>> {
    let contents = operation.request_body.iter().flat_map(|body| &body.content);
    let mut members = BTreeMap::new();
    for schema in contents.filter_map(|content| content.schema) {
        let declared = &contract.schemas.get(schema).declared;
        for (name, &node) in &declared.root().properties {
            members.entry(name.clone()).or_insert(declared.node(node).types);
        }
    }
    members
}

/// A request on its way to be as wished.
struct Fitting<'f> {
    operation: &'f Operation,
    members: BTreeMap<String, Option<TypeSet>>,
    draft: Draft,
    /// The places that the user has given.
    given: Vec<Spot>,
}

impl Fitting<'_> {
    fn body(&mut self, body: &Value) -> Result<(), Problem> {
        let id = &self.operation.id;
        if self.operation.request_body.is_none() {
            let problem = Problem::new(format!("{id} takes no body"));
            return Err(problem.help("leave `-d` out; parameters are given with `-p NAME=VALUE`"));
        }
        let object = |what: &str| {
            body.as_object().ok_or_else(|| {
                Problem::new(format!("{id} takes a form, and `-d` holds {what}"))
                    .help("give an object, whose members become the fields of the form")
            })
        };
        let what = kind(body);
        match &mut self.draft.body {
            DraftBody::Urlencoded(fields) => fields.clone_from(object(what)?),
            DraftBody::Form(parts) => {
                // Files come with an option of their own.
                let fields = object(what)?.clone();
                parts.retain(|part| matches!(part.content, PartContent::File(_)));
                for (name, value) in fields {
                    self.draft.set(&Spot::body(&format!("/{}", escaped(&name))), value);
                }
            }
            own => *own = DraftBody::Json(body.clone()),
        }
        Ok(())
    }

    fn parameters(&mut self, parameters: &[(String, String)]) -> Result<(), Problem> {
        let mut by_name: Vec<(&str, Vec<&str>)> = Vec::new();
        for (name, value) in parameters {
            match by_name.iter_mut().find(|(known, _)| known == name) {
                Some((_, values)) => values.push(value),
                None => by_name.push((name, vec![value])),
            }
        }
        for (name, values) in by_name {
            let (spot, types) = self.place(name)?;
            let text = |value: &&str| match spot {
                Spot::Parameter { .. } => Value::String((*value).to_owned()),
                Spot::Body(_) => written(value, types),
            };
            let several: Vec<Value> = values.iter().map(text).collect();
            let value = match several.as_slice() {
                [one] => one.clone(),
                _ => Value::Array(several),
            };
            if matches!(spot, Spot::Body(_)) && self.draft.body == DraftBody::None {
                self.draft.body = DraftBody::Json(Value::Object(Map::new()));
            }
            if !self.draft.set(&spot, value) {
                return Err(Problem::new(format!("`{name}` cannot be put into the body"))
                    .help("what it is to stand in is no object; give the whole body with `-d`"));
            }
            self.given.push(spot);
        }
        Ok(())
    }

    /// The place of this name: a parameter, a member of the body, or a place in it.
    fn place(&self, name: &str) -> Result<(Spot, Option<TypeSet>), Problem> {
        let known = self.operation.parameters.iter().find(|parameter| parameter.name == name);
        if let Some(known) = known {
            return Ok((Spot::parameter(known.location, name), None));
        }
        if let Some(types) = self.members.get(name) {
            return Ok((Spot::body(&format!("/{}", escaped(name))), *types));
        }
        if name.starts_with('/') && self.operation.request_body.is_some() {
            return Ok((Spot::body(name), None));
        }
        let parameters = self.operation.parameters.iter();
        let names: Vec<&str> = parameters
            .filter(|parameter| parameter.location != Location::Cookie)
            .map(|parameter| parameter.name.as_str())
            .chain(self.members.keys().map(String::as_str))
            .collect();
        Err(self.unknown("parameter", name, &names))
    }

    fn file(&mut self, field: &str, file: File) -> Result<(), Problem> {
        let id = &self.operation.id;
        if !matches!(self.draft.body, DraftBody::Form(_)) {
            let contents = self.operation.request_body.iter().flat_map(|body| &body.content);
            let form = contents.into_iter().any(|content| content.name == "multipart/form-data");
            if !form {
                return Err(Problem::new(format!("{id} takes no files"))
                    .help(format!("`dify-contract spec show '{id}'` tells what it takes")));
            }
            self.draft.body = DraftBody::Form(Vec::new());
        }
        if !self.members.is_empty() && !self.members.contains_key(field) {
            let names: Vec<&str> = self.members.keys().map(String::as_str).collect();
            return Err(self.unknown("field", field, &names));
        }
        self.draft.set_file(field, file);
        self.given.push(Spot::body(&format!("/{}", escaped(field))));
        Ok(())
    }

    fn unknown(&self, what: &str, name: &str, names: &[&str]) -> Problem {
        let id = &self.operation.id;
        let problem = Problem::new(format!("{id} has no {what} `{name}`"));
        let near = suggest::did_you_mean(&suggest::like(name, names.iter().copied()));
        let all = match names {
            [] => "it takes none".to_owned(),
            names => format!("it takes {}", names.join(", ")),
        };
        problem.help(near.map_or(all.clone(), |near| format!("{near} {all}")))
    }
}

/// What a text on the command line stands for: itself where a text may stand and nothing else, a JSON
/// value where it is one.
fn written(text: &str, types: Option<TypeSet>) -> Value {
    let others = ["boolean", "integer", "number", "array", "object"];
    let only_text = types.is_some_and(|types| !others.iter().any(|name| types.has(name)));
    let plain = || Value::String(text.to_owned());
    if only_text { plain() } else { serde_json::from_str(text).unwrap_or_else(|_| plain()) }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
