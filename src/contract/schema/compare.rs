//! A value held against a schema: every way in which it differs.

use serde_json::Value;

use super::declared::Declared;
use super::describe::{describe, excerpt};
use super::table::{SchemaId, Schemas};
use super::violations;
use crate::finding::{Basis, push_member};

/// The kinds of difference between a value and its schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MismatchKind {
    /// A value of another JSON type.
    Type,
    /// Null where null is not allowed.
    Null,
    /// A value that is not in the `enum`, or not the `const`.
    Enum,
    /// A string that is not of its `format`.
    Format,
    /// A value beyond a bound: of a number, of a length, of a count, of a `pattern`.
    Bounds,
    /// A member that is required and missing.
    Required,
    /// No branch of a `oneOf` or `anyOf` fits.
    NoBranch,
    /// Several branches of a `oneOf` fit.
    SeveralBranches,
    /// A member that is not declared.
    Undeclared,
    /// A value that is not among those that a description lists.
    Prose,
    /// Any other keyword.
    Other,
}

/// One difference between a value and its schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// Its kind.
    pub kind: MismatchKind,
    /// What it contradicts.
    pub basis: Basis,
    /// The keyword, or what is more telling: the name of a format.
    pub detail: String,
    /// JSON Pointer to the value, `[]` for any index and `{}` for any free member.
    pub place: String,
    /// What the schema promises, in a few words.
    pub promised: String,
    /// What was seen, cut short.
    pub seen: String,
    /// The document and the pointer of the promise.
    pub promise: (usize, String),
}

/// Whose value it is. Members that are not declared matter in an answer only; a `readOnly` member is
/// not required in a request, a `writeOnly` one not in an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// A value that a client sends.
    Request,
    /// A value that the server sends.
    Response,
}

impl Schemas {
    /// Every way in which the value differs from the schema.
    ///
    /// # Errors
    ///
    /// Why the schema cannot judge: it does not compile.
    pub fn compare(&self, id: SchemaId, value: &Value, side: Side) -> Result<Vec<Mismatch>, &str> {
        let compiled = self.get(id);
        let validator = self.validator(id, side)?;
        let mut found = Vec::new();
        if !validator.is_valid(value) {
            violations::collect(self, validator.iter_errors(value), &mut found);
        }
        if side == Side::Response {
            let (document, _) = self.place(id);
            let mut walk =
                Walk { schemas: self, document, declared: &compiled.declared, found: &mut found };
            walk.value(value, 0, &Place::Root);
        }
        Ok(found)
    }
}

/// Where a value stands: below what, and as what. It is written out only where something is wrong.
enum Place<'p> {
    Root,
    Member(&'p Place<'p>, &'p str),
    /// Any item.
    Item(&'p Place<'p>),
    /// Any member with a free name.
    Free(&'p Place<'p>),
}

impl Place<'_> {
    fn pointer(&self) -> String {
        match self {
            Self::Root => String::new(),
            Self::Member(whole, name) => {
                let mut pointer = whole.pointer();
                push_member(&mut pointer, name);
                pointer
            }
            Self::Item(whole) => whole.pointer() + "[]",
            Self::Free(whole) => whole.pointer() + "{}",
        }
    }
}

/// Looks for what a schema cannot say: members that it does not declare, and values that are not
/// among those a description lists.
struct Walk<'w> {
    schemas: &'w Schemas,
    document: usize,
    declared: &'w Declared,
    found: &'w mut Vec<Mismatch>,
}

impl Walk<'_> {
    fn value(&mut self, value: &Value, node: usize, place: &Place<'_>) {
        let node = self.declared.node(node);
        match value {
            Value::Array(items) => {
                if let Some(child) = node.items {
                    for item in items {
                        self.value(item, child, &Place::Item(place));
                    }
                }
            }
            Value::Object(members) => {
                let mut next = 0;
                for (name, member) in members {
                    if let Some(child) = node.property(name, &mut next) {
                        self.value(member, child, &Place::Member(place, name));
                    } else if let Some(child) = node.additional {
                        self.value(member, child, &Place::Free(place));
                    } else if !node.open {
                        let place = Place::Member(place, name).pointer();
                        self.undeclared(name, member, &node.sources, place);
                    }
                }
            }
            Value::String(text) => {
                if let Some((values, pointer)) = &node.prose
                    && !values.contains(text)
                {
                    let listed: Vec<String> = values.iter().map(|v| format!("`{v}`")).collect();
                    self.found.push(Mismatch {
                        kind: MismatchKind::Prose,
                        basis: Basis::Prose,
                        detail: "description".to_owned(),
                        place: place.pointer(),
                        promised: format!("one of {}", listed.join(", ")),
                        seen: excerpt(value),
                        promise: (self.document, pointer.clone()),
                    });
                }
            }
            _ => {}
        }
    }

    fn undeclared(&mut self, name: &str, value: &Value, sources: &[String], place: String) {
        let source = sources.first().cloned().unwrap_or_default();
        let schema = self.schemas.document(self.document).pointer(&source);
        let object = schema.map(|s| describe(self.schemas.document(self.document), s));
        let object = match object.as_deref() {
            None | Some("object" | "any value") => "the object".to_owned(),
            Some(words) => format!("the {words}"),
        };
        self.found.push(Mismatch {
            kind: MismatchKind::Undeclared,
            basis: Basis::Silence,
            detail: String::new(),
            place,
            promised: format!("{object} declares no `{name}`"),
            seen: excerpt(value),
            promise: (self.document, source),
        });
    }
}
