//! `page-not-as-asked`: an answer says that it is another page than was asked for.

use super::evidence::{Asked, Evidence, Page};
use super::{Check, Meta};
use crate::finding::{Disagreement, Severity};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        id: "page-not-as-asked",
        severity: Severity::Error,
        title: "an answer says that it is another page than was asked for",
        what: "Looks at where an answer repeats the limit and the number of its page (`echo` in `x-contract-page`). If a parameter was sent, its value has to stand there; instead of a limit, the largest that there is.",
        why: "Clients go by what the answer says to ask for the next page, and read some twice and others never.",
        example: "response 200 application/json /page: promised 2, the `page` that was asked for; seen 1",
        remedy: "Let the server pass on what was asked for.",
    },
    applies: |evidence| Page::of(evidence).is_some_and(|page| page.repeats()),
    judge,
};

fn judge(evidence: &Evidence<'_>, out: &mut Vec<Disagreement>) {
    let Some(page) = Page::of(evidence) else { return };
    let mut compare = |member: &str, name: &str, echo: Option<&String>, asked, most: u64| {
        let (Some(echo), Some(Asked::For(asked))) = (echo, asked) else { return };
        if let Some(told) = page.told(Some(echo))
            && told != asked
            && told != most.min(asked)
        {
            let mut found = page.disagreement(&CHECK.meta, echo, member);
            found.promised = format!("{asked}, the `{name}` that was asked for");
            found.seen = told.to_string();
            out.push(found);
        }
    };
    if let Some(limit) = &page.rules.limit {
        let most = limit.most.unwrap_or(u64::MAX);
        compare("limit", &limit.parameter, limit.echo.as_ref(), page.limit(), most);
    }
    if let Some(number) = &page.rules.page {
        compare("page", &number.parameter, number.echo.as_ref(), page.page(), u64::MAX);
    }
}
