//! What a `discriminator` means, in JSON Schema: for each value of the property, the schema it names.
//!
//! | where it stands | what it becomes |
//! |---|---|
//! | beside `oneOf` or `anyOf` whose branches are references | a choice in `allOf`, in place of the branches, so that a failure is told in terms of the branch that was meant |
//! | in a base without them, which others extend by `allOf` | a choice under [`DISPATCH`], to which references to the base are led |
//!
//! A value names a schema by the `mapping`, or by the schema's own name among the components. The
//! latter authors rarely mean: they send another value. So where not all branches are mapped, any
//! other value has to fit some branch; and where nothing that extends a base is mapped, other values
//! are but the base.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use crate::document::Pointer;

/// The member that marks a choice, and under which the choice of a base stands.
pub const DISPATCH: &str = "x-contract-dispatch";

/// A value of a discriminator, and the reference to the schema that it names.
type Case = (String, String);

/// The schemas that have a discriminator, but no branches, by the references to them: what refers to
/// one of them means the schema that the discriminator names.
#[derive(Debug, Default)]
pub struct Bases(HashMap<String, Base>);

/// What the discriminator of a base chooses from.
#[derive(Debug, Default)]
struct Base {
    cases: Vec<Case>,
    /// Whether other values are allowed.
    open: bool,
}

impl Bases {
    /// Looks for the bases of a document.
    #[must_use]
    pub fn new(document: &Value) -> Self {
        let mut bases = HashMap::new();
        find(document, &mut Pointer::default(), &mut bases);
        let extensions = extensions(document);
        for (reference, base) in &mut bases {
            for (name, extension) in extending(reference, &extensions) {
                let known = base.cases.iter().any(|(value, to)| *value == name || *to == extension);
                if !known {
                    base.cases.push((name, extension));
                }
            }
        }
        bases.retain(|_, base| !base.cases.is_empty());
        Self(bases)
    }

    /// Where a reference leads: to the choice, if it refers to a base.
    #[must_use]
    pub fn lead(&self, reference: &str) -> Option<String> {
        self.0.contains_key(reference).then(|| format!("{reference}/{DISPATCH}"))
    }

    /// The choice of the base at a pointer.
    #[must_use]
    pub fn choice(&self, at: &Pointer, schema: &Map<String, Value>) -> Option<Value> {
        let reference = format!("#{at}");
        let base = self.0.get(&reference)?;
        let mut choice = choice(property(schema)?, &base.cases, false);
        if base.open
            && let Some(members) = choice.as_object_mut()
        {
            members.retain(|name, _| matches!(name.as_str(), "allOf" | DISPATCH));
            members.insert("$ref".to_owned(), reference.into());
        }
        Some(choice)
    }
}

/// Whether a schema is a base whose discriminator names the schemas that are meant.
#[must_use]
pub fn is_base(schema: &Value) -> bool {
    let has = |name: &str| schema.get(name).is_some();
    schema.as_object().and_then(property).is_some() && !has("oneOf") && !has("anyOf")
}

fn property(schema: &Map<String, Value>) -> Option<&str> {
    schema.get("discriminator")?.get("propertyName")?.as_str()
}

/// Collects the bases of a part of the document, with what their `mapping` says.
fn find(value: &Value, at: &mut Pointer, bases: &mut HashMap<String, Base>) {
    let len = at.len();
    match value {
        Value::Object(members) => {
            if is_base(value) {
                let cases = mapping(members);
                let open = cases.is_empty();
                bases.insert(format!("#{at}"), Base { cases, open });
            }
            for (name, member) in members {
                if member.is_object() || member.is_array() {
                    at.push(name);
                    find(member, at, bases);
                    at.truncate(len);
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                at.push_index(index);
                find(item, at, bases);
                at.truncate(len);
            }
        }
        _ => {}
    }
}

fn mapping(schema: &Map<String, Value>) -> Vec<Case> {
    let mapping = schema.get("discriminator").and_then(|d| d.get("mapping"));
    let mapping = mapping.and_then(Value::as_object).into_iter().flatten();
    mapping
        .filter_map(|(value, target)| Some((value.clone(), component(target.as_str()?))))
        .collect()
}

/// The reference for the target of a mapping, which may be a bare name.
fn component(target: &str) -> String {
    if target.contains('#') {
        target.to_owned()
    } else {
        format!("#{}", Pointer::default().join(&["components", "schemas", target]))
    }
}

/// For each schema that others extend by `allOf`, the names of the components that do.
fn extensions(document: &Value) -> HashMap<&str, Vec<&String>> {
    let schemas = Pointer::find(document, "/components/schemas").and_then(Value::as_object);
    let mut extensions: HashMap<&str, Vec<&String>> = HashMap::new();
    for (name, schema) in schemas.into_iter().flatten() {
        let parts = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
        for base in parts.filter_map(|part| part.get("$ref")?.as_str()) {
            extensions.entry(base).or_default().push(name);
        }
    }
    extensions
}

/// The components that extend a base, directly or not: their names and the references to them.
fn extending(base: &str, extensions: &HashMap<&str, Vec<&String>>) -> Vec<Case> {
    let mut found: Vec<Case> = Vec::new();
    let mut open = vec![base.to_owned()];
    while let Some(base) = open.pop() {
        for name in extensions.get(base.as_str()).into_iter().flatten() {
            let reference = component(name);
            if !found.iter().any(|(_, known)| *known == reference) {
                found.push(((*name).clone(), reference.clone()));
                open.push(reference);
            }
        }
    }
    found
}

/// The choice of a discriminator beside `oneOf` or `anyOf`, and the keyword whose branches it
/// replaces; `None` if there is none, or if the mapping does not name every branch.
#[must_use]
pub fn beside_branches(schema: &Map<String, Value>) -> Option<(&'static str, Value)> {
    let property = property(schema)?;
    let keyword = ["oneOf", "anyOf"].into_iter().find(|keyword| schema.contains_key(*keyword))?;
    let mut cases = mapping(schema);
    let branches = schema.get(keyword)?.as_array()?;
    let (mut null, mut guessed) = (false, false);
    for branch in branches {
        if is_null(branch) {
            null = true;
            continue;
        }
        let reference = branch.get("$ref")?.as_str()?;
        // The name of a component is its implicit value.
        if !cases.iter().any(|(_, target)| target == reference) {
            let (_, name) = Pointer::split_last(reference)?;
            cases.push((name.into_owned(), reference.to_owned()));
            guessed = true;
        }
    }
    if cases.is_empty() {
        return None;
    }
    let mut choice = choice(property, &cases, null);
    if guessed {
        // Authors who write no mapping often send other values than the names of components. Such a
        // value only has to fit some branch.
        let names = choice["properties"][property].take();
        choice["allOf"].as_array_mut()?.push(json!({
            "if": { "type": "object", "properties": { property: names } },
            "else": { "anyOf": branches },
            DISPATCH: true,
        }));
        choice["properties"][property] = json!({});
    }
    Some((keyword, choice))
}

/// Whether a branch allows null and nothing else, as OpenAPI 3.1 writes it.
fn is_null(branch: &Value) -> bool {
    branch.as_object().is_some_and(|b| b.len() == 1 && b.get("type").is_some_and(|t| t == "null"))
}

fn choice(property: &str, cases: &[Case], null: bool) -> Value {
    let names: Vec<&str> = cases.iter().map(|(value, _)| value.as_str()).collect();
    let branches: Vec<Value> = cases
        .iter()
        .map(|(value, target)| {
            json!({
                "if": {
                    "type": "object",
                    "properties": { property: { "const": value } },
                    "required": [property],
                },
                "then": { "$ref": target },
                DISPATCH: true,
            })
        })
        .collect();
    json!({
        "type": if null { json!(["object", "null"]) } else { json!("object") },
        "required": [property],
        "properties": { property: { "enum": names } },
        "allOf": branches,
        DISPATCH: true,
    })
}

/// Whether a schema is a choice, or a case of one.
#[must_use]
pub fn is_choice(schema: &Map<String, Value>) -> bool {
    schema.get(DISPATCH) == Some(&Value::Bool(true))
}

/// The pointer in the source to what a pointer in the rewritten document leads to: a choice stands
/// for the `discriminator`.
#[must_use]
pub fn source(document: &Value, pointer: String) -> String {
    let mut value = document;
    let mut way = Pointer::default();
    // The schema that has the discriminator: above the choice, and above the `allOf` it stands in.
    let mut holder = Pointer::default();
    for token in Pointer::tokens(&pointer) {
        let next = match value {
            Value::Array(items) => token.parse::<usize>().ok().and_then(|index| items.get(index)),
            value => value.get(&*token),
        };
        let Some(next) = next else { break };
        let choice = next.as_object().is_some_and(is_choice);
        if choice || token == DISPATCH {
            let holder = if token == DISPATCH { way } else { holder };
            return holder.child("discriminator").into_string();
        }
        if value.is_object() {
            holder.clone_from(&way);
        }
        way.push(&token);
        value = next;
    }
    pointer
}
