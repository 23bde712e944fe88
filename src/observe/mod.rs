//! What was observed of an operation: its shape.

mod shape;
mod written;

pub use shape::{BodyShape, OperationShape, StatusShape, ValueShape};
