//! What gives the inputs of workflows their values.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::faults::Faults;
use super::names::{items, text};
use crate::document::Pointer;
use crate::generate::files::{self, File};

/// An input of a workflow.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// Its name.
    pub name: String,
    /// What gives it its value.
    pub given: Given,
}

/// What gives an input its value.
#[derive(Debug, Clone, PartialEq)]
pub enum Given {
    /// The user in whose name the run calls.
    User,
    /// Another user.
    OtherUser,
    /// A name that nothing has yet.
    Name,
    /// A file that is made for it.
    File(File),
    /// What stands in the document.
    Default(Value),
    /// The id of a thing of this kind (`x-contract-consumes`).
    Resource(String),
    /// What the app asks for in its form.
    Form,
    /// Nothing: only another workflow can give it.
    Nothing,
}

/// The inputs of one journey.
#[derive(Debug, Clone, Default)]
pub struct Inputs {
    /// Their values, by name.
    pub values: Map<String, Value>,
    /// The files among them, with the texts by which they are meant.
    pub files: Vec<(String, File)>,
}

/// The schema of the inputs of a workflow, and where it stands: there, or among the components.
pub fn schema<'v>(
    root: &'v Value,
    workflow: &'v Value,
    at: &Pointer,
) -> Option<(&'v Value, Pointer)> {
    let schema = workflow.get("inputs")?;
    match schema.get("$ref").and_then(Value::as_str).and_then(|to| to.strip_prefix('#')) {
        Some(target) => Some((root.pointer(target)?, Pointer::new(target))),
        None => Some((schema, at.child("inputs"))),
    }
}

/// The inputs that a workflow declares.
///
/// `form` is the name of the object in request bodies that the form of an app fills.
pub fn read(
    root: &Value,
    form: Option<&str>,
    workflow: &Value,
    at: &Pointer,
    called: bool,
    faults: &mut Faults<'_>,
) -> Vec<Input> {
    if workflow.get("inputs").is_none() {
        return Vec::new();
    }
    let Some((schema, place)) = schema(root, workflow, at) else {
        let message = "the inputs refer to something that is not there";
        let help = "write `$ref: '#/components/inputs/NAME'`";
        faults.add(at.child("inputs").as_str(), message, help);
        return Vec::new();
    };
    let Some(members) = schema.get("properties").and_then(Value::as_object) else {
        let message = "the inputs are a JSON Schema of an object, with `properties`";
        faults.add(place.as_str(), message, "");
        return Vec::new();
    };
    let consumed = consumed(workflow, at, members, faults);
    let mut inputs = Vec::new();
    for (name, member) in members {
        let at = place.join(&["properties", name]);
        let given = match consumed.iter().find(|(input, _)| input == name) {
            Some((_, kind)) => Given::Resource(kind.clone()),
            None => given(name, form, member, &at, faults),
        };
        if given == Given::Nothing && !called {
            let message = format!("nothing gives the input `{name}` a value");
            let help = "give it a `default`; `user`, `other-user`, names that begin with `name` and \
                        files (`contentMediaType`) have values without";
            faults.add(at.as_str(), message, help);
        }
        inputs.push(Input { name: name.clone(), given });
    }
    inputs
}

/// The inputs that are ids of things, and the kinds of these.
fn consumed(
    workflow: &Value,
    at: &Pointer,
    inputs: &Map<String, Value>,
    faults: &mut Faults<'_>,
) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (at, entry) in items(workflow, at, "x-contract-consumes") {
        let (name, kind) = (text(entry, "name"), text(entry, "resource"));
        if text(entry, "in") != "inputs" || kind.is_empty() {
            let message = "this says of no input which id it is";
            let help = "write it like `{resource: dataset, in: inputs, name: dataset_id}`";
            faults.add(at.as_str(), message, help);
        } else if !inputs.contains_key(name) {
            let known = inputs.keys().map(String::as_str);
            let message = format!("there is no input `{name}`");
            faults.unknown(at.child("name").as_str(), message, name, known, "");
        }
        found.push((name.to_owned(), kind.to_owned()));
    }
    found
}

fn given(
    name: &str,
    form: Option<&str>,
    member: &Value,
    at: &Pointer,
    faults: &mut Faults<'_>,
) -> Given {
    let media_type = text(member, "contentMediaType");
    if !media_type.is_empty() {
        if let Some(file) = files::of_media_type(media_type) {
            return Given::File(file);
        }
        let all = files::all();
        let mut names: Vec<&str> = all.iter().map(|file| file.media_type.as_str()).collect();
        names.dedup();
        let message = format!("no file of the media type `{media_type}` can be made");
        let all = format!("those that can: {}", names.join(", "));
        let at = at.child("contentMediaType");
        faults.unknown(at.as_str(), message, media_type, names, &all);
        return Given::Default(Value::Null);
    }
    match name {
        "user" => Given::User,
        "other-user" => Given::OtherUser,
        _ if Some(name) == form => Given::Form,
        _ if name.starts_with("name") => Given::Name,
        _ => member.get("default").map_or(Given::Nothing, |value| Given::Default(value.clone())),
    }
}

impl Inputs {
    /// Gives each input its value. `ids` holds those of things, by their kinds; `form` is what the app asks
    /// for; `name` makes names that nothing has yet.
    pub fn of(
        inputs: &[Input],
        user: &str,
        ids: &BTreeMap<String, String>,
        form: &Value,
        mut name: impl FnMut() -> String,
    ) -> Self {
        let mut all = Self::default();
        for input in inputs {
            let value = match &input.given {
                Given::User => Value::String(user.to_owned()),
                Given::OtherUser => Value::String(format!("{user}-other")),
                Given::Name => Value::String(name()),
                Given::Default(value) => value.clone(),
                Given::Resource(kind) => match ids.get(kind) {
                    Some(id) => Value::String(id.clone()),
                    None => continue,
                },
                Given::Form => form.clone(),
                Given::Nothing => continue,
                Given::File(file) => {
                    let text = content(file);
                    let ending = file.name.rsplit_once('.').map_or("txt", |(_, ending)| ending);
                    let file = File { name: format!("{}.{ending}", name()), ..file.clone() };
                    all.files.push((text.clone(), file));
                    Value::String(text)
                }
            };
            all.values.insert(input.name.clone(), value);
        }
        all
    }
}

/// A file as JSON can hold it: a text as it is, anything else in base64.
fn content(file: &File) -> String {
    match std::str::from_utf8(&file.bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => STANDARD.encode(&file.bytes),
    }
}
