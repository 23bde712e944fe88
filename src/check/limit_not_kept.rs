//! `limit-not-kept`: a page with more items than were asked for.

use super::evidence::{Asked, Evidence, Page};
use super::{Check, Meta};
use crate::finding::{Disagreement, Severity};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        id: "limit-not-kept",
        severity: Severity::Error,
        title: "a page with more items than were asked for",
        what: "Counts the items of a page (`x-contract-page`), and compares with the limit that was asked for, or with the documented default where none was sent; never more than the largest page that there is. Limits that break the documents are passed over.",
        why: "Clients make room for as many items as they ask for, and lists that ignore the limit get slow as they grow.",
        example: "response 200 application/json /data: promised at most 10 items, the `limit` that was asked for; seen 20",
        remedy: "Let the server pass the limit to the query that finds the items.",
    },
    applies: |evidence| Page::of(evidence).is_some_and(|page| page.size().is_some()),
    judge,
};

fn judge(evidence: &Evidence<'_>, out: &mut Vec<Disagreement>) {
    let Some(page) = Page::of(evidence) else { return };
    let (Some(limit), Some(size)) = (&page.rules.limit, page.size()) else { return };
    if page.count() <= size {
        return;
    }
    let name = &limit.parameter;
    let why = match page.limit() {
        Some(Asked::For(asked)) if asked == size => format!("the `{name}` that was asked for"),
        Some(Asked::For(_)) => "the most that a page has".to_owned(),
        _ => format!("the default of `{name}`"),
    };
    let mut found = page.disagreement(&CHECK.meta, &page.rules.items, "limit");
    found.promised = format!("at most {size} items, {why}");
    found.seen = format!("{} items", page.count());
    out.push(found);
}
