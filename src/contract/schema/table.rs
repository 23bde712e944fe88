//! All schemas that operations use, each compiled when it is first needed, and only then.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use jsonschema::{Registry, Validator};
use serde_json::{Value, json};

use super::compare::Side;
use super::declared::Declared;
use super::normal::Normal;
use super::{discriminator, formats, sides};
use crate::document::Pointer;

/// A schema in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SchemaId(usize);

/// The schemas of a contract.
#[derive(Debug, Default)]
pub struct Schemas {
    ids: HashMap<(usize, String), SchemaId>,
    entries: Vec<Entry>,
    /// The documents, their schemas rewritten to JSON Schema 2020-12 where they stand.
    documents: Vec<Value>,
    registry: OnceLock<Result<Registry<'static>, String>>,
    /// The same as a request, and as an answer, has to obey them, where that makes a difference.
    sided: [OnceLock<Option<Sided>>; 2],
}

/// The documents without what is required of the other side only.
#[derive(Debug)]
struct Sided(Result<Registry<'static>, String>);

#[derive(Debug)]
struct Entry {
    document: usize,
    pointer: String,
    compiled: OnceLock<Compiled>,
    sided: [OnceLock<Result<Arc<Validator>, String>>; 2],
}

/// A schema, ready to judge values.
#[derive(Debug)]
pub struct Compiled {
    /// The validator, or why there is none.
    pub validator: Result<Arc<Validator>, String>,
    /// What the schema declares, for what is not declared.
    pub declared: Declared,
}

impl Schemas {
    /// Notes down the schema at a pointer of a document, behind any references.
    pub fn add(&mut self, document: usize, value: &Value, pointer: &Pointer) -> SchemaId {
        let pointer = behind_references(value, pointer.as_str());
        if let Some(&id) = self.ids.get(&(document, pointer.clone())) {
            return id;
        }
        let id = SchemaId(self.entries.len());
        self.ids.insert((document, pointer.clone()), id);
        self.entries.push(Entry {
            document,
            pointer,
            compiled: OnceLock::new(),
            sided: Default::default(),
        });
        id
    }

    /// Gives the table the rewritten documents, in the order of their numbers, when all schemas are
    /// noted. Tells what makes no sense in their schemas and is left out: the document's number, the
    /// place, and why.
    pub fn finish(&mut self, documents: Vec<Normal>) -> Vec<(usize, Pointer, String)> {
        let mut left_out = Vec::new();
        for (number, normal) in documents.into_iter().enumerate() {
            let found = normal.left_out.into_iter();
            left_out.extend(found.map(|(at, message)| (number, at, message)));
            self.documents.push(normal.value);
        }
        left_out
    }

    /// The number of schemas.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// All schemas.
    pub fn all(&self) -> impl Iterator<Item = SchemaId> + use<> {
        (0..self.entries.len()).map(SchemaId)
    }

    /// The document and pointer of a schema.
    #[must_use]
    pub fn place(&self, id: SchemaId) -> (usize, &str) {
        let entry = &self.entries[id.0];
        (entry.document, &entry.pointer)
    }

    /// The rewritten document with the given number.
    #[must_use]
    pub fn document(&self, number: usize) -> &Value {
        self.documents.get(number).unwrap_or(&Value::Null)
    }

    /// The rewritten schema.
    #[must_use]
    pub fn normal(&self, id: SchemaId) -> &Value {
        let (document, pointer) = self.place(id);
        Pointer::find(self.document(document), pointer).unwrap_or(&Value::Bool(true))
    }

    /// The compiled schema; the first call compiles it.
    pub fn get(&self, id: SchemaId) -> &Compiled {
        let entry = &self.entries[id.0];
        entry.compiled.get_or_init(|| {
            let declared = Declared::new(self.document(entry.document), &entry.pointer);
            let validator = if declared.too_deep {
                Err("its schemas are parts of each other, too many levels deep".to_owned())
            } else {
                self.compile(entry.document, &entry.pointer).map(Arc::new)
            };
            Compiled { validator, declared }
        })
    }

    /// The validator for values of one side; the first call compiles it.
    ///
    /// # Errors
    ///
    /// Why the schema does not compile.
    pub fn validator(&self, id: SchemaId, side: Side) -> Result<&Validator, &str> {
        self.shared_validator(id, side).map(AsRef::as_ref)
    }

    /// As [`Schemas::validator`], to be kept.
    pub(super) fn shared_validator(
        &self,
        id: SchemaId,
        side: Side,
    ) -> Result<&Arc<Validator>, &str> {
        let number = match side {
            Side::Request => 0,
            Side::Response => 1,
        };
        let entry = &self.entries[id.0];
        let validator = match self.sided[number].get_or_init(|| self.sided(side)) {
            None => &self.get(id).validator,
            Some(_) if self.get(id).declared.too_deep => &self.get(id).validator,
            Some(Sided(registry)) => entry.sided[number]
                .get_or_init(|| compile(registry, entry.document, &entry.pointer).map(Arc::new)),
        };
        validator.as_ref().map_err(String::as_str)
    }

    fn sided(&self, side: Side) -> Option<Sided> {
        let documents: Vec<_> = self.documents.iter().map(|d| sides::of(d, side)).collect();
        documents.iter().any(Option::is_some).then(|| {
            let documents = documents.into_iter().zip(&self.documents);
            Sided(register(documents.map(|(sided, both)| sided.unwrap_or_else(|| both.clone()))))
        })
    }

    /// Compiles the schema at a pointer of a document, for both sides.
    ///
    /// # Errors
    ///
    /// Why it does not compile: a pattern that is no regular expression, a keyword of a wrong type.
    pub fn compile(&self, document: usize, pointer: &str) -> Result<Validator, String> {
        let registry = self.registry.get_or_init(|| register(self.documents.iter().cloned()));
        compile(registry, document, pointer)
    }
}

fn compile(
    registry: &Result<Registry<'static>, String>,
    document: usize,
    pointer: &str,
) -> Result<Validator, String> {
    let registry = registry.as_ref().map_err(Clone::clone)?;
    let schema = json!({ "$ref": format!("{}#{}", uri(document), fragment(pointer)) });
    formats::options()
        .with_registry(registry)
        .build(&schema)
        .map_err(|error| format!("{error} (at {})", error.schema_path()))
}

fn register(documents: impl Iterator<Item = Value>) -> Result<Registry<'static>, String> {
    let mut builder = Registry::new().draft(jsonschema::Draft::Draft202012);
    for (number, document) in documents.enumerate() {
        builder = builder.add(uri(number), document).map_err(|e| e.to_string())?;
    }
    builder.prepare().map_err(|error| error.to_string())
}

/// The URI under which a document's schemas refer to each other.
fn uri(document: usize) -> String {
    format!("contract:/{document}")
}

/// A pointer as the fragment of a URI.
fn fragment(pointer: &str) -> String {
    use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
    const FRAGMENT: &AsciiSet = &CONTROLS
        .add(b' ')
        .add(b'"')
        .add(b'#')
        .add(b'%')
        .add(b'<')
        .add(b'>')
        .add(b'[')
        .add(b'\\')
        .add(b']')
        .add(b'^')
        .add(b'`')
        .add(b'{')
        .add(b'|')
        .add(b'}');
    utf8_percent_encode(pointer, FRAGMENT).to_string()
}

/// The document number and the pointer in an absolute keyword location, `contract:/0#/…`.
pub fn keyword_place(location: &str) -> Option<(usize, String)> {
    let (document, fragment) = location.strip_prefix("contract:/")?.split_once('#')?;
    let pointer = percent_encoding::percent_decode_str(fragment).decode_utf8_lossy();
    Some((document.parse().ok()?, pointer.into_owned()))
}

/// References longer than this in a row lead in a circle.
const MAX_HOPS: usize = 10_000;

/// Follows references as long as a schema is nothing but one. A reference to a base with a
/// discriminator means more than the base, and stays.
fn behind_references(value: &Value, pointer: &str) -> String {
    let mut at = pointer.to_owned();
    for _ in 0..MAX_HOPS {
        let Some(Value::Object(members)) = Pointer::find(value, &at) else { break };
        let Some(target) = members.get("$ref").and_then(Value::as_str) else { break };
        if members.len() > 1 {
            break;
        }
        let Some(target) = target.strip_prefix('#') else { break };
        if Pointer::find(value, target).is_some_and(discriminator::is_base) {
            break;
        }
        target.clone_into(&mut at);
    }
    at
}
