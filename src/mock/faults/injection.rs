//! A fault at an operation and a place, as `--fault` names it.

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::Fault;
use super::catalogue::FAULTS;
use crate::mock::routes;
use crate::suggest;

/// The methods of operations.
const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/// Faults whose value is a whole number, and the numbers that they take.
const NUMBERS: &[(&str, RangeInclusive<u64>)] = &[
    ("other-status", 200..=599),
    ("other-error-status", 400..=599),
    ("slow", 0..=600_000),
    ("server-error-sometimes", 1..=1_000_000),
];

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
    /// How often it acted; all copies count together.
    acted: Arc<AtomicU64>,
}

impl Injection {
    /// Reads the text of `--fault`.
    ///
    /// # Errors
    /// What is wrong with it, and what to write instead.
    pub fn parse(text: &str) -> Result<Self, String> {
        let end = text.find([':', '#', '=']).unwrap_or(text.len());
        let (id, rest) = text.split_at(end);
        let Some(fault) = FAULTS.iter().find(|fault| fault.id == id) else {
            return Err(unknown(id));
        };
        let (place, value) = match rest.split_once('=') {
            Some((place, value)) => (place, Some(value.to_owned())),
            None => (rest, None),
        };
        let place = place.strip_prefix(':').unwrap_or(place);
        let (operation, pointer) = match place.split_once('#') {
            Some((operation, pointer)) => (operation.trim(), Some(pointer.to_owned())),
            None => (place.trim(), None),
        };
        let operation = operation.to_owned();
        let injection = Self { fault, operation, pointer, value, acted: Arc::default() };
        injection.check()?;
        Ok(injection)
    }

    /// Whether it can be done: a fault that would not show is no use to anybody.
    fn check(&self) -> Result<(), String> {
        let Self { fault: Fault { id, takes, .. }, operation, pointer, value, .. } = self;
        let mut paths = routes::all().map(|route| (route.method, routes::template(route.path).0));
        if !operation.is_empty() && !paths.any(|(method, path)| self.concerns(method, &path)) {
            let known: Vec<String> = routes::all()
                .map(|route| format!("{} {}", route.method, routes::template(route.path).0))
                .collect();
            let like = suggest::like(operation, known.iter().map(String::as_str));
            let all = "name one as `list operations` does, or a part of it".to_owned();
            let help = suggest::did_you_mean(&like).unwrap_or(all);
            return Err(format!("no operation is like `{operation}`; {help}"));
        }
        if let Some(pointer) = pointer {
            if !takes.contains("#POINTER") {
                return Err(format!("`{id}` takes no place; leave `#{pointer}` out"));
            }
            let is_pointer =
                pointer.is_empty() || pointer.starts_with('/') || pointer.starts_with("[]");
            if !is_pointer {
                return Err(format!(
                    "the place of a fault is a JSON Pointer, which begins with `/`: \
                     `{id}:{operation}#/name`"
                ));
            }
        }
        let Some(value) = value else { return Ok(()) };
        if !takes.contains("=VALUE") {
            return Err(format!("`{id}` takes no value; leave `={value}` out"));
        }
        let numbers = NUMBERS.iter().find(|(own, _)| own == id);
        let Some((_, numbers)) = numbers else { return Ok(()) };
        if self.number().is_none_or(|number| !numbers.contains(&number)) {
            let (least, most) = (numbers.start(), numbers.end());
            return Err(format!("`{id}` takes a number from {least} to {most}, not `{value}`"));
        }
        Ok(())
    }

    /// Whether it concerns the operation `METHOD /path`.
    #[must_use]
    pub fn concerns(&self, method: &str, path: &str) -> bool {
        let id = format!("{method} {path}");
        let known = |m: &str| METHODS.iter().any(|known| known.eq_ignore_ascii_case(m));
        match self.operation.split_once(' ') {
            // A whole name is one operation alone.
            Some((m, p)) if known(m) => m.eq_ignore_ascii_case(method) && is_same(p.trim(), path),
            _ => id.contains(&self.operation),
        }
    }

    /// Whether all faults together have what this one takes: some take two operations.
    ///
    /// # Errors
    /// That it would do nothing, and what to write beside it.
    pub fn complete(&self, all: &[Self]) -> Result<(), String> {
        let id = self.fault.id;
        if !self.fault.is_of_pairs() {
            return Ok(());
        }
        let named = |route: &(&str, String)| {
            let same = |other: &&Self| other.fault.id == id && other.concerns(route.0, &route.1);
            all.iter().any(|other| same(&other))
        };
        let pairs: Vec<_> = pairs().collect();
        let own = |route: &(&str, String)| self.concerns(route.0, &route.1);
        let concerned = pairs.iter().filter(|(delete, list)| own(delete) || own(list));
        let mut lacking = None;
        for (delete, list) in concerned {
            match (named(delete), named(list)) {
                (true, true) => return Ok(()),
                (true, false) => lacking = lacking.or(Some(list)),
                (false, _) => lacking = lacking.or(Some(delete)),
            }
        }
        Err(match lacking {
            Some((method, path)) => {
                format!("`{self}` does nothing alone; add `--fault '{id}:{method} {path}'`")
            }
            None => {
                format!("`{self}` does nothing: it deletes nothing, nor lists what can be deleted")
            }
        })
    }

    /// How often it has changed an answer, or what the server remembers. A fault that never acts, since
    /// nothing that it concerns was asked for, is none.
    #[must_use]
    pub fn acted(&self) -> u64 {
        self.acted.load(Ordering::Relaxed)
    }

    /// Counts that it acted.
    pub(super) fn act(&self) {
        self.acted.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts that it acted if something is so.
    pub(super) fn act_if(&self, so: bool) {
        if so {
            self.act();
        }
    }

    /// The value as a whole number.
    #[must_use]
    pub fn number(&self) -> Option<u64> {
        self.value.as_ref()?.parse().ok()
    }
}

/// The operations that delete, each with the one that lists what is left: methods and paths.
fn pairs() -> impl Iterator<Item = ((&'static str, String), (&'static str, String))> {
    let paths = |method: &'static str| {
        let own = routes::all().filter(move |route| route.method == method);
        own.map(|route| routes::template(route.path).0)
    };
    paths("DELETE").filter_map(move |delete| {
        let list = match delete.rsplit_once('/') {
            Some((head, last)) if last.starts_with('{') => head.to_owned(),
            _ => delete.clone(),
        };
        let list = paths("GET").find(|path| *path == list)?;
        Some((("DELETE", delete), ("GET", list)))
    })
}

/// Whether two paths are one, whatever their parameters are called: documents have names of their own.
fn is_same(one: &str, other: &str) -> bool {
    let parameter = |segment: &str| segment.starts_with('{') && segment.ends_with('}');
    let mut others = other.split('/');
    one.split('/').all(|segment| {
        others.next().is_some_and(|o| o == segment || (parameter(segment) && parameter(o)))
    }) && others.next().is_none()
}

fn unknown(id: &str) -> String {
    let all = "`dify-contract list faults` shows them all";
    if id.is_empty() {
        return format!("a fault begins with its id, as in `drop-property:GET /info#/name`; {all}");
    }
    let like = suggest::like(id, FAULTS.iter().map(|fault| fault.id));
    match suggest::did_you_mean(&like) {
        Some(question) => format!("there is no fault `{id}`; {question} {all}"),
        None => format!("there is no fault `{id}`; {all}"),
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
