//! `answers-disagree`: two answers that show different values, and nothing was written in between.

use super::episode::{Chronicle, same};
use super::{LawCheck, Meta};
use crate::contract::schema::excerpt;
use crate::finding::{Disagreement, Severity};

/// The check.
pub static CHECK: LawCheck = LawCheck {
    meta: Meta {
        id: "answers-disagree",
        severity: Severity::Error,
        title: "two answers that show different values of one thing, and nothing was written in between",
        what: "Follows what a case has made itself. Compares the values that answers show of it, one after \
               the other, those of different operations too. Looks only at members that some operation is \
               known to keep (`keeps` and `fixed` in `x-contract-resources`).",
        why: "A client sees one name in a list and another when it opens the thing.",
        example: "response 200 application/json /data[]/title: promised \"Poems\", as GET /books/{book_id} \
                  has shown it; seen \"poems\"",
        remedy: "Let all operations show what is stored.",
    },
    judge,
};

fn judge(chronicle: &Chronicle<'_, '_>, out: &mut Vec<(usize, Disagreement)>) {
    let episode = chronicle.episode;
    for story in chronicle.stories() {
        for (member, seen) in story.members() {
            for pair in seen.windows(2) {
                let [(first, before), (second, after)] = pair else { continue };
                if first.act == second.act
                    || !episode.before(first.act, second.act)
                    || !story.between(first.act, second.act).is_empty()
                    || same(before, after)
                    // What was written is told by another law.
                    || story.known(member, second.act).is_some()
                {
                    continue;
                }
                let place = story.place(second, member);
                let mut found = episode.disagreement(second.act, &CHECK.meta, place, second.usage);
                let by = story.operation(first);
                found.promised = format!("{}, as {by} has shown it", excerpt(before));
                found.seen = excerpt(after);
                out.push((second.act, found));
            }
        }
    }
}
