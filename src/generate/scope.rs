//! What is known of one value beyond its schema: places that others fill, schemas that are known
//! better, and files for the fields of a form.

use serde_json::Value;

use super::facts::Speaker;
use super::files::File;
use crate::document::Pointer;

/// Why no value can be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cannot {
    /// JSON Pointer to the value, within the body or the parameter.
    pub at: String,
    /// Why, in a sentence without its dot.
    pub why: String,
}

impl std::fmt::Display for Cannot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.at.is_empty() {
            f.write_str(&self.why)
        } else {
            write!(f, "{}: {}", self.at, self.why)
        }
    }
}

impl std::error::Error for Cannot {}

/// How a value travels, which bounds what it can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carrier {
    /// As JSON: anything.
    Json,
    /// As a form: an object whose members are fields.
    Form,
    /// As a field of a form: a text, a file, or JSON in a text.
    Field,
    /// As a text of a path, query or header.
    Text(super::text::Alphabet),
}

/// A place in a value, token by token; `-` stands for any index.
pub type Path = Vec<String>;

/// What is known of one value beyond its schema.
#[derive(Debug, Default)]
pub struct Scope<'s> {
    /// Places that others fill.
    pub fixed: Vec<Path>,
    /// Schemas that replace the declared ones.
    pub overrides: Vec<(Path, &'s Value)>,
    /// Files for the fields of a form; `-` stands for any other field.
    pub files: Vec<(String, Vec<File>)>,
}

impl<'s> Scope<'s> {
    /// The schemas that speak of a place: those declared, or the one that replaces them.
    #[must_use]
    pub fn speakers<'d>(&self, path: &[String], declared: &[Speaker<'d>]) -> Vec<Speaker<'d>>
    where
        's: 'd,
    {
        match self.overrides.iter().find(|(place, _)| is_same(place, path)) {
            Some((_, schema)) => vec![Speaker { document: schema, schema }],
            None => declared.to_vec(),
        }
    }

    /// Whether others fill the place.
    #[must_use]
    pub fn is_fixed(&self, path: &[String]) -> bool {
        self.fixed.iter().any(|place| is_same(place, path))
    }

    /// Whether others fill a place within this one.
    #[must_use]
    pub fn holds_fixed(&self, path: &[String]) -> bool {
        self.fixed.iter().any(|place| {
            place.len() > path.len() && is_same(place.get(..path.len()).unwrap_or_default(), path)
        })
    }

    /// The files that a field of a form may hold.
    #[must_use]
    pub fn files(&self, field: &str) -> &[File] {
        let own = self.files.iter().find(|(name, _)| name == field);
        let own = own.or_else(|| self.files.iter().find(|(name, _)| name == "-"));
        own.map_or(&[], |(_, files)| files)
    }
}

/// Whether two places are the same; `-` stands for any index.
fn is_same(one: &[String], other: &[String]) -> bool {
    let index = |token: &str| token == "-" || token.bytes().all(|byte| byte.is_ascii_digit());
    one.len() == other.len()
        && one.iter().zip(other).all(|(one, other)| {
            one == other || ((one == "-" || other == "-") && index(one) && index(other))
        })
}

/// The tokens of a JSON Pointer.
#[must_use]
pub fn tokens(pointer: &str) -> Path {
    Pointer::tokens(pointer).map(std::borrow::Cow::into_owned).collect()
}

/// The JSON Pointer of these tokens.
#[must_use]
pub fn pointer(path: &[String]) -> String {
    let mut pointer = String::new();
    for token in path {
        crate::finding::push_member(&mut pointer, token);
    }
    pointer
}
