//! `overlapping-templates`: two path templates that one path fits.

use crate::contract::lint::linted::Linted;
use crate::contract::lint::{Defect, Rule};
use crate::contract::model::{At, Operation};
use crate::document::Pointer;
use crate::finding::Severity;

/// The rule.
pub static RULE: Rule = Rule {
    id: "overlapping-templates",
    severity: Severity::Error,
    title: "a path fits two templates",
    what: "Compares all path templates of a document segment by segment. Templates that differ in the names of their \
           parameters only are forbidden: an error. Where a literal segment stands against a parameter, and both have a \
           method in common, that is a warning. Without a common method it is a note, and only if one template is the \
           other with its parameters filled in.",
    why: "A literal segment wins over a parameter by OpenAPI's rule, but not every router, proxy and mock keeps it: a \
          request reaches the wrong operation. The parameter can never have the literal's value.",
    example: "/items/tags beside /items/{item_id}",
    remedy: "Give one of them a segment of its own, or restrict the parameter so that the literal is no value of it.",
    check,
};

/// A path template with its methods.
struct Template<'c> {
    path: &'c str,
    segments: Vec<&'c str>,
    methods: Vec<&'c str>,
    at: At,
}

fn check(linted: &Linted<'_>, defects: &mut Vec<Defect>) {
    for (number, _) in linted.documents() {
        let operations = linted.operations().filter(|operation| operation.at.document == number);
        let templates = templates(operations);
        for (index, one) in templates.iter().enumerate() {
            for other in templates.iter().skip(index + 1) {
                if let Some(defect) = compare(linted, one, other) {
                    defects.push(defect);
                }
            }
        }
    }
}

fn templates<'c>(operations: impl Iterator<Item = &'c Operation>) -> Vec<Template<'c>> {
    let mut templates: Vec<Template<'c>> = Vec::new();
    for operation in operations {
        // The operations of a path follow each other.
        match templates.last_mut().filter(|last| last.path == operation.path) {
            Some(last) => last.methods.push(&operation.method),
            None => templates.push(Template {
                path: &operation.path,
                segments: operation.path.split('/').skip(1).collect(),
                methods: vec![&operation.method],
                at: At {
                    document: operation.at.document,
                    pointer: Pointer::default().join(&["paths", &operation.path]).into_string(),
                },
            }),
        }
    }
    templates
}

fn compare(linted: &Linted<'_>, one: &Template<'_>, other: &Template<'_>) -> Option<Defect> {
    if one.segments.len() != other.segments.len() {
        return None;
    }
    let mut path = String::new();
    // Which of them has a parameter where the other has a literal segment.
    let (mut one_wider, mut other_wider) = (false, false);
    for (a, b) in one.segments.iter().zip(&other.segments) {
        one_wider |= is_parameter(a) && !is_parameter(b);
        other_wider |= is_parameter(b) && !is_parameter(a);
        path.push('/');
        path.push_str(common(a, b)?);
    }
    let methods: Vec<&str> =
        one.methods.iter().filter(|method| other.methods.contains(method)).copied().collect();
    let (severity, what) = match (one_wider, other_wider) {
        (false, false) => (Severity::Error, "only the names of the parameters differ".to_owned()),
        _ if !methods.is_empty() => (Severity::Warning, format!("for {}", methods.join(", "))),
        // It takes an odd value of a parameter, and the method still tells which one is meant.
        (true, true) => return None,
        _ => (Severity::Note, "though no method is common to both".to_owned()),
    };
    let message = format!("`{path}` fits `{}` and `{}`, {what}", one.path, other.path);
    Some(linted.defect(&RULE, &other.at, message).severity(severity))
}

fn is_parameter(segment: &str) -> bool {
    segment.starts_with('{') && segment.ends_with('}') && segment.matches('{').count() == 1
}

/// A segment that fits both; `None` if there is none, or if that is not certain.
fn common<'s>(one: &'s str, other: &'s str) -> Option<&'s str> {
    match (is_parameter(one), is_parameter(other)) {
        _ if one == other => Some(one),
        (true, true) => Some("1"),
        // A segment with a parameter among other text stays as it is: it fits a whole parameter.
        (true, false) => Some(other),
        (false, true) => Some(one),
        (false, false) => None,
    }
}
