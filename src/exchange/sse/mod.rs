//! Server-sent events as the WHATWG HTML standard defines them (section "Server-sent events"), read
//! without loss: comments, unknown fields and events cut off are kept, since they are evidence.

mod frame;
mod reader;

pub use frame::{Cut, Field, FieldName, Frame, LineEnd};
pub use reader::{DEFAULT_LIMIT, SseReader, frames};

#[cfg(test)]
mod tests;
