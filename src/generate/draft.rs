//! A request before it knows host and key.

use serde_json::{Map, Value};

use super::edit;
use super::files::File;
use super::scope::tokens;
use super::spot::Spot;
use super::write;
use crate::contract::Contract;
use crate::contract::model::Location;
use crate::exchange::Request;

/// A request of an operation, its values not yet written out.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// The number of the operation in [`Contract::operations`].
    pub operation: usize,
    /// The values of parameters, those of the path included; at most one for a name and location.
    pub parameters: Vec<ParameterValue>,
    /// The body.
    pub body: DraftBody,
    /// What is done to the body on the way out.
    pub sent: Sent,
}

/// The value of a parameter. A text is sent as it is, whatever the schema says.
#[derive(Debug, Clone, PartialEq)]
pub struct ParameterValue {
    /// Where it is sent.
    pub location: Location,
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: Value,
}

/// The body of a draft.
#[derive(Debug, Clone, PartialEq)]
pub enum DraftBody {
    /// None.
    None,
    /// A JSON value.
    Json(Value),
    /// A form with files (`multipart/form-data`).
    Form(Vec<FormPart>),
    /// A form without files (`application/x-www-form-urlencoded`).
    Urlencoded(Map<String, Value>),
    /// Anything else.
    Raw {
        /// The media type; none: no `Content-Type` is sent.
        media_type: Option<String>,
        /// The bytes.
        bytes: Vec<u8>,
    },
}

/// A part of a form.
#[derive(Debug, Clone, PartialEq)]
pub struct FormPart {
    /// The name of the field.
    pub name: String,
    /// Its content.
    pub content: PartContent,
}

/// What a part of a form holds.
#[derive(Debug, Clone, PartialEq)]
pub enum PartContent {
    /// A value: a text as it is, anything else as JSON.
    Value(Value),
    /// A file.
    File(File),
}

/// What is done to a body on the way out. The draft's values stay, so that places can be filled.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Sent {
    /// Nothing.
    #[default]
    AsIs,
    /// It is cut in the middle.
    Cut,
    /// It is left out, the `Content-Type` is not.
    Empty,
    /// No `Content-Type` is sent.
    Untyped,
    /// Another `Content-Type` is sent.
    Mislabelled(String),
}

impl Draft {
    /// Puts a value at a place, in the place of what is there. Tells whether it could: a place in
    /// a text, or in a body that is not there, cannot be filled.
    pub fn set(&mut self, spot: &Spot, value: Value) -> bool {
        match spot {
            Spot::Parameter { location, name, pointer } => {
                let (location, path) = (*location, tokens(pointer));
                let known = |p: &&mut ParameterValue| p.location == location && p.name == *name;
                match self.parameters.iter_mut().find(known) {
                    Some(known) => edit::set(&mut known.value, &path, value),
                    None if path.is_empty() => {
                        self.parameters.push(ParameterValue {
                            location,
                            name: name.clone(),
                            value,
                        });
                        true
                    }
                    None => false,
                }
            }
            Spot::Body(pointer) => self.body.set(&tokens(pointer), value),
        }
    }

    /// Takes away what is at a place; tells whether something was.
    pub fn remove(&mut self, spot: &Spot) -> bool {
        match spot {
            Spot::Parameter { location, name, pointer } => {
                let at =
                    self.parameters.iter().position(|p| p.location == *location && p.name == *name);
                let Some(at) = at else { return false };
                if pointer.is_empty() {
                    self.parameters.remove(at);
                    return true;
                }
                edit::remove(&mut self.parameters[at].value, &tokens(pointer))
            }
            Spot::Body(pointer) => self.body.remove(&tokens(pointer)),
        }
    }

    /// What is at a place, where that is a value: files are none.
    #[must_use]
    pub fn get(&self, spot: &Spot) -> Option<&Value> {
        match spot {
            Spot::Parameter { location, name, pointer } => {
                let value = self.parameter(*location, name)?;
                edit::get(value, &tokens(pointer))
            }
            Spot::Body(pointer) => self.body.get(&tokens(pointer)),
        }
    }

    /// The value of a parameter.
    #[must_use]
    pub fn parameter(&self, location: Location, name: &str) -> Option<&Value> {
        let mut all = self.parameters.iter();
        all.find(|p| p.location == location && p.name == name).map(|p| &p.value)
    }

    /// Puts a file in a field of a form, in the place of what is there; tells whether the body is
    /// such a form.
    pub fn set_file(&mut self, field: &str, file: File) -> bool {
        let DraftBody::Form(parts) = &mut self.body else { return false };
        let content = PartContent::File(file);
        match parts.iter_mut().find(|part| part.name == field) {
            Some(part) => part.content = content,
            None => parts.push(FormPart { name: field.to_owned(), content }),
        }
        true
    }

    /// The request at a base URL, which ends before the path of the operation. It has no key, and
    /// no headers but those of parameters and the `Content-Type`.
    ///
    /// A draft of an operation that the contract does not have is a request to the base URL itself.
    #[must_use]
    pub fn request(&self, contract: &Contract, base_url: &str) -> Request {
        write::request(self, contract, base_url)
    }
}

impl DraftBody {
    fn get(&self, path: &[String]) -> Option<&Value> {
        match self {
            Self::Json(value) => edit::get(value, path),
            Self::Urlencoded(fields) => {
                let (name, rest) = path.split_first()?;
                edit::get(fields.get(name)?, rest)
            }
            Self::Form(parts) => {
                let (name, rest) = path.split_first()?;
                parts.iter().find(|part| part.name == *name).and_then(|part| match &part.content {
                    PartContent::Value(value) => edit::get(value, rest),
                    PartContent::File(_) => None,
                })
            }
            Self::None | Self::Raw { .. } => None,
        }
    }

    fn set(&mut self, path: &[String], value: Value) -> bool {
        match self {
            Self::Json(own) => edit::set(own, path, value),
            Self::Urlencoded(fields) => {
                let Some((name, rest)) = path.split_first() else { return false };
                let next = if rest.is_empty() { Value::Null } else { Value::Object(Map::new()) };
                edit::set(fields.entry(name).or_insert(next), rest, value)
            }
            Self::Form(parts) => {
                let Some((name, rest)) = path.split_first() else { return false };
                let found = parts.iter_mut().find(|part| part.name == *name);
                match found.map(|part| &mut part.content) {
                    Some(PartContent::Value(own)) => edit::set(own, rest, value),
                    Some(content) if rest.is_empty() => {
                        *content = PartContent::Value(value);
                        true
                    }
                    Some(PartContent::File(_)) => false,
                    None => {
                        let mut own = Value::Object(Map::new());
                        let could = edit::set(&mut own, rest, value);
                        let content = PartContent::Value(own);
                        parts.push(FormPart { name: name.clone(), content });
                        could
                    }
                }
            }
            Self::None | Self::Raw { .. } => false,
        }
    }

    fn remove(&mut self, path: &[String]) -> bool {
        match self {
            Self::Json(value) => edit::remove(value, path),
            Self::Urlencoded(fields) => {
                let Some((name, rest)) = path.split_first() else { return false };
                if rest.is_empty() {
                    return fields.shift_remove(name).is_some();
                }
                fields.get_mut(name).is_some_and(|value| edit::remove(value, rest))
            }
            Self::Form(parts) => {
                let Some((name, rest)) = path.split_first() else { return false };
                let before = parts.len();
                if rest.is_empty() {
                    parts.retain(|part| part.name != *name);
                    return parts.len() < before;
                }
                let found = parts.iter_mut().find(|part| part.name == *name);
                match found.map(|part| &mut part.content) {
                    Some(PartContent::Value(value)) => edit::remove(value, rest),
                    _ => false,
                }
            }
            Self::None | Self::Raw { .. } => false,
        }
    }
}
