//! Members and parameters read one by one, each held against what the server takes.
//!
//! The server reads leniently: a text that spells a number counts as one, a whole float as an integer.

use std::ops::RangeInclusive;

use serde_json::{Map, Value};

use super::refusal::{Breach, Refusal};
use crate::exchange::query;

/// What is read.
pub struct Fields<'v> {
    source: Source<'v>,
}

enum Source<'v> {
    Object(&'v Map<String, Value>),
    Query(&'v [query::Pair]),
}

/// One field, read or refused.
pub struct Field<T> {
    name: String,
    /// What was read; `None` where it is absent, or null.
    value: Result<Option<T>, Refusal>,
    /// Null was sent.
    null: bool,
}

impl<'v> Fields<'v> {
    /// The members of an object.
    pub fn of_object(object: &'v Map<String, Value>) -> Self {
        Self { source: Source::Object(object) }
    }

    /// The fields of a query; all of them are texts.
    pub fn of_query(query: &'v [query::Pair]) -> Self {
        Self { source: Source::Query(query) }
    }

    /// The raw value of a field.
    pub fn raw(&self, name: &str) -> Option<Value> {
        match &self.source {
            Source::Object(object) => object.get(name).cloned(),
            Source::Query(query) => {
                let pair = query.iter().find(|pair| pair.name == name)?;
                Some(Value::String(pair.value.clone()))
            }
        }
    }

    /// Whether the field is there, be it null.
    pub fn has(&self, name: &str) -> bool {
        self.raw(name).is_some()
    }

    fn field<T>(&self, name: &str, kind: &str, read: impl FnOnce(&Value) -> Option<T>) -> Field<T> {
        let raw = self.raw(name);
        let null = raw == Some(Value::Null);
        let value = match raw.filter(|raw| !raw.is_null()) {
            None => Ok(None),
            Some(raw) => match read(&raw) {
                Some(value) => Ok(Some(value)),
                None => {
                    Err(Refusal::field(breach(&raw, kind), format!("`{name}` has to be {kind}.")))
                }
            },
        };
        Field { name: name.to_owned(), value, null }
    }

    /// A text.
    pub fn text(&self, name: &str) -> Field<String> {
        self.field(name, "a text", |value| value.as_str().map(str::to_owned))
    }

    /// A UUID, written in any way that is understood; empty text counts as none.
    pub fn uuid(&self, name: &str) -> Field<String> {
        let read = |value: &Value| {
            let text = value.as_str()?;
            uuid::Uuid::try_parse(text).ok().map(|uuid| uuid.to_string())
        };
        if self.raw(name) == Some(Value::String(String::new())) {
            return Field { name: name.to_owned(), value: Ok(None), null: false };
        }
        self.field(name, "a UUID", read)
    }

    /// A whole number.
    pub fn integer(&self, name: &str) -> Field<i64> {
        self.field(name, "a whole number", |value| match value {
            Value::String(text) => text.trim().parse().ok(),
            Value::Bool(value) => Some(i64::from(*value)),
            #[expect(clippy::cast_possible_truncation, reason = "it is whole, and in range")]
            value => value.as_i64().or_else(|| {
                value.as_f64().filter(|n| n.fract() == 0.0 && n.abs() < 9e15).map(|n| n as i64)
            }),
        })
    }

    /// A number.
    pub fn number(&self, name: &str) -> Field<f64> {
        self.field(name, "a number", |value| match value {
            Value::String(text) => text.trim().parse().ok().filter(|n: &f64| n.is_finite()),
            Value::Bool(value) => Some(f64::from(u8::from(*value))),
            value => value.as_f64(),
        })
    }

    /// A truth value.
    pub fn boolean(&self, name: &str) -> Field<bool> {
        self.field(name, "true or false", |value| match value {
            Value::Bool(value) => Some(*value),
            Value::String(text) => match text.to_ascii_lowercase().as_str() {
                "true" | "t" | "yes" | "y" | "on" | "1" => Some(true),
                "false" | "f" | "no" | "n" | "off" | "0" => Some(false),
                _ => None,
            },
            value => match value.as_f64() {
                Some(0.0) => Some(false),
                Some(1.0) => Some(true),
                _ => None,
            },
        })
    }

    /// An object.
    pub fn object(&self, name: &str) -> Field<Map<String, Value>> {
        self.field(name, "an object", |value| value.as_object().cloned())
    }

    /// A list.
    pub fn list(&self, name: &str) -> Field<Vec<Value>> {
        self.field(name, "a list", |value| value.as_array().cloned())
    }

    /// A list of texts.
    pub fn texts(&self, name: &str) -> Field<Vec<String>> {
        self.field(name, "a list of texts", |value| {
            let items = value.as_array()?.iter();
            items.map(|item| item.as_str().map(str::to_owned)).collect()
        })
    }
}

/// What is wrong with a value that could not be read: a text that is no UUID is at least a text.
fn breach(raw: &Value, kind: &str) -> Breach {
    if raw.is_string() && kind == "a UUID" { Breach::Format } else { Breach::Type }
}

impl<T> Field<T> {
    /// What was read; null counts as absent.
    ///
    /// # Errors
    /// Where it is of the wrong kind, or out of bounds.
    pub fn optional(self) -> Result<Option<T>, Refusal> {
        self.value
    }

    /// What was read, or the default where it is absent. Null is refused.
    ///
    /// # Errors
    /// As [`Field::optional`].
    pub fn or(self, default: T) -> Result<T, Refusal> {
        if self.null {
            let message = format!("`{}` must not be null.", self.name);
            return Err(Refusal::field(Breach::Type, message));
        }
        Ok(self.value?.unwrap_or(default))
    }

    /// What was read.
    ///
    /// # Errors
    /// As [`Field::optional`], and where it is absent or null.
    pub fn required(self) -> Result<T, Refusal> {
        let name = self.name;
        self.value?.ok_or_else(|| Refusal::field(Breach::Missing, format!("`{name}` is required.")))
    }

    /// The same, refused unless it meets a condition; `what` ends the sentence "`name` has to …".
    pub fn must(self, meets: impl FnOnce(&T) -> bool, what: impl std::fmt::Display) -> Self {
        self.check(Breach::Bounds, meets, what)
    }

    fn check(
        mut self,
        breach: Breach,
        meets: impl FnOnce(&T) -> bool,
        what: impl std::fmt::Display,
    ) -> Self {
        if let Ok(Some(value)) = &self.value
            && !meets(value)
        {
            let message = format!("`{}` has to {what}.", self.name);
            self.value = Err(Refusal::field(breach, message));
        }
        self
    }
}

impl Field<String> {
    /// The same, refused unless it has so many characters.
    pub fn length(self, range: RangeInclusive<usize>) -> Self {
        let what = format!("have {} to {} characters", range.start(), range.end());
        self.must(|text| range.contains(&text.chars().count()), what)
    }

    /// The same, refused where it has a character that the database cannot keep.
    pub fn storable(self) -> Self {
        self.check(Breach::Format, |text| !text.contains('\0'), "be without U+0000")
    }

    /// The same, refused unless it is one of these.
    pub fn one_of(self, values: &[&str]) -> Self {
        let what = format!("be one of {}", values.join(", "));
        self.check(Breach::Enum, |text| values.contains(&text.as_str()), what)
    }
}

impl Field<i64> {
    /// The same, refused unless it is in the range.
    pub fn range(self, range: RangeInclusive<i64>) -> Self {
        let what = format!("be from {} to {}", range.start(), range.end());
        self.must(|number| range.contains(number), what)
    }
}

impl Field<f64> {
    /// The same, refused unless it is in the range.
    pub fn range(self, range: RangeInclusive<f64>) -> Self {
        let what = format!("be from {} to {}", range.start(), range.end());
        self.must(|number| range.contains(number), what)
    }
}
