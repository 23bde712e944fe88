//! `written-not-read`: what was written, and is not what is read afterwards.

use super::episode::Chronicle;
use super::{LawCheck, Meta};
use crate::contract::schema::excerpt;
use crate::finding::{Disagreement, Severity};

/// The check.
pub static CHECK: LawCheck = LawCheck {
    meta: Meta {
        id: "written-not-read",
        severity: Severity::Error,
        title: "what was written, and is not what is read afterwards",
        what: "Follows what a case has made itself. Where a request that makes or changes it was accepted, \
               and nothing else was sent that might have changed the same member since, later answers have \
               to show what was written (`keeps` in `x-contract-resources`).",
        why: "What users save is lost, and nobody tells them.",
        example: "response 200 application/json /title: promised \"Poems\", as PUT /books/{book_id} has set \
                  it; seen \"The Compass Rose\"",
        remedy: "Let the server store what it has accepted, before it answers.",
    },
    judge,
};

fn judge(chronicle: &Chronicle<'_, '_>, out: &mut Vec<(usize, Disagreement)>) {
    let episode = chronicle.episode;
    for story in chronicle.stories() {
        for (member, seen) in story.members() {
            for (moment, value) in seen {
                let Some((asked, by)) = story.known(member, moment.act) else { continue };
                if asked.fits(value) {
                    continue;
                }
                let place = story.place(moment, member);
                let mut found = episode.disagreement(moment.act, &CHECK.meta, place, moment.usage);
                found.promised = format!("{}, as {by} has set it", excerpt(&asked.value));
                found.seen = excerpt(value);
                out.push((moment.act, found));
            }
        }
    }
}
