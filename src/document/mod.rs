//! Documents: text to value, with line and column for every JSON Pointer, and `$ref` resolved.

mod bundle;
mod file;
mod json;
mod pointer;
mod refs;
mod spans;
mod yaml;

pub use bundle::{Bundle, Origin};
pub use file::{Position, TextFile};
pub use pointer::Pointer;
