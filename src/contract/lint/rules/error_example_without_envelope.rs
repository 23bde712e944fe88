//! `error-example-without-envelope`: one error example unlike all the others.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use crate::contract::lint::linted::{Linted, is_error, is_json};
use crate::contract::lint::{Defect, Rule};
use crate::contract::model::At;
use crate::contract::schema::excerpt;
use crate::finding::Severity;

/// The rule.
pub static RULE: Rule = Rule {
    id: "error-example-without-envelope",
    severity: Severity::Warning,
    title: "an error example lacks the members that the others share",
    what: "Collects the JSON examples of all error answers of a document. Members that at least four of five have, \
           and at least five examples, make the envelope; an example without one of them is reported.",
    why: "Clients read errors in one place, by the envelope that the other examples show. An error of another form is \
          either wrong in the document, or a surprise in the server that the document should explain.",
    example: "{\"error\": \"too many\"} where all others are {\"code\": …, \"message\": …, \"status\": …}",
    remedy: "Correct the example if the server sends the envelope; otherwise describe this error by a schema of its own.",
    check,
};

/// Fewer examples than this show no custom.
const ENOUGH: usize = 5;

fn check(linted: &Linted<'_>, defects: &mut Vec<Defect>) {
    for (number, _) in linted.documents() {
        let examples = examples(linted, number);
        let mut counts: Vec<(&str, usize)> = Vec::new();
        let mut places: HashMap<&str, usize> = HashMap::new();
        let names =
            examples.iter().filter_map(|(_, value)| value.as_object()).flat_map(|m| m.keys());
        for name in names {
            let place = *places.entry(name).or_insert(counts.len());
            match counts.get_mut(place) {
                Some((_, count)) => *count += 1,
                None => counts.push((name, 1)),
            }
        }
        let common = |count: usize| count >= ENOUGH && count * 5 >= examples.len() * 4;
        let envelope = || counts.iter().filter(|(_, count)| common(*count)).map(|(name, _)| *name);
        for (at, value) in &examples {
            let lacking: Vec<String> = envelope()
                .filter(|name| value.get(*name).is_none())
                .map(|name| format!("`{name}`"))
                .collect();
            if !lacking.is_empty() {
                let message = format!(
                    "{} lacks {}, which the other error examples have",
                    excerpt(value),
                    lacking.join(", ")
                );
                defects.push(linted.defect(&RULE, at, message));
            }
        }
    }
}

/// The JSON examples of a document's error answers, each once.
fn examples<'c>(linted: &Linted<'c>, document: usize) -> Vec<(&'c At, &'c Value)> {
    let mut seen = HashSet::new();
    let mut examples = Vec::new();
    for operation in linted.operations().filter(|o| o.at.document == document) {
        for response in linted.responses(operation).filter(|r| is_error(r.statuses)) {
            for media_type in response.content.iter().filter(|m| is_json(m)) {
                examples.extend(linted.examples(media_type).filter(|(at, _)| seen.insert(*at)));
            }
        }
    }
    examples
}
