//! One value changed in one place, and what it is called.

use std::collections::HashSet;

use serde_json::Value;

use super::edit;
use super::scope::Path;
use super::walk::Stop;

/// A value that differs from a plain one in one place.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// What is done where: `maximum-limit`.
    pub name: String,
    /// The place.
    pub path: Path,
    /// What is special, in a sentence: "`limit` is 100, the maximum."
    pub says: String,
    /// The value as a whole.
    pub value: Value,
}

/// Gathers changes of one value: each name and each value once.
pub struct Changes<'c> {
    /// What the value as a whole is called: `body`, or the name of a parameter.
    pub whole: &'c str,
    /// Whether a value is to be kept.
    pub keep: &'c dyn Fn(&Value) -> bool,
    /// What was kept.
    pub found: Vec<Change>,
    seen: HashSet<String>,
}

impl<'c> Changes<'c> {
    /// Nothing yet.
    pub fn new(whole: &'c str, keep: &'c dyn Fn(&Value) -> bool) -> Self {
        Self { whole, keep, found: Vec::new(), seen: HashSet::new() }
    }

    /// Puts a value at the place.
    pub fn set(&mut self, stop: &Stop<'_, '_>, what: &str, value: Value, says: &str) {
        self.set_to(stop, what, "", value, says);
    }

    /// Puts a value at the place, which goes by a name of its own.
    pub fn set_to(&mut self, stop: &Stop<'_, '_>, what: &str, to: &str, value: Value, says: &str) {
        let mut whole = stop.base.clone();
        let at = title(self.whole, stop.path);
        let says = format!("{at} is {}, {says}.", short(&value));
        if edit::set(&mut whole, stop.path, value) {
            self.add(stop, what, to, whole, says);
        }
    }

    /// Leaves out the place.
    pub fn remove(&mut self, stop: &Stop<'_, '_>, what: &str, says: &str) {
        let mut whole = stop.base.clone();
        if edit::remove(&mut whole, stop.path) {
            let says = format!("{} {says}.", title(self.whole, stop.path));
            self.add(stop, what, "", whole, says);
        }
    }

    fn add(&mut self, stop: &Stop<'_, '_>, what: &str, to: &str, whole: Value, says: String) {
        let text = whole.to_string();
        if self.seen.contains(&text) || !(self.keep)(&whole) {
            return;
        }
        self.seen.insert(text);
        let mut plain = named(what, self.whole, stop.path);
        for (word, more) in [("", to), ("in-", stop.branch.unwrap_or_default())] {
            let more = kebab(more);
            if !more.is_empty() {
                plain = format!("{plain}-{word}{more}");
            }
        }
        let taken = |name: &str| self.found.iter().any(|change| change.name == name);
        let numbered = (2..).map(|number| format!("{plain}-{number}"));
        let name = std::iter::once(plain.clone()).chain(numbered).find(|name| !taken(name));
        let name = name.unwrap_or(plain);
        self.found.push(Change { name, path: stop.path.to_vec(), says, value: whole });
    }
}

/// What is done and where, in kebab case: `maximum-limit`, `missing-files-0-type`.
#[must_use]
pub fn named(what: &str, whole: &str, path: &[String]) -> String {
    let place = match (path, whole) {
        ([], whole) => kebab(whole),
        (path, "body") => kebab(&path.join("-")),
        (path, whole) => kebab(&format!("{whole}-{}", path.join("-"))),
    };
    if place.is_empty() { what.to_owned() } else { format!("{what}-{place}") }
}

/// A place for people: `` `files.0.type` ``, "the body".
#[must_use]
pub fn title(whole: &str, path: &[String]) -> String {
    match (path, whole) {
        ([], "body") => "the body".to_owned(),
        ([], whole) => format!("`{whole}`"),
        (path, "body") => format!("`{}`", path.join(".")),
        (path, whole) => format!("`{whole}.{}`", path.join(".")),
    }
}

/// A text in lower case, words joined by hyphens, cut at 100 characters.
#[must_use]
pub fn kebab(text: &str) -> String {
    let mut result = String::new();
    let mut small = false;
    for c in text.chars().take(100) {
        if c.is_alphanumeric() {
            if c.is_uppercase() && small {
                result.push('-');
            }
            small = c.is_lowercase();
            result.extend(c.to_lowercase());
        } else if !result.is_empty() && !result.ends_with('-') {
            result.push('-');
            small = false;
        }
    }
    result.trim_end_matches('-').to_owned()
}

/// A value in a few words.
#[must_use]
pub fn short(value: &Value) -> String {
    match value {
        Value::String(text) if text.is_empty() => "empty".to_owned(),
        Value::String(text) if text.chars().count() > 40 => {
            format!("a text of {} characters", text.chars().count())
        }
        Value::Array(items) if items.is_empty() => "an empty list".to_owned(),
        Value::Array(items) if value.to_string().len() > 60 => format!("a list of {}", items.len()),
        Value::Object(members) if value.to_string().len() > 60 => {
            format!("an object of {} members", members.len())
        }
        value => value.to_string(),
    }
}
