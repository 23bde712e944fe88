//! `default-not-kept`: a parameter that was not sent counts as something else than documented.

use super::episode::Chronicle;
use super::evidence::{Asked, Evidence, Page};
use super::{Check, LawCheck, Meta};
use crate::finding::{Disagreement, Severity};

const META: Meta = Meta {
    id: "default-not-kept",
    severity: Severity::Error,
    title: "a parameter that was not sent counts as something else than documented",
    what: "Looks at where an answer repeats the limit and the number of its page (`echo` in `x-contract-page`). If a parameter was not sent, its documented default has to stand there.",
    why: "Clients rely on defaults: another one gives them other pages than they count with.",
    example: "response 200 application/json /limit: promised 20, the default of `limit`; seen 10",
    remedy: "Correct the server, or the documented default.",
};

/// The check of one page.
pub static CHECK: Check = Check {
    meta: META,
    applies: |evidence| Page::of(evidence).is_some_and(|page| page.repeats()),
    judge,
};

/// The check of pages of one list.
pub static LAW: LawCheck = LawCheck { meta: META, judge: judge_pages };

fn judge(evidence: &Evidence<'_>, out: &mut Vec<Disagreement>) {
    let Some(page) = Page::of(evidence) else { return };
    let mut compare = |member: &str, name: &str, echo: Option<&String>, asked| {
        let (Some(echo), Some(Asked::Default(default))) = (echo, asked) else { return };
        if let Some(told) = page.told(Some(echo))
            && told != default
        {
            let mut found = page.disagreement(&META, echo, member);
            found.promised = format!("{default}, the default of `{name}`");
            found.seen = told.to_string();
            out.push(found);
        }
    };
    if let Some(limit) = &page.rules.limit {
        compare("limit", &limit.parameter, limit.echo.as_ref(), page.limit());
    }
    if let Some(number) = &page.rules.page {
        compare("page", &number.parameter, number.echo.as_ref(), page.page());
    }
}

/// Where a list without a limit stops short of its default, and has more with a limit that is asked for.
fn judge_pages(chronicle: &Chronicle<'_, '_>, out: &mut Vec<(usize, Disagreement)>) {
    let episode = chronicle.episode;
    for view in chronicle.views().iter().filter(|view| view.own()) {
        let Some(limit) = view.rules.limit.as_ref().filter(|limit| limit.echo.is_none()) else {
            continue;
        };
        let first = |asked| view.sheets.iter().filter(move |s| s.is_first() && s.asked == asked);
        let most = first(true).map(|sheet| sheet.items.len()).max().unwrap_or_default();
        let wanted = (most as u64).min(limit.default);
        if let Some(sheet) = first(false).find(|sheet| (sheet.items.len() as u64) < wanted) {
            let about = (view.rules.items.as_str(), "limit");
            let mut found = view.disagreement(episode, sheet, &META, about);
            found.1.promised = format!(
                "{wanted} items, since the default of `{}` is {}",
                limit.parameter, limit.default
            );
            found.1.seen = sheet.items.len().to_string();
            out.push(found);
        }
    }
}
