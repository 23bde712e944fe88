//! A fault at an operation and a place, as `--fault` names it.

use super::Fault;
use super::catalogue::FAULTS;

/// A fault at an operation and a place: `ID[:OPERATION[#POINTER]][=VALUE]`.
#[derive(Debug, Clone)]
pub struct Injection {
    /// What it is.
    pub fault: &'static Fault,
    /// Where: `GET /datasets`, or a part of that. Empty: everywhere.
    pub operation: String,
    /// JSON Pointer to a place, `[]` for any index.
    pub pointer: Option<String>,
    /// What the fault makes of it.
    pub value: Option<String>,
}

impl Injection {
    /// Reads the text of `--fault`.
    ///
    /// # Errors
    /// What is wrong with it, and what to write instead.
    pub fn parse(text: &str) -> Result<Self, String> {
        let end = text.find([':', '=']).unwrap_or(text.len());
        let (id, rest) = text.split_at(end);
        let Some(fault) = FAULTS.iter().find(|fault| fault.id == id) else {
            return Err(format!(
                "there is no fault `{id}`; `dify-contract list faults` shows them all"
            ));
        };
        let (place, value) = match rest.split_once('=') {
            Some((place, value)) => (place, Some(value.to_owned())),
            None => (rest, None),
        };
        let place = place.strip_prefix(':').unwrap_or(place);
        let (operation, pointer) = match place.split_once('#') {
            Some((operation, pointer)) => (operation, Some(pointer.to_owned())),
            None => (place, None),
        };
        if pointer.as_ref().is_some_and(|pointer| !pointer.is_empty() && !pointer.starts_with('/'))
        {
            return Err(format!(
                "the place of a fault is a JSON Pointer, which begins with `/`: \
                 `{id}:{operation}#/name`"
            ));
        }
        Ok(Self { fault, operation: operation.to_owned(), pointer, value })
    }

    /// Whether it concerns the operation `METHOD /path`.
    pub fn concerns(&self, method: &str, path: &str) -> bool {
        let id = format!("{method} {path}");
        let known = |m: &str| matches!(m, "GET" | "POST" | "PUT" | "PATCH" | "DELETE");
        match self.operation.split_once(' ') {
            // A whole name is one operation alone.
            Some((m, _)) if known(m) => id == self.operation,
            _ => id.contains(&self.operation),
        }
    }

    /// The value as a whole number.
    pub fn number(&self) -> Option<u64> {
        self.value.as_ref()?.parse().ok()
    }
}

impl std::fmt::Display for Injection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.fault.id)?;
        if !self.operation.is_empty() {
            write!(f, ":{}", self.operation)?;
        }
        if let Some(pointer) = &self.pointer {
            write!(f, "#{pointer}")?;
        }
        if let Some(value) = &self.value {
            write!(f, "={value}")?;
        }
        Ok(())
    }
}

impl std::str::FromStr for Injection {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::parse(text)
    }
}
