//! `refused-write-changed`: a refused change that was made all the same.

use super::episode::{Episode, Outcome, Story, same};
use super::{LawCheck, Meta};
use crate::contract::schema::excerpt;
use crate::finding::{Disagreement, Severity};

/// The check.
pub static CHECK: LawCheck = LawCheck {
    meta: Meta {
        id: "refused-write-changed",
        severity: Severity::Error,
        title: "a refused change that was made all the same",
        what: "Follows what a case has made itself. Compares what was seen of it before and after requests \
               to change it that were refused (4xx), with nothing accepted in between.",
        why: "Whoever is told no believes that nothing has happened.",
        example: "response 200 application/json /title: promised \"Poems\", as it was before PUT \
                  /books/{book_id} was refused; seen \"\"",
        remedy: "Check the whole request before anything is changed, or undo what was.",
    },
    judge,
};

fn judge(episode: &Episode<'_>, out: &mut Vec<(usize, Disagreement)>) {
    for story in Story::own(episode) {
        for (member, seen) in story.members() {
            for pair in seen.windows(2) {
                let [(first, before), (second, after)] = pair else { continue };
                let written = story.between(first.act, second.act);
                let refused = written.iter().all(|written| written.outcome == Outcome::Refused);
                let Some(last) = written.last().filter(|_| refused) else { continue };
                if !episode.before(first.act, second.act) || same(before, after) {
                    continue;
                }
                let place = story.place(second, member);
                let mut found = episode.disagreement(second.act, &CHECK.meta, place, second.usage);
                let by = story.operation(last.moment);
                found.promised = format!("{}, as it was before {by} was refused", excerpt(before));
                found.seen = excerpt(after);
                out.push((second.act, found));
            }
        }
    }
}
