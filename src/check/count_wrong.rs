//! `count-wrong`: a count that differs from what it counts.

use serde_json::Value;

use super::evidence::{Answer, Evidence, Page, Target, is_hidden};
use super::{Check, Meta};
use crate::contract::laws::{Beside, Count};
use crate::contract::schema::excerpt;
use crate::document::Pointer;
use crate::finding::{Basis, Disagreement, Part, Place, Severity};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        id: "count-wrong",
        severity: Severity::Error,
        title: "a count that differs from what it counts",
        what: "Compares counts with what they count in the same answer, the items of a list or the characters of a text (`x-contract-counts`; of events, `counts` in `x-contract-stream`), and the number of pages with the number of items (`pages` in `x-contract-page`).",
        why: "Clients show the count, and make room for as many.",
        example: "response 200 application/json /total: promised 3, as many as /data has; seen 4",
        remedy: "Let the server count what it sends.",
    },
    applies: |evidence| {
        !counts(evidence).is_empty()
            || Page::of(evidence).is_some_and(|p| p.rules.pages.is_some())
            || evidence.stream_rules().is_some_and(|rules| !rules.counts.is_empty())
    },
    judge,
};

fn counts<'e>(evidence: &Evidence<'e>) -> &'e [Count] {
    match evidence.target {
        Target::Operation(operation) if evidence.accepted() => &operation.laws.counts,
        _ => &[],
    }
}

fn judge(evidence: &Evidence<'_>, out: &mut Vec<Disagreement>) {
    events(evidence, out);
    let Answer::Json(answer) = evidence.answer else { return };
    for (number, rule) in counts(evidence).iter().enumerate() {
        for count in places(answer, &rule.count) {
            let Some(told) = Pointer::find(answer, &count).and_then(Value::as_u64) else {
                continue;
            };
            let beside =
                |pointer: &str| Pointer::find(answer, &same_item(&count, &rule.count, pointer)?);
            let when = rule.when.as_ref();
            if when.is_some_and(|when| beside(&when.pointer) != Some(&when.equals)) {
                continue;
            }
            let Some(promised) = promised(rule, told, &beside) else { continue };
            let pointer = rule.count.replace("/-", "[]");
            let place = Place { part: evidence.part(), pointer };
            let mut found = evidence.disagreement(&CHECK.meta, place, Basis::Schema);
            (found.promised, found.seen) = (promised, told.to_string());
            if let Target::Operation(operation) = evidence.target {
                let at = format!("{}/{number}", operation.laws.at.counts);
                found.promise = Some((operation.at.document, at));
            }
            out.push(found);
        }
    }
    if let Some(page) = Page::of(evidence) {
        pages(&page, out);
    }
}

/// What a count should be, where it is something else.
fn promised<'v>(
    rule: &Count,
    told: u64,
    beside: &dyn Fn(&str) -> Option<&'v Value>,
) -> Option<String> {
    let words = |value: &Value| match value {
        Value::Array(items) => Some((items.len() as u64, "as many as")),
        // What is hidden or cut has another length.
        Value::String(text) if !is_hidden(text) => {
            Some((text.chars().count() as u64, "as many characters as"))
        }
        value => Some((value.as_u64()?, "as many as")),
    };
    let truth = |pointer: &Option<String>| words(beside(pointer.as_deref()?)?);
    let name = |pointer: &Option<String>| pointer.clone().unwrap_or_default();
    match (truth(&rule.of), truth(&rule.at_most)) {
        (Some((length, how)), _) if length != told => {
            return Some(format!("{length}, {how} {}", name(&rule.of)));
        }
        (_, Some((most, _))) if told > most => {
            return Some(format!("{most} at most, which is {}", name(&rule.at_most)));
        }
        _ => {}
    }
    rule.is.filter(|is| *is != told).map(|is| plain(is, rule.when.as_ref()))
}

fn plain(is: u64, when: Option<&Beside>) -> String {
    match when {
        Some(when) => format!("{is}, where {} is {}", when.pointer, excerpt(&when.equals)),
        None => is.to_string(),
    }
}

/// Looks at the counts in events.
fn events(evidence: &Evidence<'_>, out: &mut Vec<Disagreement>) {
    let (Some(stream), Some(rules)) = (&evidence.stream, evidence.stream_rules()) else { return };
    for (number, rule) in rules.counts.iter().enumerate() {
        let own = stream.events.iter().filter(|event| event.name.as_ref() == Some(&rule.event));
        for data in own.filter_map(|event| event.data.as_ref()) {
            let Some(told) = Pointer::find(data, &rule.count).and_then(Value::as_u64) else {
                continue;
            };
            let when = rule.when.as_ref();
            let counts =
                when.is_none_or(|when| Pointer::find(data, &when.pointer) == Some(&when.equals));
            if !counts || told == rule.is {
                continue;
            }
            let part = Part::Event { status: evidence.response.status, name: rule.event.clone() };
            let place = Place { part, pointer: rule.count.clone() };
            let mut found = evidence.disagreement(&CHECK.meta, place, Basis::Schema);
            (found.promised, found.seen) = (plain(rule.is, when), told.to_string());
            found.promise = Some((rules.at.0, format!("{}/counts/{number}", rules.at.1)));
            out.push(found);
        }
    }
}

/// Compares the number of pages with the number of items.
fn pages(page: &Page<'_>, out: &mut Vec<Disagreement>) {
    let (Some(pointer), Some(size)) = (&page.rules.pages, page.size()) else { return };
    let told = page.told(Some(pointer)).zip(page.told(page.rules.total.as_ref()));
    if let Some((told, total)) = told
        && told != total.div_ceil(size)
    {
        let mut found = page.disagreement(&CHECK.meta, pointer, "pages");
        found.promised =
            format!("{}, the pages of {size} that {total} items fill", total.div_ceil(size));
        found.seen = told.to_string();
        out.push(found);
    }
}

/// The places that a pointer means, in which `-` stands for any item.
fn places(value: &Value, pointer: &str) -> Vec<String> {
    let Some((list, rest)) = pointer.split_once("/-") else { return vec![pointer.to_owned()] };
    let items = Pointer::find(value, list).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let of = |(index, item)| {
        let inner = places(item, rest).into_iter();
        inner.map(|place| format!("{list}/{index}{place}")).collect::<Vec<_>>()
    };
    items.iter().enumerate().flat_map(of).collect()
}

/// Another pointer in the same item as a place that a pointer means.
fn same_item(place: &str, meant: &str, other: &str) -> Option<String> {
    let shared = meant.rsplit_once("/-").map_or("", |(shared, _)| shared);
    if shared.is_empty() && !meant.contains("/-") {
        return Some(other.to_owned());
    }
    let rest = other.strip_prefix(shared)?.strip_prefix("/-")?;
    let tail = meant.strip_prefix(shared)?.strip_prefix("/-")?;
    Some(format!("{}{rest}", place.strip_suffix(tail)?))
}
