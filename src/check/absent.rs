//! Members that the documents describe or show, and that were never seen although the object around
//! them was.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Meta, Overall};
use crate::contract::model::MediaType;
use crate::contract::schema::{Declared, Node, SchemaId};
use crate::contract::{Contract, Operation};
use crate::document::Pointer;
use crate::finding::{Basis, Disagreement, Part, Place, push_member};
use crate::observe::{OperationShape, ValueShape};

/// A member that was never seen.
#[derive(Debug, Clone)]
pub struct Absent {
    operation: String,
    place: Place,
    /// Whether a schema declares it.
    pub declared: bool,
    /// Whether every example shows it.
    pub shown: bool,
    /// Whether it belongs to an alternative, or its description says that it may be absent.
    pub conditional: bool,
    /// How many objects it is absent from.
    objects: u64,
    promise: (usize, String),
}

impl Absent {
    /// The disagreement it makes, and the number of objects that were looked at.
    pub fn disagreement(self, meta: &Meta, basis: Basis, promised: String) -> Overall {
        let objects = self.objects;
        let seen = match objects {
            1 => "one object, without it".to_owned(),
            n => format!("{n} objects, none with it"),
        };
        let disagreement = Disagreement {
            check: meta.id,
            severity: meta.severity,
            basis,
            operation: self.operation,
            place: self.place,
            kind: String::new(),
            promised,
            seen,
            promise: Some(self.promise),
        };
        (disagreement, objects)
    }
}

/// Calls `report` with every member of a success or of an event that was never seen. Where several
/// documents describe the operation, all that describe the answer must know the member.
pub fn each_absent(
    contract: &Contract,
    variants: &[&Operation],
    shape: &OperationShape,
    report: &mut dyn FnMut(Absent),
) {
    for (&status, seen) in shape.statuses.iter().filter(|(status, _)| **status < 400) {
        for (media_type, body) in &seen.bodies {
            let documented: Vec<&MediaType> = variants
                .iter()
                .filter_map(|v| v.response(status)?.content.iter().find(|m| m.name == *media_type))
                .collect();
            let part = Part::Response { status, media_type: Some(media_type.clone()) };
            let views = documented.iter().filter_map(|media| view(contract, media)).collect();
            compare(contract, variants, &part, views, &body.value, report);
            for (name, event) in &body.events {
                let rules = documented.iter().filter_map(|media_type| media_type.stream.as_ref());
                let schemas = rules.filter_map(|rules| rules.events.get(name).copied());
                let views = schemas.map(|schema| View { schema, examples: Vec::new() }).collect();
                let part = Part::Event { status, name: name.clone() };
                compare(contract, variants, &part, views, event, report);
            }
        }
    }
}

/// What one document says of an answer.
struct View<'c> {
    schema: SchemaId,
    examples: Vec<&'c Value>,
}

fn view<'c>(contract: &'c Contract, media_type: &MediaType) -> Option<View<'c>> {
    let examples = media_type.examples.iter().filter_map(|example| contract.raw(&example.at));
    Some(View { schema: media_type.schema?, examples: examples.collect() })
}

fn compare(
    contract: &Contract,
    variants: &[&Operation],
    part: &Part,
    views: Vec<View<'_>>,
    seen: &ValueShape,
    report: &mut dyn FnMut(Absent),
) {
    let Some(operation) = variants.first() else { return };
    // The first document's findings are reported, as far as all others agree.
    let mut found: Option<BTreeMap<String, Absent>> = None;
    for view in views {
        let mut examples = ValueShape::default();
        view.examples.iter().for_each(|example| examples.add(example));
        let declared = &contract.schemas.get(view.schema).declared;
        let mut walk = Walk {
            contract,
            document: contract.schemas.place(view.schema).0,
            declared,
            operation: &operation.id,
            part,
            found: BTreeMap::new(),
            open: Vec::new(),
        };
        walk.object(0, seen, Some(&examples), &mut String::new());
        let mine = walk.found;
        found = Some(match found {
            None => mine,
            Some(mut found) => {
                found.retain(|pointer, absent| {
                    let other = mine.get(pointer);
                    absent.shown &= other.is_some_and(|other| other.shown);
                    absent.conditional |= other.is_some_and(|other| other.conditional);
                    other.is_some()
                });
                found
            }
        });
    }
    found.into_iter().flatten().for_each(|(_, absent)| report(absent));
}

struct Walk<'w> {
    contract: &'w Contract,
    document: usize,
    declared: &'w Declared,
    operation: &'w str,
    part: &'w Part,
    found: BTreeMap<String, Absent>,
    /// The nodes we are in, since a schema may contain itself.
    open: Vec<usize>,
}

impl Walk<'_> {
    fn object(
        &mut self,
        number: usize,
        seen: &ValueShape,
        examples: Option<&ValueShape>,
        place: &mut String,
    ) {
        if self.open.iter().filter(|&&open| open == number).count() > 2 {
            return;
        }
        self.open.push(number);
        let node = self.declared.node(number);
        let len = place.len();
        if seen.objects() > 0 && seen.free.is_none() {
            self.members(node, seen, examples, place);
        }
        for (name, &child) in &node.properties {
            if let Some(member) = seen.members.get(name) {
                push_member(place, name);
                self.object(child, member, examples.and_then(|e| e.members.get(name)), place);
                place.truncate(len);
            }
        }
        if let (Some(child), Some(items)) = (node.items, &seen.items) {
            place.push_str("[]");
            self.object(child, items, examples.and_then(|e| e.items.as_deref()), place);
            place.truncate(len);
        }
        self.open.pop();
    }

    fn members(
        &mut self,
        node: &Node,
        seen: &ValueShape,
        examples: Option<&ValueShape>,
        place: &mut String,
    ) {
        let shown = |name: &str| {
            examples.is_some_and(|examples| {
                let member = examples.members.get(name);
                member.is_some_and(|member| member.count == examples.objects())
            })
        };
        // That a required member is missing is reported where it is missing.
        let absent =
            |name: &String| !seen.members.contains_key(name) && !node.required.contains(name);
        for (name, &child) in node.properties.iter().filter(|(name, _)| absent(name)) {
            let sources = &self.declared.node(child).sources;
            let conditional =
                !node.certain.contains(name) || sources.iter().any(|s| self.may_be_absent(s));
            let at = sources.first().cloned().unwrap_or_default();
            self.absent(place, name, true, shown(name) && !conditional, conditional, seen, at);
        }
        // In a free-form object below the top, names are data.
        if place.is_empty() || !node.properties.is_empty() {
            let names = examples.into_iter().flat_map(|examples| examples.members.keys());
            for name in names
                .collect::<BTreeSet<_>>()
                .into_iter()
                .filter(|name| !node.properties.contains_key(*name))
            {
                if shown(name) && !seen.members.contains_key(name) {
                    let at = node.sources.first().cloned().unwrap_or_default();
                    self.absent(place, name, false, true, false, seen, at);
                }
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "they are the members of what is made here")]
    fn absent(
        &mut self,
        place: &mut String,
        name: &str,
        declared: bool,
        shown: bool,
        conditional: bool,
        seen: &ValueShape,
        at: String,
    ) {
        let len = place.len();
        push_member(place, name);
        let absent = Absent {
            operation: self.operation.to_owned(),
            place: Place { part: self.part.clone(), pointer: place.clone() },
            declared,
            shown,
            conditional,
            objects: seen.objects(),
            promise: (self.document, at),
        };
        self.found.insert(place.clone(), absent);
        place.truncate(len);
    }

    /// Whether the description of a member says that it is not always there.
    fn may_be_absent(&self, pointer: &str) -> bool {
        const WORDS: &[&str] = &[
            "present when",
            "present only",
            "present if",
            "if present",
            "only present",
            "only when",
            "only if",
            "only for",
            "present for",
            "omitted",
            "absent",
            "optional",
            "populated",
            "may be missing",
            "returned when",
            "returned only",
            "included when",
        ];
        let document = self.contract.schemas.document(self.document);
        let description =
            Pointer::find(document, pointer).and_then(|schema| schema.get("description"));
        let text = description.and_then(Value::as_str).unwrap_or_default().to_lowercase();
        WORDS.iter().any(|word| text.contains(word))
    }
}
