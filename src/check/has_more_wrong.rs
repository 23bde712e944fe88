//! `has-more-wrong`: an answer says wrongly whether there is more.

use super::episode::{Chronicle, Sheet, View};
use super::evidence::{Evidence, Page};
use super::{Check, LawCheck, Meta};
use crate::contract::laws::When;
use crate::document::Pointer;
use crate::finding::{Disagreement, Severity};

const META: Meta = Meta {
    id: "has-more-wrong",
    severity: Severity::Error,
    title: "an answer says wrongly whether there is more",
    what: "Compares what a page says of whether there is more (`more` in `x-contract-page`) with the page itself: with how full it is, and with the total, if the answer tells one. Several pages of one list, read one after the other, are compared too.",
    why: "Clients stop reading before the end, or never.",
    example: "response 200 application/json /has_more: promised `false`, since the page has 3 of 20 items; seen `true`",
    remedy: "Let the server count what is left after the page.",
};

/// The check of one page.
pub static CHECK: Check = Check {
    meta: META,
    applies: |evidence| Page::of(evidence).is_some_and(|page| page.rules.more.is_some()),
    judge,
};

/// The check of pages that were read one after the other.
pub static LAW: LawCheck = LawCheck { meta: META, judge: judge_pages };

fn judge(evidence: &Evidence<'_>, out: &mut Vec<Disagreement>) {
    let Some(page) = Page::of(evidence) else { return };
    let Some(rule) = &page.rules.more else { return };
    let Some(told) = Pointer::find(page.answer, &rule.pointer).and_then(serde_json::Value::as_bool)
    else {
        return;
    };
    let Some((truth, why)) = truth(&page, rule.when) else { return };
    if told != truth {
        let mut found = page.disagreement(&META, &rule.pointer, "more");
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

fn judge_pages(chronicle: &Chronicle<'_, '_>, out: &mut Vec<(usize, Disagreement)>) {
    let episode = chronicle.episode;
    for view in chronicle.views().iter().filter(|view| view.own()) {
        let Some(rule) = view.rules.more.as_ref().filter(|rule| rule.when == When::Left) else {
            continue;
        };
        for (chain, place) in
            view.chains.iter().flat_map(|chain| (0..chain.len()).map(move |place| (chain, place)))
        {
            let sheet = chain.get(place).and_then(|at| view.sheets.get(*at));
            let Some((sheet, told)) = sheet.and_then(|sheet| {
                Some((sheet, Pointer::find(sheet.answer, &rule.pointer)?.as_bool()?))
            }) else {
                continue;
            };
            let Some((truth, why)) = truth_of(view, chain, place) else { continue };
            if told != truth {
                let about = (rule.pointer.as_str(), "more");
                let mut found = view.disagreement(episode, sheet, &META, about);
                found.1.promised = format!("`{truth}`, since {why}");
                found.1.seen = format!("`{told}`");
                out.push(found);
            }
        }
    }
}

/// Whether there is more after a page that is full, as far as other pages prove it, and how.
fn truth_of(view: &View<'_>, chain: &[usize], place: usize) -> Option<(bool, &'static str)> {
    let sheet = view.sheets.get(*chain.get(place)?).filter(|sheet| sheet.is_full())?;
    let next: Option<&Sheet<'_>> = chain.get(place + 1).and_then(|at| view.sheets.get(*at));
    match next {
        Some(next) if next.items.is_empty() => Some((false, "the page after it is empty")),
        Some(next)
            if next.ids.iter().any(|id| view.knew(id, sheet.act) && !sheet.ids.contains(id)) =>
        {
            Some((true, "the page after it has items"))
        }
        Some(_) => None,
        None => {
            let read = chain.get(..=place)?;
            let so_far: Vec<_> = view.chain(read).flat_map(|sheet| sheet.ids.clone()).collect();
            let all = view.ids();
            let beyond = all.iter().any(|id| !so_far.contains(id) && view.knew(id, sheet.act));
            beyond.then_some((true, "the list has items that no page so far had"))
        }
    }
}
