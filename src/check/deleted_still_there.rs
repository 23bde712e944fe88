//! `deleted-still-there`: what was deleted, and is still there.

use super::episode::{Chronicle, Episode, Moment, Outcome, Thing};
use super::{LawCheck, Meta};
use crate::contract::Does;
use crate::finding::{Disagreement, Severity};

/// The check.
pub static CHECK: LawCheck = LawCheck {
    meta: Meta {
        id: "deleted-still-there",
        severity: Severity::Error,
        title: "what was deleted, and is still there",
        what: "Reports that something is read, or changed and shown, with success after it was deleted with success, or \
               after what it is a part of was; and that the parts of a deleted thing are still listed \
               (`x-contract-resources` says what deletes, shows and changes what, and what is part of \
               what).",
        why: "What users have deleted can still be seen.",
        example: "response 200 application/json: promised nothing, since DELETE /books/{book_id} has removed \
                  the book; seen answered 200",
        remedy: "Delete things with their parts before the answer is given.",
    },
    judge,
};

fn judge(chronicle: &Chronicle<'_, '_>, out: &mut Vec<(usize, Disagreement)>) {
    let episode = chronicle.episode;
    for thing in &episode.things {
        for moment in thing.moments.iter().filter(|moment| shows(episode, thing, moment)) {
            let Some(gone) = thing.removals(episode).find(|gone| episode.before(*gone, moment.act))
            else {
                continue;
            };
            let mut found =
                episode.disagreement(moment.act, &CHECK.meta, String::new(), moment.usage);
            let by = episode.acts.get(gone).map_or("", |act| act.operation.id.as_str());
            found.kind.clone_from(&thing.kind.name);
            found.promised = format!("nothing, since {by} has removed the {}", thing.kind.name);
            let status = episode.acts.get(moment.act).map_or(0, super::episode::Act::status);
            found.seen = format!("answered {status}");
            out.push((moment.act, found));
        }
    }
}

/// Whether an act shows that the thing is there.
fn shows(episode: &Episode<'_>, thing: &Thing<'_>, moment: &Moment<'_>) -> bool {
    let Some(act) = episode.acts.get(moment.act) else { return false };
    if act.outcome != Outcome::Accepted || !act.is_plain() {
        return false;
    }
    match moment.does() {
        Some(Does::Read) => true,
        // Of several things, those that are not there may be passed over.
        Some(Does::Update) => moment.shown.is_some(),
        Some(_) => false,
        // It is named by the list of its parts.
        None => {
            act.reads()
                && episode.things.iter().any(|part| {
                    part.kind.parent.as_deref() == Some(&thing.kind.name)
                        && part.moments.iter().any(|other| {
                            other.act == moment.act && other.does() == Some(Does::List)
                        })
                })
        }
    }
}
