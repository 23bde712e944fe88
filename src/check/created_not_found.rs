//! `created-not-found`: what was made, and is not there when it is asked for.

use super::episode::{Act, Chronicle, Episode, Thing};
use super::{LawCheck, Meta};
use crate::contract::Does;
use crate::finding::{Disagreement, Severity};

/// The check.
pub static CHECK: LawCheck = LawCheck {
    meta: Meta {
        id: "created-not-found",
        severity: Severity::Error,
        title: "what was made, and is not there when it is asked for",
        what: "Looks at what a case has made itself, with an answer that says so. Reports a request for it \
               that is answered with 404, if it was sent after that answer and before anything was sent \
               that removes the thing, or what it is a part of (`x-contract-resources` says what makes, \
               shows and removes what).",
        why: "Clients that go on with what they have just made fail.",
        example: "response 404 application/json: promised the book that POST /books has made; seen \
                  answered 404",
        remedy: "Let the server answer when what it has made can be found, or make the thing at all.",
    },
    judge,
};

fn judge(chronicle: &Chronicle<'_, '_>, out: &mut Vec<(usize, Disagreement)>) {
    let episode = chronicle.episode;
    for thing in &episode.things {
        let Some((born, usage)) = thing.birth() else { continue };
        let reads = thing.moments.iter().filter(|moment| {
            let act = episode.acts.get(moment.act);
            moment.does() == Some(Does::Read)
                && act.is_some_and(|a| a.status() == 404 && a.is_plain())
        });
        for read in reads {
            if episode.before(born, read.act) && !may_be_gone(thing, episode, read.act) {
                let mut found =
                    episode.disagreement(read.act, &CHECK.meta, String::new(), read.usage);
                let made = usage.map_or("", |usage| usage.operation.as_str());
                found.promised = format!("the {} that {made} has made", thing.kind.name);
                found.seen =
                    format!("answered {}", episode.acts.get(read.act).map_or(0, Act::status));
                out.push((read.act, found));
            }
        }
    }
}

/// Whether something was sent before an act had ended that may have removed the thing.
fn may_be_gone(thing: &Thing<'_>, episode: &Episode<'_>, act: usize) -> bool {
    thing.ends(episode).any(|end| !episode.before(act, end))
}
