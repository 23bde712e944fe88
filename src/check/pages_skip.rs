//! `pages-skip`: an item that stands on no page of a list.

use super::episode::Chronicle;
use super::{LawCheck, Meta};
use serde_json::Value;

use crate::contract::schema::excerpt;
use crate::finding::{Disagreement, Severity};

/// The check.
pub static CHECK: LawCheck = LawCheck {
    meta: Meta {
        id: "pages-skip",
        severity: Severity::Error,
        title: "an item that stands on no page of a list",
        what: "Puts the pages together that a case read one after the other to the end, of a list that it alone can have changed and did not change meanwhile (`x-contract-page`). Reports pages that all together lack an item which another answer for the same list had.",
        why: "Clients that read page by page never see it.",
        example: "response 200 application/json /data: promised \"0b8f…\" on one of 3 pages; seen on none",
        remedy: "Let the server sort by something that no two items share, and begin where the page before ended.",
    },
    judge,
};

fn judge(chronicle: &Chronicle<'_, '_>, out: &mut Vec<(usize, Disagreement)>) {
    let episode = chronicle.episode;
    for view in chronicle.views().iter().filter(|view| view.own()) {
        let all = view.ids();
        // What a page without a limit lacks is a matter of its default.
        let asked = |chain: &[usize]| view.chain(chain).all(|sheet| sheet.asked);
        for chain in view.chains.iter().filter(|chain| asked(chain) && view.ends(chain)) {
            let told: Vec<&Value> = view.chain(chain).flat_map(|sheet| sheet.ids.clone()).collect();
            let Some(first) = view.chain(chain).next() else { continue };
            let missing = |id: &&&Value| !told.contains(*id) && view.knew(id, first.act);
            let missing = all.iter().find(missing);
            if let (Some(id), Some(last)) = (missing, view.chain(chain).last()) {
                let about = (view.rules.items.as_str(), "items");
                let mut found = view.disagreement(episode, last, &CHECK.meta, about);
                found.1.promised = format!("{} on {}", excerpt(id), pages(chain.len()));
                "it on none".clone_into(&mut found.1.seen);
                out.push(found);
            }
        }
    }
}

fn pages(count: usize) -> String {
    if count == 1 { "the page".to_owned() } else { format!("one of {count} pages") }
}
