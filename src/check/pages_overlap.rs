//! `pages-overlap`: an item that stands on two pages of a list.

use super::episode::Chronicle;
use super::{LawCheck, Meta};
use serde_json::Value;

use crate::contract::schema::excerpt;
use crate::finding::{Disagreement, Severity};

/// The check.
pub static CHECK: LawCheck = LawCheck {
    meta: Meta {
        id: "pages-overlap",
        severity: Severity::Error,
        title: "an item that stands on two pages of a list",
        what: "Puts the pages together that a case read one after the other, of a list that it alone can have changed and did not change meanwhile (`x-contract-page`). Reports a page with an item that stood on a page before it.",
        why: "Clients that read page by page show it twice, or count it twice.",
        example: "response 200 application/json /data[]/id: promised items that no page before had; seen \"0b8f…\" once more",
        remedy: "Let the server sort by something that no two items share, and begin where the page before ended.",
    },
    judge,
};

fn judge(chronicle: &Chronicle<'_, '_>, out: &mut Vec<(usize, Disagreement)>) {
    let episode = chronicle.episode;
    for view in chronicle.views().iter().filter(|view| view.own()) {
        for chain in view.chains.iter().filter(|chain| view.is_settled(chain)) {
            let mut seen: Vec<&Value> = Vec::new();
            for sheet in view.chain(chain) {
                let again = sheet.ids.iter().find(|id| seen.contains(*id));
                if let (Some(id), Some(pointer)) = (again, &view.rules.id) {
                    let place = format!("{}[]{pointer}", view.rules.items);
                    let about = (place.as_str(), "items");
                    let mut found = view.disagreement(episode, sheet, &CHECK.meta, about);
                    "items that no page before had".clone_into(&mut found.1.promised);
                    found.1.seen = format!("{} once more", excerpt(id));
                    out.push(found);
                    break;
                }
                seen.extend(&sheet.ids);
            }
        }
    }
}
