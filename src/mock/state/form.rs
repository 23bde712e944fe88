//! Forms at which runs wait for a person.

use serde_json::{Map, Value, json};

/// A form.
#[derive(Debug, Clone)]
pub struct Form {
    /// The id.
    pub id: String,
    /// What opens it.
    pub token: String,
    /// The text, the fields still as placeholders.
    pub content: String,
    /// When it can no longer be filled in, in seconds since 1970.
    pub expires: f64,
    /// Whether somebody has filled it in.
    pub submitted: bool,
}

/// The field of the form, and the names of the buttons.
pub const FIELD: &str = "comment";

/// A button: its id, what it says, and how it looks.
pub const BUTTONS: &[(&str, &str, &str)] =
    &[("approve", "Approve", "primary"), ("reject", "Reject", "default")];

impl Form {
    /// The fields.
    pub fn inputs() -> Value {
        json!([{
            "output_variable_name": FIELD,
            "type": "paragraph",
            "default": { "type": "constant", "selector": [], "value": "none" },
        }])
    }

    /// The buttons.
    pub fn actions() -> Value {
        let button = |(id, title, style): &(&str, &str, &str)| json!({ "id": id, "title": title, "button_style": style });
        BUTTONS.iter().map(button).collect()
    }

    /// When it expires, in whole seconds since 1970.
    pub fn expiration_time(&self) -> i64 {
        #[expect(clippy::cast_possible_truncation, reason = "it is far from the limit")]
        let seconds = self.expires as i64;
        seconds
    }

    /// The text with what was filled in.
    pub fn filled(&self, inputs: &Map<String, Value>) -> String {
        let value = inputs.get(FIELD).and_then(Value::as_str).unwrap_or_default();
        self.content.replace("{{#$output.comment#}}", value)
    }
}
