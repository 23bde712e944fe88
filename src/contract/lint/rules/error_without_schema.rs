//! `error-without-schema`: an error whose body is shown, or named, but not described.

use crate::contract::lint::linted::{Linted, is_error, is_json};
use crate::contract::lint::{Defect, Rule};
use crate::finding::Severity;

/// The rule.
pub static RULE: Rule = Rule {
    id: "error-without-schema",
    severity: Severity::Warning,
    title: "the body of an error has no schema",
    what: "Looks at the JSON media types of documented 4xx and 5xx answers that have no `schema`. An error without any \
           body is left alone.",
    why: "Nothing says which members an error has, so nothing can be checked and generated clients give errors no type. \
          Examples alone promise nothing.",
    example: "'404': {content: {application/json: {examples: {…}}}}",
    remedy: "Describe the error envelope once, as a component, and refer to it from every error.",
    check,
};

fn check(linted: &Linted<'_>, defects: &mut Vec<Defect>) {
    for operation in linted.operations() {
        for response in linted.responses(operation).filter(|r| is_error(r.statuses)) {
            for media_type in response.content.iter().filter(|m| is_json(m) && linted.own(&m.at)) {
                if linted.contract.raw(&media_type.at.child("schema")).is_none() {
                    let examples = match media_type.examples.len() {
                        0 => String::new(),
                        1 => ", only an example".to_owned(),
                        count => format!(", only {count} examples"),
                    };
                    let message =
                        format!("the body of status {} has no schema{examples}", response.statuses);
                    defects.push(linted.defect(&RULE, &media_type.at, message));
                }
            }
        }
    }
}
