//! `has-more-wrong`: an answer says wrongly whether there is more.

use super::evidence::{Evidence, Page};
use super::{Check, Meta};
use crate::contract::laws::When;
use crate::finding::{Disagreement, Severity};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        id: "has-more-wrong",
        severity: Severity::Error,
        title: "an answer says wrongly whether there is more",
        what: "Compares what a page says of whether there is more (`more` in `x-contract-page`) with the page itself: with how full it is, and with the total, if the answer tells one. Several pages of one list, read one after the other, are compared too.",
        why: "Clients stop reading before the end, or never.",
        example: "response 200 application/json /has_more: promised `false`, since the page has 3 of 20 items; seen `true`",
        remedy: "Let the server count what is left after the page.",
    },
    applies: |evidence| Page::of(evidence).is_some_and(|page| page.rules.more.is_some()),
    judge,
};

fn judge(evidence: &Evidence<'_>, out: &mut Vec<Disagreement>) {
    let Some(page) = Page::of(evidence) else { return };
    let Some(rule) = &page.rules.more else { return };
    let Some(told) = page.answer.pointer(&rule.pointer).and_then(serde_json::Value::as_bool) else {
        return;
    };
    let Some((truth, why)) = truth(&page, rule.when) else { return };
    if told != truth {
        let mut found = page.disagreement(&CHECK.meta, &rule.pointer, "more");
        found.promised = format!("`{truth}`, since {why}");
        found.seen = format!("`{told}`");
        out.push(found);
    }
}

/// Whether there is more, as far as the answer itself proves it, and how.
fn truth(page: &Page<'_>, when: When) -> Option<(bool, String)> {
    let (count, size) = (page.count(), page.size()?);
    if count > size {
        return None;
    }
    let asked = page.limit()?.value()?;
    let full = format!("the page has {count} of {size} items");
    let total = page.told(page.rules.total.as_ref()).zip(page.before());
    match (when, total) {
        // A server that compares with what was asked for never calls a page full that cannot be.
        (When::Full, _) => (asked == size).then_some((count == size, full)),
        (When::Left, Some((total, before))) => {
            let end = before.checked_add(size)?;
            Some((total > end, format!("this page ends with item {end} of {total}")))
        }
        (When::Left, None) => (count < size).then_some((false, full)),
    }
}
