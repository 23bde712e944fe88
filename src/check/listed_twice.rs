//! `listed-twice`: an item that a list has twice.

use super::evidence::{Evidence, Page};
use super::{Check, Meta};
use crate::contract::schema::excerpt;
use crate::document::Pointer;
use crate::finding::{Disagreement, Severity};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        id: "listed-twice",
        severity: Severity::Error,
        title: "an item that a list has twice",
        what: "Compares the ids of all items in one answer (`id` in `x-contract-page`).",
        why: "Clients show it twice, count it twice, or fail, since the id is their key.",
        example: "response 200 application/json /data[]/id: promised every item once, seen \"0b8f…\" twice",
        remedy: "Look for a join in the query that finds the items.",
    },
    applies: |evidence| Page::of(evidence).is_some_and(|page| page.rules.id.is_some()),
    judge,
};

fn judge(evidence: &Evidence<'_>, out: &mut Vec<Disagreement>) {
    let Some(page) = Page::of(evidence) else { return };
    let Some(id) = &page.rules.id else { return };
    let ids: Vec<_> = page.items.iter().filter_map(|item| Pointer::find(item, id)).collect();
    let twice = ids.iter().enumerate().find(|(at, id)| !id.is_null() && ids[..*at].contains(id));
    if let Some((_, id_twice)) = twice {
        let mut found = page.disagreement(&CHECK.meta, &page.in_items(id), "id");
        "every item once".clone_into(&mut found.promised);
        found.seen = format!("{} twice", excerpt(id_twice));
        out.push(found);
    }
}
