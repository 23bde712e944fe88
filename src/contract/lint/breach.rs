//! A documented value held against its schema: every way in which they contradict each other.

use serde_json::Value;

use super::locate;
use crate::contract::schema::{Mismatch, MismatchKind, SchemaId, Schemas, Side, excerpt};
use crate::document::Pointer;

/// One way in which a value breaks its schema.
#[derive(Debug, PartialEq, Eq)]
pub struct Breach {
    /// Where in the value, as a JSON Pointer into it.
    pub pointer: String,
    /// The value and what the schema promises instead.
    pub message: String,
}

/// The ways in which a value breaks a schema; the same in several items counts once. There are none
/// if the schema cannot judge, which is not the value's fault.
pub fn breaches(schemas: &Schemas, id: SchemaId, value: &Value) -> Vec<Breach> {
    // A documented value may show what its schema does not declare; `Side::Request` leaves that be.
    let mut mismatches = schemas.compare(id, value, Side::Request).unwrap_or_default();
    // A value of a wrong type breaks the keywords for its type as well; that says nothing more.
    let mistyped: Vec<String> = (mismatches.iter())
        .filter(|mismatch| mismatch.kind == MismatchKind::Type)
        .map(|mismatch| mismatch.place.clone())
        .collect();
    mismatches.retain(|m| m.kind == MismatchKind::Type || !mistyped.contains(&m.place));
    let mut grouped: Vec<(Mismatch, usize)> = Vec::new();
    for mismatch in mismatches {
        let same = |other: &Mismatch| {
            (other.kind, &other.place, &other.detail)
                == (mismatch.kind, &mismatch.place, &mismatch.detail)
        };
        match grouped.iter_mut().find(|(other, _)| same(other)) {
            Some((_, times)) => *times += 1,
            None => grouped.push((mismatch, 1)),
        }
    }
    grouped
        .iter()
        .map(|(mismatch, times)| {
            let mut message = words(mismatch);
            if *times > 1 {
                message = format!("{message} ({times} times)");
            }
            Breach { pointer: pointer(value, mismatch), message }
        })
        .collect()
}

fn words(mismatch: &Mismatch) -> String {
    let Mismatch { kind, place, promised, seen, .. } = mismatch;
    let what = if place.is_empty() { "the value".to_owned() } else { format!("`{place}`") };
    match kind {
        MismatchKind::Required => format!("{promised}, and there is {seen}"),
        _ => format!("{what} is {seen}; the schema promises {promised}"),
    }
}

/// Where in the value the mismatch is.
fn pointer(value: &Value, mismatch: &Mismatch) -> String {
    let place = mismatch.place.as_str();
    let found = match (mismatch.kind, Pointer::split_last(place)) {
        (MismatchKind::Required, Some((parent, name))) => {
            locate::first(value, parent, &|value| value.get(&*name).is_none())
        }
        // What was seen ends with the value, after its type or length.
        _ => locate::first(value, place, &|value| mismatch.seen.ends_with(&excerpt(value))),
    };
    found.unwrap_or_default()
}
