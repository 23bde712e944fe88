//! What was observed of an operation: its shape.

mod shape;

pub use shape::{BodyShape, OperationShape, StatusShape, ValueShape};
