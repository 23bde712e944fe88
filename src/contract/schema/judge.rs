//! A validator that can be handed on and kept, for whoever makes values and wants to know whether
//! they are right.

use std::fmt;
use std::sync::Arc;

use jsonschema::Validator;
use jsonschema::error::ValidationErrorKind;
use serde_json::Value;

use super::compare::Side;
use super::formats;
use super::table::{SchemaId, Schemas};

/// Tells whether a value is right by one schema. Copies share the compiled schema.
#[derive(Clone)]
pub struct Judge(Arc<Validator>);

impl Judge {
    /// A judge by a schema of its own: JSON Schema 2020-12, its references lead within itself.
    ///
    /// # Errors
    ///
    /// Why the schema does not compile.
    pub fn of_schema(schema: &Value) -> Result<Self, String> {
        let validator = formats::options().build(schema);
        let told = |error: jsonschema::ValidationError<'_>| {
            format!("{error} (at {})", error.schema_path())
        };
        validator.map(|validator| Self(Arc::new(validator))).map_err(told)
    }

    /// Whether the value is right. That several branches of a `oneOf` fit is a fault of the document,
    /// whose branches overlap, and not of the value.
    #[must_use]
    pub fn accepts(&self, value: &Value) -> bool {
        self.0.is_valid(value)
            || self
                .0
                .iter_errors(value)
                .all(|error| matches!(error.kind(), ValidationErrorKind::OneOfMultipleValid { .. }))
    }
}

impl fmt::Debug for Judge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Judge")
    }
}

impl Schemas {
    /// A judge by a schema of the contract, as this side has to obey it.
    ///
    /// # Errors
    ///
    /// Why the schema does not compile.
    pub fn judge(&self, id: SchemaId, side: Side) -> Result<Judge, String> {
        self.shared_validator(id, side)
            .map(|validator| Judge(Arc::clone(validator)))
            .map_err(str::to_owned)
    }
}
