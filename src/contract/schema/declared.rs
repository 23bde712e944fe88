//! What a schema declares, all its branches together: the closed-world view.
//!
//! JSON Schema lets undeclared members pass. To tell that a server sends something the documents do
//! not mention, we need to know what they do mention, whichever branch it stands in.

use std::collections::{BTreeSet, HashMap};

use indexmap::IndexMap;
use serde_json::Value;

use super::describe::type_name;
use super::discriminator::is_choice;
use super::prose;
use crate::document::Pointer;

/// A tree of what a schema declares; recursive schemas make it a graph.
#[derive(Debug)]
pub struct Declared {
    nodes: Vec<Node>,
    /// Whether parts of parts go on beyond [`MAX_DEPTH`].
    pub too_deep: bool,
}

/// What is declared of a value.
#[derive(Debug, Default)]
pub struct Node {
    /// The schemas that speak of it: pointers in the document.
    pub sources: Vec<String>,
    /// The JSON types it may have; `None`: any.
    pub types: Option<TypeSet>,
    /// The declared members.
    pub properties: IndexMap<String, usize>,
    /// The members that are required in any case, not only in a branch of `oneOf` or `anyOf`.
    pub required: BTreeSet<String>,
    /// The members that are declared in any case, not only in a branch of `oneOf` or `anyOf`.
    pub certain: BTreeSet<String>,
    /// Whether members that are not declared are expected.
    pub open: bool,
    /// What is declared of members that are not declared by name.
    pub additional: Option<usize>,
    /// What is declared of items.
    pub items: Option<usize>,
    /// The values that a description lists, and the pointer to the description.
    pub prose: Option<(Vec<String>, String)>,
}

impl Node {
    /// What is declared of a member. `next` is the place where it may well be declared, and becomes the one
    /// behind: most servers write members in the order in which they are declared.
    #[must_use]
    pub fn property(&self, name: &str, next: &mut usize) -> Option<usize> {
        let (place, child) = match self.properties.get_index(*next) {
            Some((known, child)) if known == name => (*next, child),
            _ => {
                let (place, _, child) = self.properties.get_full(name)?;
                (place, child)
            }
        };
        *next = place + 1;
        Some(*child)
    }
}

/// A set of JSON types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TypeSet(u8);

const TYPES: [&str; 7] = ["null", "boolean", "integer", "number", "string", "array", "object"];

impl TypeSet {
    const ALL: Self = Self(0x7F);

    fn of(name: &str) -> Self {
        Self(match name {
            // Every integer is a number.
            "number" => 0b1100,
            name => TYPES.iter().position(|t| *t == name).map_or(0, |bit| 1 << bit),
        })
    }

    /// Whether the type is in it.
    #[must_use]
    pub fn has(self, name: &str) -> bool {
        let one = Self::of(name).0;
        self.0 & one == one
    }
}

impl Declared {
    /// What the (rewritten) schema at a pointer declares.
    #[must_use]
    pub fn new(document: &Value, pointer: &str) -> Self {
        let mut builder = Builder {
            document,
            nodes: Vec::new(),
            known: HashMap::new(),
            open: Vec::new(),
            too_deep: false,
        };
        builder.node(vec![Speaker { pointer: pointer.to_owned(), branch: false }]);
        while let Some((number, speakers)) = builder.open.pop() {
            builder.fill(number, speakers);
        }
        Self { nodes: builder.nodes, too_deep: builder.too_deep }
    }

    /// What is declared of the value as a whole.
    #[must_use]
    pub fn root(&self) -> &Node {
        &self.nodes[0]
    }

    /// A node by its number.
    #[must_use]
    pub fn node(&self, number: usize) -> &Node {
        &self.nodes[number]
    }
}

struct Builder<'d> {
    document: &'d Value,
    nodes: Vec<Node>,
    known: HashMap<Vec<Speaker>, usize>,
    /// Nodes that are to be filled, and the schemas that speak of them.
    open: Vec<(usize, Vec<Speaker>)>,
    too_deep: bool,
}

/// A schema that speaks of a value.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Speaker {
    pointer: String,
    /// Whether it stands in a branch of `oneOf` or `anyOf` of the value around.
    branch: bool,
}

/// What the schemas of one value say, before their members are made nodes.
#[derive(Default)]
struct Gathered {
    node: Node,
    properties: IndexMap<String, Vec<Speaker>>,
    additional: Vec<Speaker>,
    items: Vec<Speaker>,
    /// The schemas that were gathered, and the types they allow; while one is being gathered, all.
    seen: HashMap<String, TypeSet>,
    /// How deep in branches of `oneOf` and `anyOf` we are.
    branches: usize,
    /// How deep in parts, branches and references we are.
    depth: usize,
    too_deep: bool,
}

impl Gathered {
    fn speaker(&self, pointer: String) -> Speaker {
        Speaker { pointer, branch: self.branches > 0 }
    }
}

/// Parts of parts beyond this depth are taken to declare anything, so that no document can exhaust
/// the stack.
const MAX_DEPTH: usize = 128;

/// Beyond this many nodes nothing more is told apart. Recursive schemas with many branches can make
/// very many.
const MAX_NODES: usize = 100_000;

impl Builder<'_> {
    /// The number of the node for what these schemas speak of.
    fn node(&mut self, speakers: Vec<Speaker>) -> usize {
        if let Some(&number) = self.known.get(&speakers) {
            return number;
        }
        let number = self.nodes.len();
        self.known.insert(speakers.clone(), number);
        self.nodes.push(Node { open: true, ..Node::default() });
        if number < MAX_NODES {
            self.open.push((number, speakers));
        }
        number
    }

    fn fill(&mut self, number: usize, speakers: Vec<Speaker>) {
        let mut gathered = Gathered::default();
        for speaker in &speakers {
            // Of several schemas, one in a branch need not be the one that is meant.
            gathered.branches = usize::from(speaker.branch && speakers.len() > 1);
            let types = self.gather(&speaker.pointer, true, &mut gathered);
            gathered.node.types = Some(union(gathered.node.types, types));
        }
        self.too_deep |= gathered.too_deep;
        let mut node = gathered.node;
        node.types = node.types.filter(|types| *types != TypeSet::ALL);
        node.sources = speakers.into_iter().map(|speaker| speaker.pointer).collect();
        for (name, speakers) in gathered.properties {
            let child = self.node(speakers);
            node.properties.insert(name, child);
        }
        let mut optional =
            |speakers: Vec<Speaker>| (!speakers.is_empty()).then(|| self.node(speakers));
        node.additional = optional(gathered.additional);
        node.items = optional(gathered.items);
        self.nodes[number] = node;
    }

    /// Adds what one schema says; `alone` is false for a part of an `allOf`, which leaves to its
    /// siblings to declare members. Returns the types it allows.
    fn gather(&self, pointer: &str, alone: bool, into: &mut Gathered) -> TypeSet {
        if let Some(&types) = into.seen.get(pointer) {
            return types;
        }
        into.seen.insert(pointer.to_owned(), TypeSet::ALL);
        if into.depth == MAX_DEPTH {
            into.node.open = true;
            into.too_deep = true;
            return TypeSet::ALL;
        }
        into.depth += 1;
        let types = self.gather_all(pointer, alone, into);
        into.depth -= 1;
        into.seen.insert(pointer.to_owned(), types);
        types
    }

    fn gather_all(&self, pointer: &str, alone: bool, into: &mut Gathered) -> TypeSet {
        let Some(Value::Object(schema)) = Pointer::find(self.document, pointer) else {
            // `true`, or nothing: anything goes.
            into.node.open |= alone;
            return TypeSet::ALL;
        };
        let mut types = match schema.get("type") {
            Some(Value::String(name)) => TypeSet::of(name),
            Some(Value::Array(names)) => names
                .iter()
                .filter_map(Value::as_str)
                .fold(TypeSet(0), |set, name| TypeSet(set.0 | TypeSet::of(name).0)),
            // What lists its values tells their types, too.
            _ => schema.get("enum").and_then(Value::as_array).map_or(TypeSet::ALL, |values| {
                let types = values.iter().map(|value| TypeSet::of(type_name(value)));
                types.fold(TypeSet(0), |set, one| union(Some(set), one))
            }),
        };
        if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
            let target = target.trim_start_matches('#');
            types = TypeSet(types.0 & self.gather(target, alone, into).0);
        }
        let mut composed = schema.contains_key("$ref");
        for (index, part) in list(schema.get("allOf")) {
            composed = true;
            // The schemas that a discriminator chooses from are no parts of one.
            let alone = alone && part.as_object().is_some_and(is_choice);
            let part = self.gather(&format!("{pointer}/allOf/{index}"), alone, into);
            types = TypeSet(types.0 & part.0);
        }
        for keyword in ["oneOf", "anyOf"] {
            let mut branches = None;
            let count = list(schema.get(keyword)).count();
            // A single branch is no choice.
            into.branches += usize::from(count > 1);
            for (index, _) in list(schema.get(keyword)) {
                composed = true;
                let branch = self.gather(&format!("{pointer}/{keyword}/{index}"), alone, into);
                branches = Some(union(branches, branch));
            }
            into.branches -= usize::from(count > 1);
            types = TypeSet(types.0 & branches.unwrap_or(TypeSet::ALL).0);
        }
        for keyword in ["then", "else"] {
            if schema.contains_key(keyword) {
                composed = true;
                into.branches += 1;
                let alone = alone && is_choice(schema);
                self.gather(&format!("{pointer}/{keyword}"), alone, into);
                into.branches -= 1;
            }
        }
        for (name, _) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let mut child = crate::document::Pointer::new(format!("{pointer}/properties"));
            child.push(name);
            let child = into.speaker(child.into_string());
            into.properties.entry(name.clone()).or_default().push(child);
            if into.branches == 0 {
                into.node.certain.insert(name.clone());
            }
        }
        for (_, name) in list(schema.get("required")).filter(|_| into.branches == 0) {
            into.node.required.extend(name.as_str().map(str::to_owned));
        }
        if schema.contains_key("items") {
            into.items.push(into.speaker(format!("{pointer}/items")));
        }
        let declares =
            schema.get("properties").is_some_and(|p| p.as_object().is_some_and(|p| !p.is_empty()));
        match schema.get("additionalProperties") {
            // The validator reports what a closed object forbids.
            Some(Value::Bool(_)) => into.node.open = true,
            Some(_) => {
                into.node.open = true;
                into.additional.push(into.speaker(format!("{pointer}/additionalProperties")));
            }
            None => {
                let pattern = schema.contains_key("patternProperties");
                into.node.open |=
                    pattern || (alone && !declares && !composed && types.has("object"));
            }
        }
        if into.node.prose.is_none()
            && !schema.contains_key("enum")
            && let Some(text) = schema.get("description").and_then(Value::as_str)
            && let Some(values) = prose::listed_values(text, schema)
        {
            into.node.prose = Some((values, format!("{pointer}/description")));
        }
        types
    }
}

fn union(one: Option<TypeSet>, other: TypeSet) -> TypeSet {
    TypeSet(one.map_or(0, |set| set.0) | other.0)
}

fn list(value: Option<&Value>) -> impl Iterator<Item = (usize, &Value)> {
    value.and_then(Value::as_array).into_iter().flatten().enumerate()
}
