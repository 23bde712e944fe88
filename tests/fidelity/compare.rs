//! Holds an answer against the recorded one.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::Value;

use super::recording::Answer;
use super::shape::{Shape, Stream};

/// In what two answers may differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Aspect {
    /// The HTTP status.
    Status,
    /// The media type, without parameters.
    MediaType,
    /// The error code.
    Code,
    /// The types at a place; the place is a pointer, after the event's name if it is in a stream.
    Shape,
    /// The order of events.
    Events,
    /// A header; the place is its name.
    Header,
    /// Whether there is a body at all.
    Body,
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    pub aspect: Aspect,
    /// Where; empty if the aspect says it.
    pub place: String,
    pub recorded: String,
    pub seen: String,
}

/// What came of holding two answers against each other.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    pub differences: Vec<Difference>,
    /// Places that could not be compared, since an array was empty.
    pub unseen: Vec<String>,
}

/// Headers that are made anew for every connection.
const OF_THE_CONNECTION: [&str; 5] =
    ["connection", "keep-alive", "transfer-encoding", "date", "server"];

/// Headers whose values are facts; of others only the name counts.
const WITH_VALUE: [&str; 11] = [
    "content-type",
    "www-authenticate",
    "x-version",
    "x-env",
    "vary",
    "allow",
    "cache-control",
    "access-control-allow-origin",
    "access-control-allow-methods",
    "access-control-expose-headers",
    "content-disposition",
];

/// Compares an answer with the recorded one.
pub fn compare(recorded: &Answer, seen: &Answer) -> Comparison {
    let mut comparison = Comparison::default();
    let mut differ = |aspect, place: &str, recorded: String, seen: String| {
        if recorded != seen {
            let place = place.to_owned();
            comparison.differences.push(Difference { aspect, place, recorded, seen });
        }
    };
    let code = |answer: &Answer| answer.code().unwrap_or_else(|| "none".to_owned());
    differ(Aspect::Status, "", recorded.status.to_string(), seen.status.to_string());
    if recorded.status != seen.status {
        // All else differs as well, and says nothing; but the code may say why.
        if recorded.status >= 400 || seen.status >= 400 {
            differ(Aspect::Code, "", code(recorded), code(seen));
        }
        return comparison;
    }
    for name in names(recorded).union(&names(seen)) {
        let value = |answer: &Answer| of_header(name, answer.header(name));
        differ(Aspect::Header, name, value(recorded), value(seen));
    }
    differ(Aspect::MediaType, "", recorded.essence(), seen.essence());
    if recorded.status >= 400 {
        differ(Aspect::Code, "", code(recorded), code(seen));
    }
    let body = |answer: &Answer| if answer.body.is_empty() { "empty" } else { "there" }.to_owned();
    differ(Aspect::Body, "", body(recorded), body(seen));
    if recorded.essence() != seen.essence() {
        return comparison;
    }
    match recorded.essence().as_str() {
        "text/event-stream" => compare_streams(recorded, seen, &mut comparison),
        "application/json" if !recorded.body.is_empty() && !seen.body.is_empty() => {
            let shape = |answer: &Answer| {
                answer.json().map(|value| {
                    let mut shape = Shape::default();
                    shape.add(&value);
                    shape
                })
            };
            match (shape(recorded), shape(seen)) {
                (Some(recorded), Some(seen)) => shapes("", &recorded, &seen, &mut comparison),
                (recorded, seen) => comparison.differences.push(Difference {
                    aspect: Aspect::Body,
                    place: String::new(),
                    recorded: if recorded.is_some() { "JSON" } else { "no JSON" }.to_owned(),
                    seen: if seen.is_some() { "JSON" } else { "no JSON" }.to_owned(),
                }),
            }
        }
        _ => {}
    }
    comparison
}

fn names(answer: &Answer) -> BTreeSet<String> {
    let names = answer.headers.iter().map(|(name, _)| name.to_ascii_lowercase());
    names.filter(|name| !OF_THE_CONNECTION.contains(&name.as_str())).collect()
}

/// What counts of a header: lists without regard to their order, a file's name only as being there.
fn of_header(name: &str, value: Option<&str>) -> String {
    let Some(value) = value else { return "absent".to_owned() };
    match name {
        "allow" | "vary" | "access-control-allow-methods" | "access-control-expose-headers" => {
            let list: BTreeSet<&str> = value.split(',').map(str::trim).collect();
            Vec::from_iter(list).join(", ")
        }
        "content-disposition" => value.split('=').next().unwrap_or_default().to_owned(),
        name if WITH_VALUE.contains(&name) => value.to_owned(),
        _ => "present".to_owned(),
    }
}

fn shapes(event: &str, recorded: &Shape, seen: &Shape, comparison: &mut Comparison) {
    let place = |pointer: &str| format!("{event} {pointer}").trim_start().to_owned();
    let (differences, unseen) = recorded.differences(seen);
    comparison.differences.extend(differences.into_iter().map(|difference| Difference {
        aspect: Aspect::Shape,
        place: place(&difference.place),
        recorded: difference.recorded,
        seen: difference.seen,
    }));
    comparison.unseen.extend(unseen.iter().map(|pointer| place(pointer)));
}

fn compare_streams(recorded: &Answer, seen: &Answer, comparison: &mut Comparison) {
    let (recorded, seen) = (Stream::read(&recorded.body), Stream::read(&seen.body));
    if recorded.order() != seen.order() {
        comparison.differences.push(Difference {
            aspect: Aspect::Events,
            place: String::new(),
            recorded: recorded.order().join(", "),
            seen: seen.order().join(", "),
        });
    }
    let codes = |stream: &Stream| {
        let errors = stream.data.iter().zip(&stream.names).filter(|(_, name)| *name == "error");
        let code = |data: &Option<Value>| Some(data.as_ref()?.get("code")?.as_str()?.to_owned());
        errors.filter_map(|(data, _)| code(data)).collect::<Vec<_>>()
    };
    if codes(&recorded) != codes(&seen) {
        comparison.differences.push(Difference {
            aspect: Aspect::Code,
            place: "error".to_owned(),
            recorded: codes(&recorded).join(", "),
            seen: codes(&seen).join(", "),
        });
    }
    let (recorded, seen) = (recorded.shapes(), seen.shapes());
    for (event, recorded) in &recorded {
        // An event that is not there at all is told by the order.
        if let Some(seen) = seen.get(event) {
            shapes(event, recorded, seen, comparison);
        }
    }
}
