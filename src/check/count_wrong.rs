//! `count-wrong`: a count that differs from what it counts.

use serde_json::Value;

use super::evidence::{Answer, Evidence, Page, Target};
use super::{Check, Meta};
use crate::contract::laws::Count;
use crate::finding::{Basis, Disagreement, Place, Severity};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        id: "count-wrong",
        severity: Severity::Error,
        title: "a count that differs from what it counts",
        what: "Compares counts with what they count in the same answer (`x-contract-counts`), and the number of pages with the number of items (`pages` in `x-contract-page`).",
        why: "Clients show the count, and make room for as many.",
        example: "response 200 application/json /total: promised 3, as many as /data has; seen 4",
        remedy: "Let the server count what it sends.",
    },
    applies: |evidence| {
        !counts(evidence).is_empty() || Page::of(evidence).is_some_and(|p| p.rules.pages.is_some())
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
    let Answer::Json(answer) = evidence.answer else { return };
    for (number, rule) in counts(evidence).iter().enumerate() {
        for count in places(answer, &rule.count) {
            let Some(told) = answer.pointer(&count).and_then(Value::as_u64) else { continue };
            let truth = |pointer: &Option<String>| {
                let pointer = same_item(&count, &rule.count, pointer.as_ref()?)?;
                match answer.pointer(&pointer)? {
                    Value::Array(items) => Some((items.len() as u64, pointer)),
                    value => Some((value.as_u64()?, pointer)),
                }
            };
            let (of, most) = (truth(&rule.of), truth(&rule.at_most));
            let promised = match (of, most) {
                (Some((length, _)), _) if length != told => {
                    format!("{length}, as many as {}", rule.of.as_deref().unwrap_or_default())
                }
                (_, Some((most, _))) if told > most => {
                    format!(
                        "{most} at most, which is {}",
                        rule.at_most.as_deref().unwrap_or_default()
                    )
                }
                _ => continue,
            };
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
    let items = value.pointer(list).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
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
