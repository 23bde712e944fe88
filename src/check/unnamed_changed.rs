//! `unnamed-changed`: what an update does not name, and changes.

use super::episode::{Chronicle, Outcome, same};
use super::{LawCheck, Meta};
use crate::contract::Does;
use crate::contract::schema::excerpt;
use crate::finding::{Disagreement, Severity};

/// The check.
pub static CHECK: LawCheck = LawCheck {
    meta: Meta {
        id: "unnamed-changed",
        severity: Severity::Error,
        title: "what an update does not name, and changes",
        what: "Follows what a case has made itself. Compares what was seen of it before and after updates \
               that were accepted: members that none of them names have to stay, but for those that change \
               with others (`changes` in `x-contract-resources`); and those that never change (`fixed`) \
               have to stay whatever is done.",
        why: "Whoever changes a name loses a description.",
        example: "response 200 application/json /genre: promised \"novel\", which PUT /books/{book_id} did \
                  not name; seen null",
        remedy: "Let the server change nothing but what is named.",
    },
    judge,
};

fn judge(chronicle: &Chronicle<'_, '_>, out: &mut Vec<(usize, Disagreement)>) {
    let episode = chronicle.episode;
    for story in chronicle.stories() {
        for (member, seen) in story.members() {
            let fixed = story.thing.kind.fixed.iter().any(|fixed| fixed == member);
            for pair in seen.windows(2) {
                let [(first, before), (second, after)] = pair else { continue };
                let written = story.between(first.act, second.act);
                let accepted = written.iter().rfind(|w| w.outcome == Outcome::Accepted);
                let Some(last) = accepted else { continue };
                let removed = written.iter().any(|w| w.moment.does() == Some(Does::Delete));
                let spared =
                    written.iter().all(|w| w.outcome == Outcome::Refused || w.spares(member));
                if removed || !(fixed || spared) || !episode.before(first.act, second.act) {
                    continue;
                }
                if same(before, after) {
                    continue;
                }
                let place = story.place(second, member);
                let mut found = episode.disagreement(second.act, &CHECK.meta, place, second.usage);
                let by = story.operation(last.moment);
                found.promised = format!("{}, which {by} did not name", excerpt(before));
                found.seen = excerpt(after);
                out.push((second.act, found));
            }
        }
    }
}
