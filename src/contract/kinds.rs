//! Kinds of things: which operations make, show, list, change and remove them, and what they keep of
//! what they are given (`x-contract-resources`; `specs/README.md` defines the words).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Deserialize;
use serde_json::Value;

use super::model::At;

/// What an operation does to things of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Does {
    /// It makes one.
    Create,
    /// It shows one.
    Read,
    /// It shows all of them, or those of a parent.
    List,
    /// It changes one.
    Update,
    /// It removes one.
    Delete,
}

/// How a value is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Manner {
    /// As it was sent.
    #[default]
    Same,
    /// Without white space at its ends.
    Trimmed,
    /// As it was sent, unless it is empty: then nothing is said of it.
    Filled,
    /// A list whose order does not matter; nothing is said of an empty one.
    Set,
    /// An object that has at least the members that were sent.
    Within,
    /// As the text of it: a number that is shown as a string, and the like.
    Text,
}

/// What is sent, and where it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keep {
    /// JSON Pointer in the body of the request; with `-` for items where several things are made.
    pub sent: String,
    /// JSON Pointer in the thing.
    pub kept: String,
    /// How.
    pub manner: Manner,
    /// Texts of more characters are cut: nothing is said of them.
    pub longest: Option<usize>,
}

/// A value in a request, by which it is chosen.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// JSON Pointer in the body of the request.
    pub pointer: Option<String>,
    /// Or the name of a parameter of the path.
    pub path: Option<String>,
    /// The value there.
    pub equals: Value,
}

/// An operation that has to do with things of a kind.
#[derive(Debug, Clone)]
pub struct Use {
    /// What it does.
    pub does: Does,
    /// The operation's stable name.
    pub operation: String,
    /// JSON Pointer to the thing in the answer, with `-` for any item; `None`: the answer does not show it.
    pub thing: Option<String>,
    /// JSON Pointer to the id in the answer, where the answer tells it and does not show the thing.
    pub id: Option<String>,
    /// What of the request is kept.
    pub keeps: Vec<Keep>,
    /// Members of the thing, as JSON Pointers, and the values that they get.
    pub sets: Vec<(String, Value)>,
    /// Members of the thing that change beside what is named; an empty one is all of them.
    pub changes: Vec<String>,
    /// Whether doing it again changes nothing.
    pub repeatable: bool,
    /// Whether a list shows some of the things only.
    pub part: bool,
    /// A member of a thing, and the value with which a list need not show it.
    pub hides: Option<(String, Value)>,
    /// Only requests that this is true of do it.
    pub when: Option<Choice>,
    /// Requests that this is true of do not do it.
    pub unless: Option<Choice>,
    /// Where it is described.
    pub at: At,
}

/// A number in a thing that counts what becomes of it (`counters`).
#[derive(Debug, Clone, PartialEq)]
pub struct Counter {
    /// JSON Pointer to it in the thing.
    pub member: String,
    /// What a new thing has there.
    pub from: Option<u64>,
    /// The kind of its parts that it counts.
    pub of: Option<String>,
    /// The operations that may change it, whether they name the thing or what it is a part of.
    pub by: Vec<String>,
    /// Whether it never falls.
    pub grows: bool,
    /// Whether others may change it at any time.
    pub shared: bool,
    /// Whether it follows some time after what changes it.
    pub late: bool,
    /// A member of the thing, and the value with which the number is final.
    pub settled: Option<(String, Value)>,
    /// Where it is described.
    pub at: At,
}

/// A kind of thing.
#[derive(Debug, Clone)]
pub struct Kind {
    /// Its name, as `x-contract-consumes` has it.
    pub name: String,
    /// JSON Pointer to the id in the thing.
    pub id: String,
    /// The kind that it is a part of.
    pub parent: Option<String>,
    /// Whether things of different parents may have the same id.
    pub scoped: bool,
    /// Members of the thing that stay as they are for ever, as JSON Pointers.
    pub fixed: Vec<String>,
    /// Members of the thing that the server writes itself some time after the thing was made, as JSON
    /// Pointers.
    pub settles: Vec<String>,
    /// Numbers in the thing that count what becomes of it.
    pub counters: Vec<Counter>,
    /// The operations that have to do with it.
    pub uses: Vec<Use>,
    /// The members of a thing that its operations are known to keep, as JSON Pointers, in alphabetical order.
    pub members: Vec<String>,
}

/// The members that operations are known to keep.
fn members(uses: &[Use], fixed: &[String]) -> Vec<String> {
    let kept = uses.iter().flat_map(|usage| {
        let kept = usage.keeps.iter().map(|keep| &keep.kept);
        kept.chain(usage.sets.iter().map(|(kept, _)| kept))
    });
    kept.chain(fixed).collect::<BTreeSet<_>>().into_iter().cloned().collect()
}

/// All kinds of a contract.
#[derive(Debug, Clone, Default)]
pub struct Kinds {
    all: Vec<Kind>,
    by_operation: HashMap<String, Vec<(usize, usize)>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct RawKind {
    #[serde(default = "id")]
    id: String,
    parent: Option<String>,
    #[serde(default)]
    scoped: bool,
    #[serde(default)]
    fixed: Vec<String>,
    #[serde(default)]
    settles: Vec<String>,
    #[serde(default)]
    counters: BTreeMap<String, RawCounter>,
    #[serde(default)]
    create: Vec<RawUse>,
    #[serde(default)]
    read: Vec<RawUse>,
    #[serde(default)]
    list: Vec<RawUse>,
    #[serde(default)]
    update: Vec<RawUse>,
    #[serde(default)]
    delete: Vec<RawUse>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCounter {
    from: Option<u64>,
    of: Option<String>,
    #[serde(default)]
    by: Vec<String>,
    #[serde(default)]
    grows: bool,
    #[serde(default)]
    shared: bool,
    #[serde(default)]
    late: bool,
    settled: Option<Hides>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct RawUse {
    operation: String,
    thing: Option<String>,
    id: Option<String>,
    #[serde(default)]
    keeps: BTreeMap<String, RawKeep>,
    #[serde(default)]
    sets: BTreeMap<String, Value>,
    #[serde(default)]
    changes: Vec<String>,
    #[serde(default)]
    repeatable: bool,
    #[serde(default)]
    part: bool,
    hides: Option<Hides>,
    when: Option<Choice>,
    unless: Option<Choice>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Hides {
    member: String,
    equals: Value,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum RawKeep {
    Plain(String),
    Otherwise {
        at: String,
        #[serde(rename = "as", default)]
        manner: Manner,
        longest: Option<usize>,
    },
}

fn id() -> String {
    "/id".to_owned()
}

fn usage(does: Does, raw: RawUse, at: At) -> Use {
    let keep = |(sent, keep)| match keep {
        RawKeep::Plain(kept) => Keep { sent, kept, manner: Manner::Same, longest: None },
        RawKeep::Otherwise { at, manner, longest } => Keep { sent, kept: at, manner, longest },
    };
    Use {
        does,
        operation: raw.operation,
        thing: raw.thing,
        id: raw.id,
        keeps: raw.keeps.into_iter().map(keep).collect(),
        sets: raw.sets.into_iter().collect(),
        changes: raw.changes,
        repeatable: raw.repeatable,
        part: raw.part,
        hides: raw.hides.map(|hides| (hides.member, hides.equals)),
        when: raw.when,
        unless: raw.unless,
        at,
    }
}

fn counter(member: String, raw: RawCounter, place: &At) -> Counter {
    let at = place.child(&member);
    Counter {
        member,
        from: raw.from,
        of: raw.of,
        by: raw.by,
        grows: raw.grows,
        shared: raw.shared,
        late: raw.late,
        settled: raw.settled.map(|settled| (settled.member, settled.equals)),
        at,
    }
}

impl Kinds {
    /// Reads what one document says; tells what cannot be read, and where.
    pub(super) fn read(document: usize, value: &Value) -> (Self, Vec<(String, String)>) {
        let (mut kinds, mut problems) = (Self::default(), Vec::new());
        let raw = value.get("x-contract-resources").and_then(Value::as_object);
        for (name, raw) in raw.into_iter().flatten() {
            let mut at = At { document, pointer: "/x-contract-resources".to_owned() };
            at = at.child(name);
            match RawKind::deserialize(raw) {
                Ok(raw) => kinds.add(name, raw, &at),
                Err(error) => problems.push((at.pointer, format!("cannot be read: {error}"))),
            }
        }
        (kinds, problems)
    }

    fn add(&mut self, name: &str, raw: RawKind, at: &At) {
        let RawKind { create, read, list, update, delete, counters, .. } = raw;
        let RawKind { id, parent, scoped, fixed, settles, .. } = raw;
        let groups = [
            (Does::Create, "create", create),
            (Does::Read, "read", read),
            (Does::List, "list", list),
            (Does::Update, "update", update),
            (Does::Delete, "delete", delete),
        ];
        let mut uses = Vec::new();
        for (does, word, group) in groups {
            for (number, raw) in group.into_iter().enumerate() {
                let place = (self.all.len(), uses.len());
                self.by_operation.entry(raw.operation.clone()).or_default().push(place);
                uses.push(usage(does, raw, at.child(word).child(&number.to_string())));
            }
        }
        let place = at.child("counters");
        let counters = counters.into_iter().map(|(member, raw)| counter(member, raw, &place));
        let counters = counters.collect();
        let name = name.to_owned();
        let members = members(&uses, &fixed);
        self.all.push(Kind { name, id, parent, scoped, fixed, settles, counters, uses, members });
    }

    /// All of them, in the document's order.
    pub fn iter(&self) -> impl Iterator<Item = &Kind> {
        self.all.iter()
    }

    /// The kind of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Kind> {
        self.all.iter().find(|kind| kind.name == name)
    }

    /// What an operation has to do with which kinds.
    pub fn of(&self, operation: &str) -> impl Iterator<Item = (&Kind, &Use)> {
        let places = self.by_operation.get(operation).into_iter().flatten();
        places.filter_map(|(kind, usage)| {
            let kind = self.all.get(*kind)?;
            Some((kind, kind.uses.get(*usage)?))
        })
    }
}
