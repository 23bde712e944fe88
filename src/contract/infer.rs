//! Ids of documents that nobody has described them for: which operation makes or lists things, and which
//! needs their ids, as paths and schemas tell.
//!
//! Where `/things` and `/things/{thing_id}` are documented, the second takes the ids of what the first
//! makes (`POST`) or lists (`GET`), if the documented answer shows an id. What was inferred is put where
//! the overlay's words would be (`x-contract-consumes`, `x-contract-produces`, `x-contract-safety`,
//! `x-contract-names`), so that nothing else has to know; a document in which one of the first three
//! stands is left as it is.

use std::collections::BTreeMap;

use serde_json::Value;

use super::model::{Location, Operation};
use super::schema::Schemas;
use crate::document::Pointer;

/// Members of what is sent that may have to be different from those of all other things.
const NAMES: [&str; 2] = ["name", "title"];

/// Every new name has room in so many characters.
const ROOM: u64 = 32;

/// Members that hold the thing itself in an answer, or the list of them.
const ENVELOPES: [&str; 3] = ["data", "result", "item"];
const LISTS: [&str; 4] = ["data", "items", "results", "entries"];

/// References and parts deeper than this lead in a circle.
const MAX_DEPTH: usize = 16;

/// Where things of a kind are: `/things`, and below it `/things/{thing_id}`.
#[derive(Debug, Default)]
struct Collection {
    /// The last word of its path.
    word: String,
    /// How the id is called in the path.
    id: String,
    /// The operation that makes things, and the pointer to the id in its answer.
    makes: Option<(usize, String)>,
    /// The operation that lists them, and the pointer to the ids in its answer.
    lists: Option<(usize, String)>,
    /// Where names stand in what is sent to make one.
    names: Vec<String>,
    /// The operation that removes one.
    undo: Option<String>,
}

impl Collection {
    /// Whether an id can be had.
    fn tells(&self) -> bool {
        self.makes.is_some() || self.lists.is_some()
    }
}

/// Fills in what can be inferred of the operations of all documents that say nothing of ids themselves.
pub fn fill(operations: &mut [Operation], schemas: &Schemas) {
    let mut documents: Vec<usize> = operations.iter().map(|o| o.at.document).collect();
    documents.dedup();
    for document in documents {
        let own = |operation: &&Operation| operation.at.document == document;
        let silent = operations.iter().filter(own).all(|operation| {
            let traits = &operation.traits;
            traits.consumes.is_empty() && traits.produces.is_empty() && traits.safety.is_none()
        });
        if silent {
            let collections = collections(operations, document, schemas);
            note(operations, document, &collections);
        }
    }
}

/// The collections of a document that tell ids, by their paths without names of parameters.
fn collections(
    operations: &[Operation],
    document: usize,
    schemas: &Schemas,
) -> BTreeMap<String, Collection> {
    let mut found: BTreeMap<String, Collection> = BTreeMap::new();
    for operation in operations.iter().filter(|o| o.at.document == document) {
        let Some((parent, last)) = operation.path.rsplit_once('/') else { continue };
        let word = parent.rsplit('/').next().unwrap_or_default();
        let (Some(id), true) = (parameter(last), !word.is_empty() && !word.contains('{')) else {
            continue;
        };
        let collection = found.entry(nameless(parent)).or_default();
        if collection.id.is_empty() {
            (collection.word, collection.id) = (word.to_owned(), id.to_owned());
        }
        if operation.method == "DELETE" {
            collection.undo = Some(operation.id.clone());
        }
    }
    for (number, operation) in operations.iter().enumerate() {
        let key = nameless(&operation.path);
        let Some(collection) = found.get_mut(&key).filter(|_| operation.at.document == document)
        else {
            continue;
        };
        match operation.method.as_str() {
            "POST" => {
                let pointer = answer(operation, schemas, |shown| made(collection, shown));
                collection.makes = pointer.map(|pointer| (number, pointer));
                collection.names = names(operation, schemas);
            }
            "GET" => {
                let pointer = answer(operation, schemas, |shown| listed(collection, shown));
                collection.lists = pointer.map(|pointer| (number, pointer));
            }
            _ => {}
        }
    }
    found.retain(|_, collection| collection.tells());
    found
}

/// Writes down what was found where the overlay's words would be.
fn note(operations: &mut [Operation], document: usize, collections: &BTreeMap<String, Collection>) {
    let kind = |path: &str, collection: &Collection| {
        let same = collections.values().filter(|other| other.word == collection.word).count();
        // Of two kinds of the same name, the path tells which is meant.
        if same == 1 { collection.word.clone() } else { path.to_owned() }
    };
    for operation in operations.iter_mut().filter(|o| o.at.document == document) {
        for (at, _) in operation.path.match_indices('/').skip(1) {
            let (parent, rest) = operation.path.split_at(at);
            let name = rest.trim_start_matches('/').split('/').next().and_then(parameter);
            let (Some(name), Some((path, collection))) =
                (name, collections.get_key_value(&nameless(parent)))
            else {
                continue;
            };
            let declared =
                |p: &super::model::Parameter| p.location == Location::Path && p.name == name;
            if !operation.parameters.iter().any(declared) {
                continue;
            }
            let mut entry =
                table(&[("resource", &kind(path, collection)), ("in", "path"), ("name", name)]);
            // To remove what is not there, or to put it there, may well succeed.
            let refuses = operation.method == "GET"
                && operation.responses.iter().any(|r| {
                    use super::model::Statuses;
                    matches!(r.statuses, Statuses::Code(404) | Statuses::Range(4))
                });
            if !refuses {
                entry.insert("lenient".to_owned(), "yes".to_owned());
            }
            operation.traits.consumes.push(entry);
        }
    }
    let removed: Vec<String> = { collections.iter() }
        .filter(|(_, collection)| collection.undo.is_some())
        .map(|(path, collection)| kind(path, collection))
        .collect();
    for (path, collection) in collections {
        let kind = kind(path, collection);
        let told = [(&collection.makes, "create"), (&collection.lists, "read")];
        for (telling, safety) in told {
            let Some((number, pointer)) = telling else { continue };
            let Some(operation) = operations.get_mut(*number) else { continue };
            let mut entry = table(&[("resource", &kind), ("in", "body"), ("pointer", pointer)]);
            if safety == "create" {
                operation.traits.names.clone_from(&collection.names);
                entry.extend(collection.undo.iter().map(|undo| ("undo".to_owned(), undo.clone())));
            }
            operation.traits.produces.push(entry);
            operation.traits.safety = Some(safety.to_owned());
        }
    }
    // What any other POST makes (RFC 9110, section 9.3.3) is gone only with a thing that it is about.
    for operation in operations.iter_mut().filter(|o| o.at.document == document) {
        let of = |entry: &BTreeMap<String, String>| entry.get("resource").cloned();
        let goes = operation.traits.consumes.iter().filter_map(of).any(|r| removed.contains(&r));
        if operation.method == "POST" && operation.traits.safety.is_none() && !goes {
            operation.traits.safety = Some("create".to_owned());
        }
    }
}

fn table(members: &[(&str, &str)]) -> BTreeMap<String, String> {
    members.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// The name of the parameter that a segment of a path is.
fn parameter(segment: &str) -> Option<&str> {
    let name = segment.strip_prefix('{')?.strip_suffix('}')?;
    (!name.is_empty() && !name.contains(['{', '}'])).then_some(name)
}

/// A path whose parameters have no names: documents call them differently from path to path.
fn nameless(path: &str) -> String {
    let segments = path.split('/').map(|s| if parameter(s).is_some() { "{}" } else { s });
    segments.collect::<Vec<_>>().join("/")
}

/// What is found in the schema of the answer to a success.
fn answer(
    operation: &Operation,
    schemas: &Schemas,
    find: impl Fn(Shown<'_>) -> Option<String>,
) -> Option<String> {
    let success = [201, 200].into_iter().filter_map(|status| operation.response(status));
    let contents = success.flat_map(|response| &response.content);
    let json = contents.filter(|c| c.name == "application/json" || c.name.ends_with("+json"));
    let mut found = json.filter_map(|content| {
        let schema = content.schema?;
        let document = schemas.document(schemas.place(schema).0);
        find(Shown { document, schema: schemas.normal(schema), depth: 0 })
    });
    found.next()
}

/// Where names stand in what is sent.
fn names(operation: &Operation, schemas: &Schemas) -> Vec<String> {
    let mut contents = operation.request_body.iter().flat_map(|body| &body.content);
    let schema = contents.find_map(|content| content.schema);
    let Some(schema) = schema else { return Vec::new() };
    let document = schemas.document(schemas.place(schema).0);
    let shown = Shown { document, schema: schemas.normal(schema), depth: 0 };
    let is_name = |name: &&str| shown.member(name).is_some_and(Shown::is_free_text);
    let found = NAMES.into_iter().filter(is_name);
    found.map(|name| Pointer::default().child(name).into_string()).collect()
}

/// The pointer to the id in an answer that shows what was made.
fn made(collection: &Collection, shown: Shown<'_>) -> Option<String> {
    let word = singular(&collection.word);
    let own = id_in(collection, shown);
    let within = || {
        let mut names = ENVELOPES.into_iter().chain([word.as_str()]);
        names.find_map(|name| Some(format!("/{name}{}", id_in(collection, shown.member(name)?)?)))
    };
    own.or_else(within)
}

/// The pointer to the ids in an answer that lists things; `-` stands for any item.
fn listed(collection: &Collection, shown: Shown<'_>) -> Option<String> {
    if let Some(items) = shown.items() {
        return Some(format!("/-{}", id_in(collection, items)?));
    }
    let mut names = LISTS.into_iter().chain([collection.word.as_str()]);
    names.find_map(|name| {
        let items = shown.member(name)?.items()?;
        Some(format!("/{name}/-{}", id_in(collection, items)?))
    })
}

/// The pointer to the id in a thing: the member that is called like the parameter, or plainly `id`.
fn id_in(collection: &Collection, shown: Shown<'_>) -> Option<String> {
    let own = collection.id.as_str();
    let lower = own.to_ascii_lowercase();
    let plain: &[&str] = if lower.ends_with("id") { &["id", "uuid"] } else { &[] };
    let mut names = std::iter::once(own).chain(plain.iter().copied());
    let name = names.find(|name| shown.member(name).is_some_and(Shown::is_id))?;
    Some(Pointer::default().child(name).into_string())
}

/// `books` to `book`, as far as English is regular.
fn singular(word: &str) -> String {
    match word.strip_suffix("ies") {
        Some(stem) => format!("{stem}y"),
        None => word.strip_suffix('s').unwrap_or(word).to_owned(),
    }
}

/// A schema of something that an answer shows.
#[derive(Debug, Clone, Copy)]
struct Shown<'d> {
    document: &'d Value,
    schema: &'d Value,
    depth: usize,
}

impl<'d> Shown<'d> {
    /// What is found in the schema, in what it refers to, or in its parts.
    fn find<T>(self, look: &dyn Fn(&'d Value) -> Option<T>) -> Option<(T, usize)> {
        if self.depth > MAX_DEPTH {
            return None;
        }
        if let Some(found) = look(self.schema) {
            return Some((found, self.depth));
        }
        let deeper = |schema| Shown { schema, depth: self.depth + 1, ..self };
        let target = self.schema.get("$ref").and_then(Value::as_str);
        let target =
            target.and_then(|target| Pointer::find(self.document, target.strip_prefix('#')?));
        let parts = self.schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
        target.into_iter().chain(parts).find_map(|schema| deeper(schema).find(look))
    }

    fn member(self, name: &str) -> Option<Self> {
        let (schema, depth) = self.find(&|schema| schema.get("properties")?.get(name))?;
        Some(Shown { schema, depth, ..self })
    }

    fn items(self) -> Option<Self> {
        let (schema, depth) = self.find(&|schema| schema.get("items"))?;
        Some(Shown { schema, depth, ..self })
    }

    /// Whether it is a text or a whole number.
    fn is_id(self) -> bool {
        self.is_any_of(&["string", "integer"])
    }

    /// Whether it is a text that can be any name.
    fn is_free_text(self) -> bool {
        const BOUNDS: [&str; 4] = ["enum", "const", "pattern", "format"];
        let bound = self.find(&|schema| {
            let short = schema.get("maxLength").and_then(Value::as_u64).is_some_and(|n| n < ROOM);
            let bound = short || BOUNDS.iter().any(|word| schema.get(word).is_some());
            bound.then_some(())
        });
        self.is_any_of(&["string"]) && bound.is_none()
    }

    /// Whether it may be of one of these types.
    fn is_any_of(self, types: &[&str]) -> bool {
        let fits = |name: &Value| name.as_str().is_some_and(|name| types.contains(&name));
        let found = self.find(&|schema| {
            let types = schema.get("type")?;
            Some(fits(types) || types.as_array().is_some_and(|names| names.iter().any(fits)))
        });
        found.is_some_and(|(fits, _)| fits)
    }
}
