//! Values that a description lists in words: "One of `a`, `b`."

use serde_json::{Map, Value};

/// The values that a description says a string may have, if it lists them all; `None` if it does
/// not, or if that is not certain.
#[must_use]
pub fn listed_values(_description: &str, _schema: &Map<String, Value>) -> Option<Vec<String>> {
    None
}
