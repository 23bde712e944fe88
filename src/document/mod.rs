//! Documents: text to value, with line and column for every JSON Pointer, and `$ref` resolved.

mod broken;
mod bundle;
mod file;
mod json;
mod loader;
mod pointer;
mod refs;
mod spans;
mod yaml;
mod yaml_words;

pub use bundle::{Bundle, Origin};
pub use file::{Position, TextFile};
pub use pointer::Pointer;
pub use refs::visit as visit_references;
