//! Variables that a chatflow keeps for each conversation.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::super::whole;

/// A variable of a conversation.
#[derive(Debug, Clone)]
pub struct Variable {
    /// The id, the same in every conversation.
    pub id: &'static str,
    /// The name.
    pub name: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// The value.
    pub value: Value,
    /// What it is for.
    pub description: &'static str,
    /// When it was made, in seconds since 1970.
    pub created_at: f64,
    /// When it was set last.
    pub updated_at: f64,
}

/// What a variable takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A text.
    Text,
    /// A number.
    Number,
    /// A truth value.
    Boolean,
    /// An object.
    Object,
    /// A list of texts.
    Texts,
}

impl Kind {
    /// The server's word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Text => "string",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Object => "object",
            Self::Texts => "array[string]",
        }
    }

    /// Whether it takes a value.
    pub fn takes(self, value: &Value) -> bool {
        match self {
            Self::Text => value.is_string(),
            Self::Number => value.is_number(),
            Self::Boolean => value.is_boolean(),
            Self::Object => value.is_object(),
            Self::Texts => value.as_array().is_some_and(|items| items.iter().all(Value::is_string)),
        }
    }
}

impl Variable {
    /// The variables of a new conversation.
    pub fn seeded(now: f64) -> Vec<Self> {
        let variable = |id, name, kind, value, description| Self {
            id,
            name,
            kind,
            value,
            description,
            created_at: now,
            updated_at: now,
        };
        vec![
            variable(
                "11111111-2222-4333-8444-555555555501",
                "last_query",
                Kind::Text,
                json!(""),
                "What was asked last",
            ),
            variable(
                "11111111-2222-4333-8444-555555555502",
                "score",
                Kind::Number,
                json!(7),
                "How well the visitor is liked",
            ),
            variable(
                "11111111-2222-4333-8444-555555555503",
                "topics",
                Kind::Texts,
                json!([]),
                "What was spoken of",
            ),
            variable(
                "11111111-2222-4333-8444-555555555504",
                "visitor",
                Kind::Object,
                json!({}),
                "What is known of the visitor",
            ),
            variable(
                "11111111-2222-4333-8444-555555555505",
                "known",
                Kind::Boolean,
                json!(false),
                "Whether the visitor was here before",
            ),
        ]
    }

    /// Sets it at a time, in seconds since 1970.
    pub fn set(&mut self, value: Value, now: f64) {
        (self.value, self.updated_at) = (value, now);
    }

    /// As answers show it: whatever it is, its value is a text.
    pub fn view(&self) -> Value {
        json!({
            "id": self.id,
            "name": self.name,
            "value_type": self.kind.word(),
            "value": spelled(&self.value),
            "description": self.description,
            "created_at": whole(self.created_at),
            "updated_at": whole(self.updated_at),
        })
    }
}

/// A value as the server's language spells it.
fn spelled(value: &Value) -> String {
    if let Value::String(text) = value {
        return text.clone();
    }
    let mut text = String::new();
    spell(value, &mut text);
    text
}

fn spell(value: &Value, to: &mut String) {
    match value {
        Value::Null => to.push_str("None"),
        Value::Bool(true) => to.push_str("True"),
        Value::Bool(false) => to.push_str("False"),
        Value::Number(number) => {
            // Writing to a text does not fail.
            let _ = write!(to, "{number}");
        }
        Value::String(text) => {
            let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
            to.push(quote);
            for letter in text.chars() {
                match letter {
                    '\n' => to.push_str("\\n"),
                    '\r' => to.push_str("\\r"),
                    '\t' => to.push_str("\\t"),
                    '\\' => to.push_str("\\\\"),
                    letter if letter == quote => to.extend(['\\', letter]),
                    letter => to.push(letter),
                }
            }
            to.push(quote);
        }
        Value::Array(items) => {
            to.push('[');
            for (number, item) in items.iter().enumerate() {
                if number > 0 {
                    to.push_str(", ");
                }
                spell(item, to);
            }
            to.push(']');
        }
        Value::Object(members) => {
            to.push('{');
            for (number, (name, member)) in members.iter().enumerate() {
                if number > 0 {
                    to.push_str(", ");
                }
                spell(&Value::String(name.clone()), to);
                to.push_str(": ");
                spell(member, to);
            }
            to.push('}');
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::spelled;

    #[test]
    fn values_are_spelled_as_the_server_would() {
        let value = json!({"a": [1, 2.5, true, null], "b": "it's", "c": "x\n"});
        assert_eq!(spelled(&value), r#"{'a': [1, 2.5, True, None], 'b': "it's", 'c': 'x\n'}"#);
        assert_eq!(spelled(&json!("plain")), "plain");
    }
}
