//! Whether a fault of the mock can act: whether any answer has the place that it names, and whether what it
//! takes beside it is there.

use std::collections::BTreeSet;

use crate::contract::Contract;
use crate::contract::model::{Operation, Statuses};
use crate::contract::schema::Declared;
use crate::error::Problem;
use crate::mock::{Act, Injection};
use crate::suggest;

/// So deep are places looked up that are suggested.
const DEEP: usize = 4;

/// At most so many places are named where none is like the wrong one.
const MOST: usize = 8;

/// Refuses faults that do nothing without another one that is not there.
pub fn complete(faults: &[Injection]) -> Result<(), Vec<Problem>> {
    let wrong = faults.iter().filter_map(|fault| fault.complete(faults).err());
    let problems: Vec<Problem> = wrong
        .map(|why| {
            Problem::new(why).help("it is done where something is deleted, and where it is listed")
        })
        .collect();
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

/// Refuses faults of values whose place is in no documented success of the operations that they concern.
pub fn check(contract: &Contract, faults: &[Injection]) -> Result<(), Vec<Problem>> {
    let problems: Vec<Problem> = faults.iter().filter_map(|fault| wrong(contract, fault)).collect();
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

/// Whether a place of the fault has to be looked up at all.
pub fn names_one(fault: &Injection) -> bool {
    matches!(fault.fault.act, Act::Value(_)) && fault.pointer.is_some()
}

fn wrong(contract: &Contract, fault: &Injection) -> Option<Problem> {
    let pointer = fault.pointer.as_deref().filter(|_| names_one(fault))?;
    let concerned = |operation: &&Operation| fault.concerns(&operation.method, &operation.path);
    let operations: Vec<&Operation> = contract.operations.iter().filter(concerned).collect();
    let answers: Vec<&Declared> =
        operations.iter().flat_map(|operation| answers(contract, operation)).collect();
    // Of operations that the documents do not have, nothing is known.
    if operations.is_empty() || answers.iter().any(|answer| leads(answer, pointer)) {
        return None;
    }
    let of = match operations.as_slice() {
        [one] => format!(" of {}", one.id),
        _ if fault.operation.is_empty() => String::new(),
        _ => format!(" of an operation like `{}`", fault.operation),
    };
    let problem = Problem::new(format!(
        "`{fault}` would never act: no documented answer{of} has the place `{pointer}`"
    ));
    let mut places = BTreeSet::new();
    for answer in &answers {
        list(answer, 0, "", DEEP, &mut places);
    }
    let like = suggest::like(pointer, places.iter().map(String::as_str));
    let brief = |place: &&String| place.matches('/').count() <= 1;
    let few: Vec<&str> = places.iter().filter(brief).take(MOST).map(String::as_str).collect();
    Some(match (suggest::did_you_mean(&like), few.is_empty()) {
        (Some(question), _) => problem.help(question),
        (None, false) => problem.help(format!("there are {} and what is in them", few.join(", "))),
        (None, true) => problem.help("its answers hold no JSON object"),
    })
}

/// What is declared of the successes of an operation, and of the events of its streams.
fn answers<'c>(
    contract: &'c Contract,
    operation: &'c Operation,
) -> impl Iterator<Item = &'c Declared> + 'c {
    let successes = operation.responses.iter().filter(|response| is_success(response.statuses));
    let contents = successes.flat_map(|response| &response.content);
    let schemas = contents.flat_map(|content| {
        let events = content.stream.iter().flat_map(|rules| rules.events.values().copied());
        content.schema.into_iter().chain(events)
    });
    schemas.map(|schema| &contract.schemas.get(schema).declared)
}

fn is_success(statuses: Statuses) -> bool {
    (200..300).any(|status| statuses.contains(status))
}

/// Whether a place may be in a value: `[]` stands for any index, `{}` for any member.
fn leads(declared: &Declared, pointer: &str) -> bool {
    let mut segments = pointer.split('/');
    let levels = segments.next().unwrap_or_default().matches("[]").count();
    let segments: Vec<&str> = segments.collect();
    within(declared, 0, levels, &segments)
}

/// The same from a node on, behind so many indices.
fn within(declared: &Declared, number: usize, levels: usize, segments: &[&str]) -> bool {
    let node = declared.node(number);
    if levels > 0 {
        return match node.items {
            Some(items) => within(declared, items, levels - 1, segments),
            None => node.types.is_none_or(|types| types.has("array")),
        };
    }
    let Some((segment, rest)) = segments.split_first() else { return true };
    if node.types.is_some_and(|types| !types.has("object")) {
        return false;
    }
    let name = segment.trim_end_matches("[]");
    let levels = (segment.len() - name.len()) / 2;
    let next = |child: usize| within(declared, child, levels, rest);
    if name == "{}" {
        let known = node.properties.values().copied().chain(node.additional).any(next);
        return known || node.open && node.additional.is_none();
    }
    match (node.properties.get(&name.replace("~1", "/").replace("~0", "~")), node.additional) {
        (Some(&child), _) | (None, Some(child)) => next(child),
        (None, None) => node.open || node.types.is_none() && node.properties.is_empty(),
    }
}

/// All places down to a depth, as faults name them.
fn list(declared: &Declared, number: usize, at: &str, deep: usize, places: &mut BTreeSet<String>) {
    let node = declared.node(number);
    if deep == 0 {
        return;
    }
    for (name, &child) in &node.properties {
        let place = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
        list(declared, child, &place, deep - 1, places);
        places.insert(place);
    }
    if let Some(items) = node.items {
        list(declared, items, &format!("{at}[]"), deep - 1, places);
    }
}
