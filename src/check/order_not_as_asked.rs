//! `order-not-as-asked`: a list in another order than was asked for.

use std::cmp::Ordering;

use super::evidence::{Evidence, Page, time};
use super::{Check, Meta};
use crate::document::Pointer;
use crate::finding::{Disagreement, Severity};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        id: "order-not-as-asked",
        severity: Severity::Error,
        title: "a list in another order than was asked for",
        what: "Compares neighbours in a list by the number or time that they are sorted by (`order` in `x-contract-page`): the one that was asked for, or the documented one.",
        why: "Clients that show the newest first, or read until they know an item, miss what is new.",
        example: "response 200 application/json /data[]/created_at: promised the largest first, seen 1773480500 before 1773480620",
        remedy: "Let the server sort as it is asked.",
    },
    applies: |evidence| Page::of(evidence).is_some_and(|page| page.order().is_some()),
    judge,
};

fn judge(evidence: &Evidence<'_>, out: &mut Vec<Disagreement>) {
    let Some(page) = Page::of(evidence) else { return };
    let Some(key) = page.order() else { return };
    let wrong = if key.descending { Ordering::Less } else { Ordering::Greater };
    let values: Vec<_> =
        page.items.iter().filter_map(|item| Pointer::find(item, &key.pointer)).collect();
    let mut pairs = values.iter().zip(values.iter().skip(1));
    if let Some((one, next)) = pairs.find(|(one, next)| time::compare(one, next) == Some(wrong)) {
        let mut found = page.disagreement(&CHECK.meta, &page.in_items(&key.pointer), "order");
        let first = if key.descending { "largest" } else { "smallest" };
        found.promised = format!("the {first} first");
        found.seen = format!("{one} before {next}");
        out.push(found);
    }
}
