//! `default-not-kept`: a parameter that was not sent counts as something else than documented.

use super::evidence::{Asked, Evidence, Page};
use super::{Check, Meta};
use crate::finding::{Disagreement, Severity};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        id: "default-not-kept",
        severity: Severity::Error,
        title: "a parameter that was not sent counts as something else than documented",
        what: "Looks at where an answer repeats the limit and the number of its page (`echo` in `x-contract-page`). If a parameter was not sent, its documented default has to stand there.",
        why: "Clients rely on defaults: another one gives them other pages than they count with.",
        example: "response 200 application/json /limit: promised 20, the default of `limit`; seen 10",
        remedy: "Correct the server, or the documented default.",
    },
    applies: |evidence| Page::of(evidence).is_some_and(|page| page.repeats()),
    judge,
};

fn judge(evidence: &Evidence<'_>, out: &mut Vec<Disagreement>) {
    let Some(page) = Page::of(evidence) else { return };
    let mut compare = |member: &str, name: &str, echo: Option<&String>, asked| {
        let (Some(echo), Some(Asked::Default(default))) = (echo, asked) else { return };
        if let Some(told) = page.told(Some(echo))
            && told != default
        {
            let mut found = page.disagreement(&CHECK.meta, echo, member);
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
