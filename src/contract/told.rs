//! What a stream, or the single answer in its place, tells of a thing that can be read later
//! (`tells` of `x-contract-stream`).

use std::collections::BTreeMap;

use serde::Deserialize;

/// A member of a thing that is told by an answer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Told {
    /// The kind of thing.
    pub kind: String,
    /// JSON Pointer to its id, in the single answer and in events.
    pub id: String,
    /// JSON Pointer to the member, in the thing as it is read.
    pub member: String,
    /// JSON Pointer to the member in the single answer.
    #[serde(default)]
    pub single: Option<String>,
    /// Events that tell a piece of it, each with a JSON Pointer: the text is all pieces in order. Of
    /// several such sets, a stream has events of one alone.
    #[serde(default)]
    pub pieces: Vec<BTreeMap<String, String>>,
    /// Events that tell all of it, in the place of what was told before.
    #[serde(default)]
    pub whole: BTreeMap<String, String>,
    /// Events of which the stream must have one, so that nothing is left to be told.
    #[serde(default)]
    pub ends: Vec<String>,
}
