//! `deleted-still-listed`: what was deleted, and is still listed.

use super::episode::{Chronicle, Outcome};
use super::{LawCheck, Meta};
use crate::contract::Does;
use crate::finding::{Disagreement, Severity};

/// The check.
pub static CHECK: LawCheck = LawCheck {
    meta: Meta {
        id: "deleted-still-listed",
        severity: Severity::Error,
        title: "what was deleted, and is still listed",
        what: "Reports lists that still show something after it was deleted with success, or after what it \
               is a part of was (`x-contract-resources` says what deletes and lists what).",
        why: "Users delete something, and see it again.",
        example: "response 200 application/json /data[]/id: promised no book that DELETE /books/{book_id} has \
                  removed; seen \"0b8f…\"",
        remedy: "Take things out of lists before the answer is given.",
    },
    judge,
};

fn judge(chronicle: &Chronicle<'_, '_>, out: &mut Vec<(usize, Disagreement)>) {
    let episode = chronicle.episode;
    for thing in &episode.things {
        for moment in &thing.moments {
            let plain = episode
                .acts
                .get(moment.act)
                .is_some_and(|act| act.is_plain() && act.outcome == Outcome::Accepted);
            let Some(usage) = moment.usage.filter(|usage| plain && usage.does == Does::List) else {
                continue;
            };
            let Some(gone) = thing.removals(episode).find(|gone| episode.before(*gone, moment.act))
            else {
                continue;
            };
            let list = usage.thing.as_deref().unwrap_or_default().replace("/-", "[]");
            let pointer = format!("{list}{}", thing.kind.id);
            let mut found = episode.disagreement(moment.act, &CHECK.meta, pointer, Some(usage));
            let by = episode.acts.get(gone).map_or("", |act| act.operation.id.as_str());
            found.promised = format!("no {} that {by} has removed", thing.kind.name);
            found.seen = format!("{:?}", thing.id);
            out.push((moment.act, found));
        }
    }
}
