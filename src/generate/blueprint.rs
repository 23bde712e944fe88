//! From values to drafts: where each value of an operation goes.

use serde_json::{Map, Value};

use super::draft::{Draft, DraftBody, FormPart, ParameterValue, PartContent, Sent};
use super::files::File;
use super::write::text;
use crate::contract::model::Location;

/// What the values of an operation's drafts become.
#[derive(Debug, Clone)]
pub struct Blueprint {
    /// The number of the operation.
    pub operation: usize,
    /// The parameters.
    pub parameters: Vec<(Location, String)>,
    /// The kind of body.
    pub body: BodyKind,
}

/// The kinds of body.
#[derive(Debug, Clone, PartialEq)]
pub enum BodyKind {
    /// None.
    None,
    /// JSON.
    Json,
    /// A form with files: the fields that hold files, and the files that a name stands for.
    Form(Vec<(String, Vec<File>)>),
    /// A form without files.
    Urlencoded,
    /// Anything else, of this media type; the files that a name stands for.
    Raw(String, Vec<File>),
}

impl Blueprint {
    /// The draft with these values, in the order of the parameters.
    #[must_use]
    pub fn draft(&self, values: Vec<Option<Value>>, body: Option<Value>) -> Draft {
        let parameters =
            self.parameters.iter().zip(values).filter_map(|((location, name), value)| {
                Some(ParameterValue { location: *location, name: name.clone(), value: value? })
            });
        let parameters = parameters.collect();
        let body = body.map_or(DraftBody::None, |value| self.body.made_of(value));
        Draft { operation: self.operation, parameters, body, sent: Sent::AsIs }
    }
}

impl BodyKind {
    /// The body that a value stands for.
    #[must_use]
    pub fn made_of(&self, value: Value) -> DraftBody {
        match self {
            Self::None => DraftBody::None,
            Self::Json => DraftBody::Json(value),
            Self::Form(_) => {
                let Value::Object(fields) = value else { return DraftBody::Form(Vec::new()) };
                let parts = fields.into_iter().flat_map(|(name, value)| self.parts(&name, value));
                DraftBody::Form(parts.collect())
            }
            Self::Urlencoded => match value {
                Value::Object(fields) => DraftBody::Urlencoded(fields),
                _ => DraftBody::Urlencoded(Map::new()),
            },
            Self::Raw(media_type, files) => {
                let file = files.iter().find(|file| value == file.name.as_str());
                let bytes = file.map_or_else(|| text(&value).into_bytes(), |f| f.bytes.to_vec());
                DraftBody::Raw { media_type: Some(media_type.clone()), bytes }
            }
        }
    }

    /// The parts for a field of a form: one, or one for each of several files.
    fn parts(&self, name: &str, value: Value) -> Vec<FormPart> {
        let part = |content| FormPart { name: name.to_owned(), content };
        let Self::Form(files) = self else { return Vec::new() };
        let Some((_, files)) = files.iter().find(|(field, _)| field == name) else {
            return vec![part(PartContent::Value(value))];
        };
        let content = |value: &Value| {
            let file = files.iter().find(|file| *value == file.name.as_str());
            file.map_or_else(|| PartContent::Value(value.clone()), |f| PartContent::File(f.clone()))
        };
        match &value {
            Value::Array(items) => items.iter().map(|item| part(content(item))).collect(),
            value => vec![part(content(value))],
        }
    }

    /// The value that stands for a body; files go by their names.
    #[must_use]
    pub fn value_of(&self, body: &DraftBody) -> Option<Value> {
        match body {
            DraftBody::Json(value) => Some(value.clone()),
            DraftBody::Urlencoded(fields) => Some(Value::Object(fields.clone())),
            DraftBody::Form(parts) => {
                let mut fields: Map<String, Value> = Map::new();
                for part in parts {
                    let value = match &part.content {
                        PartContent::Value(value) => value.clone(),
                        PartContent::File(file) => file.name.clone().into(),
                    };
                    match fields.get_mut(&part.name) {
                        Some(Value::Array(items)) => items.push(value),
                        Some(first) => *first = Value::Array(vec![first.take(), value]),
                        None => {
                            fields.insert(part.name.clone(), value);
                        }
                    }
                }
                Some(Value::Object(fields))
            }
            DraftBody::Raw { bytes, .. } => {
                let Self::Raw(_, files) = self else { return None };
                let file = files.iter().find(|file| *file.bytes == **bytes);
                let text = || String::from_utf8_lossy(bytes).into_owned();
                Some(file.map_or_else(text, |file| file.name.clone()).into())
            }
            DraftBody::None => None,
        }
    }

    /// The body that a changed value stands for. What is unchanged of a form keeps its content.
    #[must_use]
    pub fn changed(&self, body: &DraftBody, old: &Value, new: Value) -> DraftBody {
        let (DraftBody::Form(parts), Value::Object(fields)) = (body, &new) else {
            return self.made_of(new);
        };
        let mut made = Vec::new();
        for (name, value) in fields {
            if old.get(name) == Some(value) {
                made.extend(parts.iter().filter(|part| part.name == *name).cloned());
            } else {
                made.extend(self.parts(name, value.clone()));
            }
        }
        DraftBody::Form(made)
    }
}
