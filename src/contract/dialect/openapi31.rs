//! OpenAPI 3.1 to the shape of OpenAPI 3.0: only the structure, for schemas are told apart later.

use serde_json::{Map, Value};

/// Rewrites the structure of a document in place.
pub fn rewrite(document: &mut Value) {
    let Value::Object(members) = document else { return };
    // What a server may call at our side is no promise of an operation.
    members.shift_remove("webhooks");
    members.entry("paths").or_insert_with(|| Value::Object(Map::new()));
}
