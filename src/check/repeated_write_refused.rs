//! `repeated-write-refused`: the same request once more, and this time refused.

use super::episode::{Act, Chronicle, Outcome};
use super::{LawCheck, Meta};
use crate::finding::{Disagreement, Severity};

/// The check.
pub static CHECK: LawCheck = LawCheck {
    meta: Meta {
        id: "repeated-write-refused",
        severity: Severity::Error,
        title: "a request that may be repeated, and is refused the second time",
        what: "Follows what a case has made itself. Reports a request that is refused, after the same one \
               was accepted and nothing else was written in between, of an operation that may be repeated \
               (`repeatable` in `x-contract-resources`). Too many requests (429) are no \
               refusal, and requests that take something back, with `null`, are not looked at.",
        why: "Clients that got no answer try again, and take the refusal for a failure.",
        example: "response 400 application/json: promised the success of the same request before; seen \
                  answered 400",
        remedy: "Answer a repeated request as the first one.",
    },
    judge,
};

fn judge(chronicle: &Chronicle<'_, '_>, out: &mut Vec<(usize, Disagreement)>) {
    let episode = chronicle.episode;
    for story in chronicle.stories() {
        for again in story.written.iter().filter(|w| w.outcome == Outcome::Refused) {
            let Some(usage) = again.moment.usage.filter(|usage| usage.repeatable) else { continue };
            let Some(second) = episode.acts.get(again.moment.act) else { continue };
            // What takes something back may find nothing to take back.
            if !second.is_plain() || second.status() == 429 || again.asked.is_empty() {
                continue;
            }
            let first = story.written.iter().rfind(|written| {
                written.outcome != Outcome::Refused
                    && written.moment.act != again.moment.act
                    && episode.before(written.moment.act, again.moment.act)
            });
            let Some(first) = first.filter(|first| first.outcome == Outcome::Accepted) else {
                continue;
            };
            let others = story.between(first.moment.act, again.moment.act);
            let alone = others.iter().all(|w| w.outcome == Outcome::Refused);
            let equal = episode.acts.get(first.moment.act).is_some_and(|first| same(first, second));
            if alone && equal {
                let act = again.moment.act;
                let mut found = episode.disagreement(act, &CHECK.meta, String::new(), Some(usage));
                "the success of the same request before".clone_into(&mut found.promised);
                found.seen = format!("answered {}", second.status());
                out.push((act, found));
            }
        }
    }
}

fn same(one: &Act<'_>, other: &Act<'_>) -> bool {
    let (first, second) = (&one.exchange.request, &other.exchange.request);
    first.method == second.method && first.url == second.url && one.sent == other.sent
}
