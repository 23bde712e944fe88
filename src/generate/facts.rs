//! What one alternative of a schema asks of a value.

use serde_json::{Map, Number, Value};

use super::types::Types;

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
#[expect(clippy::struct_excessive_bools, reason = "keywords are independent of each other")]
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

impl<'d> Facts<'d> {
    /// Takes in what a schema says itself.
    pub fn take(&mut self, speaker: Speaker<'d>, members: &'d Map<String, Value>) {
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
    #[must_use]
    pub fn finish(mut self) -> Option<Self> {
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

/// The items of a list, or none.
pub fn list(value: Option<&Value>) -> std::slice::Iter<'_, Value> {
    value.and_then(Value::as_array).map_or(&[][..], Vec::as_slice).iter()
}
