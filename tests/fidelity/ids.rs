//! Which id of the mock stands for which recorded one.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// Recorded ids and those that stand for them.
#[derive(Debug, Default)]
pub struct Ids {
    map: BTreeMap<String, String>,
    taken: BTreeSet<String>,
}

impl Ids {
    /// Walks a recorded answer and the one that came in its place, and notes what differs and looks
    /// like an id. What was noted first stays: an id is told where it is made.
    pub fn learn(&mut self, recorded: &Value, seen: &Value) {
        match (recorded, seen) {
            (Value::String(recorded), Value::String(seen)) => self.note(recorded, seen),
            (Value::Object(recorded), Value::Object(seen)) => {
                for (name, value) in recorded {
                    if let Some(seen) = seen.get(name) {
                        self.learn(value, seen);
                    }
                }
            }
            (Value::Array(recorded), Value::Array(seen)) => self.learn_list(recorded, seen),
            _ => {}
        }
    }

    /// Elements whose id is known belong together; the others do in their order.
    fn learn_list(&mut self, recorded: &[Value], seen: &[Value]) {
        let id = |value: &Value| value.get("id").and_then(Value::as_str).map(str::to_owned);
        let (mut open, mut pairs) = (Vec::new(), Vec::new());
        let mut free: Vec<&Value> = seen.iter().collect();
        for value in recorded {
            let known = id(value).and_then(|id| self.map.get(&id).cloned());
            let at =
                known.and_then(|known| free.iter().position(|s| id(s).as_ref() == Some(&known)));
            match at {
                Some(at) => pairs.push((value, free.remove(at))),
                None => open.push(value),
            }
        }
        let is_new = |value: &&Value| id(value).is_none_or(|id| !self.taken.contains(&id));
        pairs.extend(open.into_iter().zip(free.into_iter().filter(is_new).collect::<Vec<_>>()));
        for (recorded, seen) in pairs {
            self.learn(recorded, seen);
        }
    }

    fn note(&mut self, recorded: &str, seen: &str) {
        if recorded == seen || !is_id(recorded) || !is_id(seen) {
            return;
        }
        if !self.map.contains_key(recorded) && self.taken.insert(seen.to_owned()) {
            self.map.insert(recorded.to_owned(), seen.to_owned());
        }
    }

    /// The bytes of a request with the ids that stand for the recorded ones, the longest first.
    pub fn apply(&self, bytes: &[u8]) -> Vec<u8> {
        let mut known: Vec<(&String, &String)> = self.map.iter().collect();
        known.sort_by_key(|(recorded, _)| std::cmp::Reverse(recorded.len()));
        let mut bytes = bytes.to_vec();
        for (recorded, seen) in known {
            let ends: Vec<usize> = memchr::memmem::find_iter(&bytes, recorded).collect();
            for at in ends.into_iter().rev() {
                bytes.splice(at..at + recorded.len(), seen.bytes());
            }
        }
        bytes
    }

    /// The same for text.
    pub fn apply_to_text(&self, text: &str) -> String {
        String::from_utf8(self.apply(text.as_bytes())).unwrap()
    }

    /// Whether it is known what stands for a recorded id.
    pub fn knows(&self, recorded: &str) -> bool {
        self.map.contains_key(recorded)
    }

    /// How many ids are known.
    pub fn len(&self) -> usize {
        self.map.len()
    }
}

/// Whether a text looks like an id: a UUID, a number of a batch, a token. Words are none, since they
/// have no digit, and names that people chose have a space or are short.
fn is_id(text: &str) -> bool {
    text.len() >= 16
        && text.bytes().any(|byte| byte.is_ascii_digit())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}
