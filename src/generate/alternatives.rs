//! What a schema asks of a value, its references, parts and branches taken together.
//!
//! A schema is a choice of *alternatives*: for each branch of a `oneOf` or `anyOf`, each case of a
//! discriminator, one. An alternative is free of choices at its own level; its members and items are
//! schemas again. Whoever makes values picks an alternative and obeys its facts. What facts do not
//! tell (`not`, `contains`, conditions that fail), the validator tells afterwards.

use serde_json::{Map, Value};

use super::facts::{Facts, Speaker, list};
use crate::contract::schema::DISPATCH;

/// At most this many alternatives of one schema are told apart.
const MAX_ALTERNATIVES: usize = 64;

/// At most this many schemas speak of one value. More are a circle.
const MAX_SPEAKERS: usize = 512;

/// The alternatives of a value of which all these schemas speak, in the document's order; none if
/// they contradict each other.
#[must_use]
pub fn alternatives<'d>(speakers: &[Speaker<'d>]) -> Vec<Facts<'d>> {
    let mut tasks: Vec<Task<'d>> = speakers.iter().rev().map(|s| Task::Schema(*s)).collect();
    tasks.reserve(8);
    let mut found = Vec::new();
    let state = State { facts: Facts::default(), tasks, choices: Vec::new(), seen: Vec::new() };
    state.expand(&mut found);
    found
}

/// What is still to be taken in.
#[derive(Debug, Clone)]
enum Task<'d> {
    Schema(Speaker<'d>),
    /// One of these, each with what tells it from others.
    Branches(Vec<(String, Vec<Speaker<'d>>)>),
}

#[derive(Debug, Clone)]
struct State<'d> {
    facts: Facts<'d>,
    tasks: Vec<Task<'d>>,
    /// Choices, taken when everything that is sure is known.
    choices: Vec<Task<'d>>,
    /// References that were followed.
    seen: Vec<&'d str>,
}

impl<'d> State<'d> {
    fn expand(mut self, found: &mut Vec<Facts<'d>>) {
        let mut count = 0;
        loop {
            if found.len() >= MAX_ALTERNATIVES || count > MAX_SPEAKERS {
                return;
            }
            count += 1;
            match self.tasks.pop().or_else(|| self.choices.pop()) {
                None => break,
                Some(Task::Schema(speaker)) => {
                    if !self.take(speaker) {
                        return;
                    }
                }
                Some(Task::Branches(branches)) => {
                    for (label, speakers) in branches {
                        let mut branch = self.clone();
                        branch.facts.labels.push(label);
                        branch.tasks.extend(speakers.into_iter().rev().map(Task::Schema));
                        branch.expand(found);
                    }
                    return;
                }
            }
        }
        found.extend(self.facts.finish());
    }

    /// Takes in a schema; false if it allows nothing.
    fn take(&mut self, speaker: Speaker<'d>) -> bool {
        let members = match speaker.schema {
            Value::Object(members) => members,
            other => return *other != Value::Bool(false),
        };
        if let Some(reference) = members.get("$ref").and_then(Value::as_str)
            && !self.seen.contains(&reference)
        {
            self.seen.push(reference);
            let pointer = reference.trim_start_matches('#');
            let pointer = percent_encoding::percent_decode_str(pointer).decode_utf8_lossy();
            if let Some(target) = speaker.document.pointer(&pointer) {
                self.tasks.push(Task::Schema(speaker.beside(target)));
            }
        }
        if members.get(DISPATCH) == Some(&Value::Bool(true)) {
            self.dispatch(speaker, members);
            return true;
        }
        self.facts.take(speaker, members);
        for part in list(members.get("allOf")).rev() {
            self.tasks.push(Task::Schema(speaker.beside(part)));
        }
        for keyword in ["anyOf", "oneOf"] {
            if let Some(Value::Array(branches)) = members.get(keyword) {
                let branches = branches
                    .iter()
                    .enumerate()
                    .map(|(index, branch)| (label(branch, index), vec![speaker.beside(branch)]));
                self.choices.push(Task::Branches(branches.collect()));
            }
        }
        if let Some(condition) = members.get("if") {
            let part = |name: &str| members.get(name).map(|part| speaker.beside(part));
            let holds = std::iter::once(speaker.beside(condition)).chain(part("then")).collect();
            let fails = part("else").into_iter().collect();
            let branches = vec![("then".to_owned(), holds), ("else".to_owned(), fails)];
            self.choices.push(Task::Branches(branches));
        }
        true
    }

    /// Takes in the choice of a discriminator: one branch for each of its values.
    fn dispatch(&mut self, speaker: Speaker<'d>, members: &'d Map<String, Value>) {
        let mut branches = Vec::new();
        for case in list(members.get("allOf")) {
            if let Some(then) = case.get("then") {
                let Some(condition) = case.get("if") else { continue };
                let values = condition.get("properties").and_then(Value::as_object);
                let value = values.into_iter().flatten().find_map(|(_, value)| value.get("const"));
                let label = value.and_then(Value::as_str).unwrap_or("value").to_owned();
                branches.push((label, vec![speaker.beside(condition), speaker.beside(then)]));
            } else if let Some(others) = case.get("else").and_then(|other| other.get("anyOf")) {
                // Values that the document does not list: what the branch itself says of it.
                for (index, branch) in list(Some(others)).enumerate() {
                    branches.push((label(branch, index), vec![speaker.beside(branch)]));
                }
            }
        }
        if members.contains_key("$ref") {
            // Other values are but the base, which the reference leads to.
            branches.push(("other".to_owned(), Vec::new()));
        }
        let null = list(members.get("type")).any(|name| name == "null");
        if null {
            branches.push(("null".to_owned(), vec![speaker.beside(&NULL)]));
        }
        self.choices.push(Task::Branches(branches));
    }
}

/// The schema of null alone, in the shortest way to write it.
static NULL: std::sync::LazyLock<Value> =
    std::sync::LazyLock::new(|| serde_json::json!({ "type": "null" }));

fn label(branch: &Value, index: usize) -> String {
    let reference = branch.get("$ref").and_then(Value::as_str);
    let name = reference.and_then(|reference| reference.rsplit('/').next());
    let name = name.or(branch.get("title").and_then(Value::as_str));
    name.map_or_else(|| format!("branch-{}", index + 1), str::to_owned)
}
