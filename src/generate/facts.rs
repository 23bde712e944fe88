//! What a schema asks of a value, its references, parts and branches taken together.
//!
//! A schema is a choice of *alternatives*: for each branch of a `oneOf` or `anyOf`, each case of a
//! discriminator, one. An alternative is free of choices at its own level; its members and items are
//! schemas again. Whoever makes values picks an alternative and obeys its facts. What facts do not
//! tell (`not`, `contains`, conditions that fail), the validator tells afterwards.

use serde_json::{Map, Number, Value};

use super::types::Types;
use crate::contract::schema::DISPATCH;

/// At most this many alternatives of one schema are told apart.
const MAX_ALTERNATIVES: usize = 64;

/// At most this many schemas speak of one value. More are a circle.
const MAX_SPEAKERS: usize = 512;

/// A schema, and the document that its references lead into.
#[derive(Debug, Clone, Copy)]
pub struct Speaker<'d> {
    /// The document.
    pub document: &'d Value,
    /// The schema, rewritten to JSON Schema 2020-12.
    pub schema: &'d Value,
}

impl<'d> Speaker<'d> {
    /// Another schema of the same document.
    #[must_use]
    pub fn beside(self, schema: &'d Value) -> Self {
        Self { document: self.document, schema }
    }

    /// What tells the schema from others: that which it refers to, if it is nothing but a reference.
    #[must_use]
    pub fn identity(self) -> *const Value {
        let mut schema = self.schema;
        for _ in 0..16 {
            let members = schema.as_object().filter(|members| members.len() == 1);
            let reference = members.and_then(|members| members.get("$ref")?.as_str());
            let target = reference.and_then(|r| self.document.pointer(r.trim_start_matches('#')));
            let Some(target) = target else { break };
            schema = target;
        }
        std::ptr::from_ref(schema)
    }
}

/// A bound of a number.
#[derive(Debug, Clone, Copy)]
pub struct Bound<'d> {
    /// The bound as the document writes it.
    pub number: &'d Number,
    /// Its value.
    pub value: f64,
    /// Whether the bound itself is out of bounds.
    pub exclusive: bool,
}

/// A member that an alternative declares or requires, and the schemas that speak of it.
#[derive(Debug, Clone)]
pub struct Member<'d> {
    /// Its name.
    pub name: &'d str,
    /// The schemas; none: any value will do.
    pub speakers: Vec<Speaker<'d>>,
    /// Whether it must be there.
    pub required: bool,
}

/// One alternative.
#[derive(Debug, Clone)]
pub struct Facts<'d> {
    /// What tells it from others: the value of a discriminator, the name of a component, `branch-2`.
    pub labels: Vec<String>,
    /// The types it allows.
    pub types: Types,
    /// The values of `enum` and `const`, if there are such.
    pub choices: Option<Vec<&'d Value>>,
    /// Documented examples.
    pub examples: Vec<&'d Value>,
    /// The documented default.
    pub default: Option<&'d Value>,
    /// The lower bound of a number.
    pub minimum: Option<Bound<'d>>,
    /// The upper bound.
    pub maximum: Option<Bound<'d>>,
    /// What a number is a multiple of.
    pub multiples: Vec<f64>,
    /// The least length of a text in code points.
    pub min_length: u64,
    /// The greatest.
    pub max_length: Option<u64>,
    /// Patterns of a text.
    pub patterns: Vec<&'d str>,
    /// Formats of a text.
    pub formats: Vec<&'d str>,
    /// Whether a text stands for bytes, in a form for a file.
    pub binary: bool,
    /// The least number of items.
    pub min_items: u64,
    /// The greatest.
    pub max_items: Option<u64>,
    /// Whether items are all different.
    pub unique: bool,
    /// Schemas of all items, or of those behind `prefix`.
    pub items: Vec<Speaker<'d>>,
    /// Schemas of the first items, one list for each.
    pub prefix: Vec<Vec<Speaker<'d>>>,
    /// The least number of members.
    pub min_members: u64,
    /// The greatest.
    pub max_members: Option<u64>,
    /// The members, without those that a server alone writes (`readOnly`).
    pub members: Vec<Member<'d>>,
    /// Schemas of members that are not declared.
    pub others: Vec<Speaker<'d>>,
    /// Whether members that are not declared are forbidden.
    pub closed: bool,
    /// Whether members that are not declared are asked for: `additionalProperties` says so, or
    /// nothing is declared.
    pub free: bool,
    /// Schemas of the names of members.
    pub names: Vec<Speaker<'d>>,
    /// Whether a server alone writes it.
    pub read_only: bool,
    objects: Vec<Object<'d>>,
    required: Vec<&'d str>,
    forbidden: Vec<&'d str>,
}

/// What one schema says of members. `additionalProperties` speaks of what the same schema does not
/// declare.
#[derive(Debug, Clone, Copy)]
struct Object<'d> {
    speaker: Speaker<'d>,
    members: &'d Map<String, Value>,
}

impl Default for Facts<'_> {
    fn default() -> Self {
        Self {
            labels: Vec::new(),
            types: Types::ALL,
            choices: None,
            examples: Vec::new(),
            default: None,
            minimum: None,
            maximum: None,
            multiples: Vec::new(),
            min_length: 0,
            max_length: None,
            patterns: Vec::new(),
            formats: Vec::new(),
            binary: false,
            min_items: 0,
            max_items: None,
            unique: false,
            items: Vec::new(),
            prefix: Vec::new(),
            min_members: 0,
            max_members: None,
            members: Vec::new(),
            others: Vec::new(),
            closed: false,
            free: false,
            names: Vec::new(),
            read_only: false,
            objects: Vec::new(),
            required: Vec::new(),
            forbidden: Vec::new(),
        }
    }
}

/// The alternatives of a value of which all these schemas speak, in the document's order; none if
/// they contradict each other.
#[must_use]
pub fn alternatives<'d>(speakers: &[Speaker<'d>]) -> Vec<Facts<'d>> {
    let mut tasks: Vec<Task<'d>> = speakers.iter().rev().map(|s| Task::Schema(*s)).collect();
    tasks.reserve(8);
    let mut found = Vec::new();
    let state = State { facts: Facts::default(), tasks, choices: Vec::new(), seen: Vec::new() };
    state.expand(&mut found);
    found
}

/// What is still to be taken in.
#[derive(Debug, Clone)]
enum Task<'d> {
    Schema(Speaker<'d>),
    /// One of these, each with what tells it from others.
    Branches(Vec<(String, Vec<Speaker<'d>>)>),
}

#[derive(Debug, Clone)]
struct State<'d> {
    facts: Facts<'d>,
    tasks: Vec<Task<'d>>,
    /// Choices, taken when everything that is sure is known.
    choices: Vec<Task<'d>>,
    /// References that were followed.
    seen: Vec<&'d str>,
}

impl<'d> State<'d> {
    fn expand(mut self, found: &mut Vec<Facts<'d>>) {
        let mut count = 0;
        loop {
            if found.len() >= MAX_ALTERNATIVES || count > MAX_SPEAKERS {
                return;
            }
            count += 1;
            match self.tasks.pop().or_else(|| self.choices.pop()) {
                None => break,
                Some(Task::Schema(speaker)) => {
                    if !self.take(speaker) {
                        return;
                    }
                }
                Some(Task::Branches(branches)) => {
                    for (label, speakers) in branches {
                        let mut branch = self.clone();
                        branch.facts.labels.push(label);
                        branch.tasks.extend(speakers.into_iter().rev().map(Task::Schema));
                        branch.expand(found);
                    }
                    return;
                }
            }
        }
        found.extend(self.facts.finish());
    }

    /// Takes in a schema; false if it allows nothing.
    fn take(&mut self, speaker: Speaker<'d>) -> bool {
        let members = match speaker.schema {
            Value::Object(members) => members,
            other => return *other != Value::Bool(false),
        };
        if let Some(reference) = members.get("$ref").and_then(Value::as_str)
            && !self.seen.contains(&reference)
        {
            self.seen.push(reference);
            let pointer = reference.trim_start_matches('#');
            let pointer = percent_encoding::percent_decode_str(pointer).decode_utf8_lossy();
            if let Some(target) = speaker.document.pointer(&pointer) {
                self.tasks.push(Task::Schema(speaker.beside(target)));
            }
        }
        if members.get(DISPATCH) == Some(&Value::Bool(true)) {
            self.dispatch(speaker, members);
            return true;
        }
        self.facts.take(speaker, members);
        for part in list(members.get("allOf")).rev() {
            self.tasks.push(Task::Schema(speaker.beside(part)));
        }
        for keyword in ["anyOf", "oneOf"] {
            if let Some(Value::Array(branches)) = members.get(keyword) {
                let branches = branches
                    .iter()
                    .enumerate()
                    .map(|(index, branch)| (label(branch, index), vec![speaker.beside(branch)]));
                self.choices.push(Task::Branches(branches.collect()));
            }
        }
        if let Some(condition) = members.get("if") {
            let part = |name: &str| members.get(name).map(|part| speaker.beside(part));
            let holds = std::iter::once(speaker.beside(condition)).chain(part("then")).collect();
            let fails = part("else").into_iter().collect();
            let branches = vec![("then".to_owned(), holds), ("else".to_owned(), fails)];
            self.choices.push(Task::Branches(branches));
        }
        true
    }

    /// Takes in the choice of a discriminator: one branch for each of its values.
    fn dispatch(&mut self, speaker: Speaker<'d>, members: &'d Map<String, Value>) {
        let mut branches = Vec::new();
        for case in list(members.get("allOf")) {
            if let Some(then) = case.get("then") {
                let Some(condition) = case.get("if") else { continue };
                let values = condition.get("properties").and_then(Value::as_object);
                let value = values.into_iter().flatten().find_map(|(_, value)| value.get("const"));
                let label = value.and_then(Value::as_str).unwrap_or("value").to_owned();
                branches.push((label, vec![speaker.beside(condition), speaker.beside(then)]));
            } else if let Some(others) = case.get("else").and_then(|other| other.get("anyOf")) {
                // Values that the document does not list: what the branch itself says of it.
                for (index, branch) in list(Some(others)).enumerate() {
                    branches.push((label(branch, index), vec![speaker.beside(branch)]));
                }
            }
        }
        if members.contains_key("$ref") {
            // Other values are but the base, which the reference leads to.
            branches.push(("other".to_owned(), Vec::new()));
        }
        let null = list(members.get("type")).any(|name| name == "null");
        if null {
            branches.push(("null".to_owned(), vec![speaker.beside(&NULL)]));
        }
        self.choices.push(Task::Branches(branches));
    }
}

/// The schema of null alone, in the shortest way to write it.
static NULL: std::sync::LazyLock<Value> =
    std::sync::LazyLock::new(|| serde_json::json!({ "type": "null" }));

impl<'d> Facts<'d> {
    /// Takes in what a schema says itself.
    fn take(&mut self, speaker: Speaker<'d>, members: &'d Map<String, Value>) {
        let mut object = false;
        for (keyword, value) in members {
            match (keyword.as_str(), value) {
                ("type", value) => self.types = self.types.and(Types::named(value)),
                ("enum", Value::Array(values)) => self.choose(values.iter().collect()),
                ("const", value) => self.choose(vec![value]),
                ("example", value) => self.examples.push(value),
                ("examples", Value::Array(values)) => self.examples.extend(values),
                ("default", value) => self.default = Some(value),
                ("minimum" | "exclusiveMinimum", Value::Number(number)) => {
                    let bound = bound(number, keyword == "exclusiveMinimum");
                    if self.minimum.is_none_or(|own| {
                        (bound.value, bound.exclusive) > (own.value, own.exclusive)
                    }) {
                        self.minimum = Some(bound);
                    }
                }
                ("maximum" | "exclusiveMaximum", Value::Number(number)) => {
                    let bound = bound(number, keyword == "exclusiveMaximum");
                    if self.maximum.is_none_or(|own| {
                        (-bound.value, bound.exclusive) > (-own.value, own.exclusive)
                    }) {
                        self.maximum = Some(bound);
                    }
                }
                ("multipleOf", value) => self.multiples.extend(value.as_f64()),
                ("minLength", value) => self.min_length = self.min_length.max(count(value)),
                ("maxLength", value) => least(&mut self.max_length, value),
                ("pattern", Value::String(pattern)) => self.patterns.push(pattern),
                ("format", Value::String(format)) => {
                    self.binary |= format == "binary";
                    self.formats.push(format);
                }
                ("contentMediaType", Value::String(_)) => {
                    self.binary |= !members.contains_key("contentEncoding");
                }
                ("minItems", value) => self.min_items = self.min_items.max(count(value)),
                ("maxItems", value) => least(&mut self.max_items, value),
                ("uniqueItems", value) => self.unique |= *value == Value::Bool(true),
                ("items", value) => self.items.push(speaker.beside(value)),
                ("prefixItems", Value::Array(items)) => {
                    for (index, item) in items.iter().enumerate() {
                        if self.prefix.len() <= index {
                            self.prefix.push(Vec::new());
                        }
                        self.prefix[index].push(speaker.beside(item));
                    }
                }
                ("minProperties", value) => self.min_members = self.min_members.max(count(value)),
                ("maxProperties", value) => least(&mut self.max_members, value),
                ("required", value) => {
                    self.required.extend(list(Some(value)).filter_map(Value::as_str));
                }
                ("propertyNames", value) => self.names.push(speaker.beside(value)),
                ("properties" | "patternProperties" | "additionalProperties", _) => object = true,
                ("readOnly", value) => self.read_only |= *value == Value::Bool(true),
                ("not", value) => self.forbid(value),
                _ => {}
            }
        }
        if object {
            self.objects.push(Object { speaker, members });
        }
    }

    fn choose(&mut self, values: Vec<&'d Value>) {
        match &mut self.choices {
            Some(own) => own.retain(|value| values.contains(value)),
            None => self.choices = Some(values),
        }
    }

    /// `not: {required: [name]}` is how documents say that a member must not be there.
    fn forbid(&mut self, schema: &'d Value) {
        if let Value::Object(members) = schema
            && members.keys().all(|name| name == "required")
            && let [Value::String(name)] = list(members.get("required")).as_slice()
        {
            self.forbidden.push(name);
        }
    }

    /// The facts when all schemas were taken in; `None` if they allow nothing.
    fn finish(mut self) -> Option<Self> {
        if let Some(choices) = &mut self.choices {
            let types = self.types;
            choices.retain(|value| types.allow(value));
            if choices.is_empty() {
                return None;
            }
        }
        if self.types.is_empty() || self.required.iter().any(|name| self.forbidden.contains(name)) {
            return None;
        }
        let mut names: Vec<&'d str> = Vec::new();
        let declared = self.objects.iter().flat_map(|object| properties(object.members));
        for name in declared.map(|(name, _)| name.as_str()).chain(self.required.iter().copied()) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let any_declared =
            self.objects.iter().any(|object| properties(object.members).next().is_some());
        let mut members = Vec::new();
        for name in names {
            let speakers = self.speakers(name);
            let required = self.required.contains(&name);
            let impossible = speakers.iter().any(|s| *s.schema == Value::Bool(false));
            if impossible && required {
                return None;
            }
            if impossible || self.forbidden.contains(&name) || is_read_only(&speakers, 0) {
                continue;
            }
            members.push(Member { name, speakers, required });
        }
        self.members = members;
        let additional = |object: &Object<'d>| object.members.get("additionalProperties");
        let said: Vec<_> =
            self.objects.iter().filter_map(|o| Some((o.speaker, additional(o)?))).collect();
        self.closed = said.iter().any(|(_, schema)| **schema == Value::Bool(false));
        self.free = !self.closed && (!said.is_empty() || !any_declared);
        self.others = said.into_iter().map(|(speaker, schema)| speaker.beside(schema)).collect();
        Some(self)
    }

    /// The schemas that speak of a member.
    fn speakers(&self, name: &str) -> Vec<Speaker<'d>> {
        let mut speakers = Vec::new();
        for Object { speaker, members } in &self.objects {
            let own = members.get("properties").and_then(|properties| properties.get(name));
            let patterns = members.get("patternProperties").and_then(Value::as_object);
            let matching = patterns.into_iter().flatten().filter(|(pattern, _)| {
                regex::Regex::new(pattern).is_ok_and(|pattern| pattern.is_match(name))
            });
            let mut found: Vec<&'d Value> = own.into_iter().collect();
            found.extend(matching.map(|(_, schema)| schema));
            if found.is_empty() {
                found.extend(members.get("additionalProperties"));
            }
            speakers.extend(found.into_iter().map(|schema| speaker.beside(schema)));
        }
        speakers
    }

    /// Whether a value may be meant by this alternative, as far as its type, the listed values and
    /// the members tell.
    #[must_use]
    pub fn suits(&self, value: &Value) -> bool {
        let listed = self.choices.as_ref().is_none_or(|choices| choices.contains(&value));
        let complete = value.as_object().is_none_or(|object| {
            self.members.iter().all(|member| match object.get(member.name) {
                None => !member.required,
                Some(value) => {
                    let constant =
                        |s: &Speaker<'_>| match (s.schema.get("const"), s.schema.get("enum")) {
                            (Some(constant), _) => constant == value,
                            (None, Some(Value::Array(values))) => values.contains(value),
                            _ => true,
                        };
                    member.speakers.iter().all(constant)
                }
            }) && (!self.closed || object.keys().all(|name| self.member(name).is_some()))
        });
        self.types.allow(value) && listed && complete
    }

    /// The member of this name.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<&Member<'d>> {
        self.members.iter().find(|member| member.name == name)
    }

    /// The types that are meant: where none is named, keywords tell.
    #[must_use]
    pub fn likely(&self) -> Types {
        if self.types != Types::ALL {
            return self.types;
        }
        if !self.objects.is_empty() || !self.required.is_empty() {
            return Types::OBJECT;
        }
        if !self.items.is_empty() || !self.prefix.is_empty() {
            return Types::ARRAY;
        }
        if !self.patterns.is_empty()
            || !self.formats.is_empty()
            || self.max_length.is_some()
            || self.min_length > 0
        {
            return Types::STRING;
        }
        if self.minimum.is_some() || self.maximum.is_some() || !self.multiples.is_empty() {
            return Types::NUMBER;
        }
        Types::ALL
    }
}

fn properties(members: &Map<String, Value>) -> impl Iterator<Item = (&String, &Value)> {
    members.get("properties").and_then(Value::as_object).into_iter().flatten()
}

/// Whether a server alone writes the member, by one of its schemas, behind references and parts.
fn is_read_only(speakers: &[Speaker<'_>], depth: usize) -> bool {
    depth < 16
        && speakers.iter().any(|speaker| {
            let schema = speaker.schema;
            let reference = schema.get("$ref").and_then(Value::as_str);
            let target =
                reference.and_then(|r| speaker.document.pointer(r.trim_start_matches('#')));
            let parts = list(schema.get("allOf")).chain(target);
            let further: Vec<_> = parts.map(|part| speaker.beside(part)).collect();
            schema.get("readOnly") == Some(&Value::Bool(true)) || is_read_only(&further, depth + 1)
        })
}

fn label(branch: &Value, index: usize) -> String {
    let reference = branch.get("$ref").and_then(Value::as_str);
    let name = reference.and_then(|reference| reference.rsplit('/').next());
    let name = name.or(branch.get("title").and_then(Value::as_str));
    name.map_or_else(|| format!("branch-{}", index + 1), str::to_owned)
}

fn bound(number: &Number, exclusive: bool) -> Bound<'_> {
    Bound { number, value: number.as_f64().unwrap_or_default(), exclusive }
}

/// A count, which some documents write as `2.0`.
fn count(value: &Value) -> u64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it saturates")]
    value.as_u64().unwrap_or_else(|| value.as_f64().unwrap_or_default() as u64)
}

fn least(own: &mut Option<u64>, value: &Value) {
    if value.is_number() {
        let value = count(value);
        *own = Some(own.map_or(value, |own| own.min(value)));
    }
}

fn list(value: Option<&Value>) -> std::slice::Iter<'_, Value> {
    value.and_then(Value::as_array).map_or(&[][..], Vec::as_slice).iter()
}
