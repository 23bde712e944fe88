//! Times as answers tell them.

use std::cmp::Ordering;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use serde_json::{Map, Value};

use super::{Answer, Evidence, Target};
use crate::check::Meta;
use crate::contract::Operation;
use crate::contract::laws::Times;
use crate::finding::{Basis, Disagreement, Part, Place, push_member};

/// The number from which on seconds are too many, and below which milliseconds are too few: as seconds
/// a day in the year 5138, as milliseconds one in 1973.
const BETWEEN: f64 = 1e11;

/// What is promised of the times in an exchange.
#[derive(Clone, Copy)]
pub struct Rules<'e> {
    evidence: &'e Evidence<'e>,
    operation: &'e Operation,
    /// The promise.
    pub times: &'e Times,
}

/// What is told of an object: the part it stands in, its pointer there, and its members.
pub type OnObject<'f> = dyn FnMut(&Part, &str, &Map<String, Value>) + 'f;

impl<'e> Rules<'e> {
    /// What is promised, if anything is, and the answer may have times in it.
    #[must_use]
    pub fn of(evidence: &'e Evidence<'e>) -> Option<Self> {
        let Target::Operation(operation) = evidence.target else { return None };
        let times = operation.laws.times.as_ref()?;
        let told = evidence.stream.is_some() || matches!(evidence.answer, Answer::Json(_));
        told.then_some(Self { evidence, operation, times })
    }

    /// Whether there are units to look at.
    #[must_use]
    pub fn has_units(self) -> bool {
        !self.times.seconds.is_empty() || !self.times.milliseconds.is_empty()
    }

    /// All objects of the answer, with those in its events. What is anybody's is not looked into.
    pub fn objects(self, on: &mut OnObject<'_>) {
        if let Answer::Json(value) = &self.evidence.answer {
            self.walk(&self.evidence.part(), &mut String::new(), value, on);
        }
        for event in self.evidence.stream.iter().flat_map(|stream| &stream.events) {
            if let (Some(name), Some(data)) = (&event.name, &event.data) {
                let status = self.evidence.response.status;
                let part = Part::Event { status, name: name.clone() };
                self.walk(&part, &mut String::new(), data, on);
            }
        }
    }

    fn walk(self, part: &Part, pointer: &mut String, value: &Value, on: &mut OnObject<'_>) {
        let length = pointer.len();
        match value {
            Value::Object(object) => {
                on(part, pointer, object);
                for (name, value) in object {
                    let holds = value.is_object() || value.is_array();
                    if holds && !self.times.free.contains(name) {
                        push_member(pointer, name);
                        self.walk(part, pointer, value, on);
                        pointer.truncate(length);
                    }
                }
            }
            Value::Array(items) => {
                pointer.push_str("[]");
                for item in items {
                    self.walk(part, pointer, item, on);
                }
                pointer.truncate(length);
            }
            _ => {}
        }
    }

    /// The unit that a number is surely not told in, as it should be: in words.
    #[must_use]
    pub fn missed_unit(self, name: &String, value: &Value) -> Option<&'static str> {
        let number = value.as_f64().filter(|number| *number > 0.0)?;
        if self.times.seconds.contains(name) && number >= BETWEEN {
            Some("seconds since 1970")
        } else if self.times.milliseconds.contains(name) && number < BETWEEN {
            Some("milliseconds since 1970")
        } else {
            None
        }
    }

    /// The seconds since 1970 that a member of this name tells, if it is in the right unit.
    #[must_use]
    pub fn instant(self, name: &String, value: &Value) -> Option<f64> {
        if self.missed_unit(name, value).is_some() {
            return None;
        }
        let milliseconds = value.is_number() && self.times.milliseconds.contains(name);
        instant(value).map(|told| if milliseconds { told / 1000.0 } else { told })
    }

    /// A disagreement about a member of an object.
    #[must_use]
    pub fn disagreement(self, meta: &Meta, part: &Part, object: &str, name: &str) -> Disagreement {
        let mut pointer = object.to_owned();
        push_member(&mut pointer, name);
        let place = Place { part: part.clone(), pointer };
        let mut found = self.evidence.disagreement(meta, place, Basis::Schema);
        found.promise = Some((self.operation.at.document, self.operation.laws.at.times.clone()));
        found
    }
}

/// Seconds since 1970 that a text tells by ISO 8601; without an offset it is taken for UTC.
#[must_use]
pub fn seconds(text: &str) -> Option<f64> {
    let instant = text.parse::<Timestamp>().ok().or_else(|| {
        let local: DateTime = text.parse().ok()?;
        Offset::UTC.to_timestamp(local).ok()
    })?;
    Some(instant.as_duration().as_secs_f64())
}

/// Which of two values comes first: numbers, or times in ISO 8601. Other values are in no order that
/// an API could be held to, as there are many alphabets.
#[must_use]
pub fn compare(one: &Value, other: &Value) -> Option<Ordering> {
    instant(one)?.partial_cmp(&instant(other)?).filter(|_| one.is_number() == other.is_number())
}

/// The number that a value is, or the seconds since 1970 that it tells by ISO 8601.
#[must_use]
pub fn instant(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => seconds(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn times_are_told_in_several_ways() {
        for text in ["1970-01-01T00:01:00Z", "1970-01-01T01:01:00+01:00", "1970-01-01T00:01:00"] {
            assert_eq!(seconds(text), Some(60.0), "{text}");
        }
        assert_eq!(seconds("1970-01-01T00:01:00.5"), Some(60.5));
        for text in ["", "60", "ferns", "1970-13-01T00:00:00Z"] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }

    #[test]
    fn words_are_in_no_order() {
        assert_eq!(compare(&json!(1), &json!(2.5)), Some(Ordering::Less));
        assert_eq!(
            compare(&json!("2026-01-02T00:00:00"), &json!("2026-01-01T00:00:00")),
            Some(Ordering::Greater)
        );
        assert_eq!(compare(&json!("a"), &json!("b")), None);
        assert_eq!(compare(&json!(1), &json!("2026-01-01T00:00:00")), None);
        assert_eq!(compare(&json!(1), &Value::Null), None);
    }
}
