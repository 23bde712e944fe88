//! What a caller knows of an operation that its schemas do not tell.

use serde_json::Value;

use super::files::File;
use super::spot::Spot;

/// What a caller knows of an operation that its schemas do not tell.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Places that the caller fills: ids of resources. They hold a plain value where they are
    /// required, are absent from chance drafts where they are not, and are never varied.
    pub fixed: Vec<Spot>,
    /// JSON Schemas (2020-12, references within themselves) that replace the declared ones at a
    /// place. What is made obeys both.
    pub overrides: Vec<(Spot, Value)>,
    /// Files that a field of a form takes; `-` stands for all fields that are not named. By default,
    /// those of the documented media types, or all that we make.
    pub files: Vec<(String, Vec<File>)>,
}
