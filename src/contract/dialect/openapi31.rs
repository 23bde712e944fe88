//! OpenAPI 3.1 to the shape of OpenAPI 3.0: only the structure, for schemas are told apart later.

use serde_json::{Map, Value};

/// Rewrites the structure of a document in place.
pub fn rewrite(document: &mut Value) {
    let Value::Object(members) = document else { return };
    // `webhooks` stay: what a server may call at our side is no promise of an operation, and nothing
    // looks at it, but components may be there for their sake alone.
    members.entry("paths").or_insert_with(|| Value::Object(Map::new()));
}
