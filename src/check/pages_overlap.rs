//! `pages-overlap`: an item that stands on two pages of a list.

use serde_json::Value;

use super::episode::{Chronicle, Sheet, View};
use super::{LawCheck, Meta};
use crate::contract::schema::excerpt;
use crate::finding::{Disagreement, Severity};

/// The check.
pub static CHECK: LawCheck = LawCheck {
    meta: Meta {
        id: "pages-overlap",
        severity: Severity::Error,
        title: "an item that stands on two pages of a list",
        what: "Puts the pages together that a case read one after the other, of a list that it alone can have changed and did not change meanwhile (`x-contract-page`). Reports a page with an item that stood on a page before it; in a list that others may change at any time, only where that shows twice.",
        why: "Clients that read page by page show it twice, or count it twice.",
        example: "response 200 application/json /data[]/id: promised items that no page before had; seen \"0b8f…\" once more",
        remedy: "Let the server sort by something that no two items share, and begin where the page before ended.",
    },
    judge,
};

fn judge(chronicle: &Chronicle<'_, '_>, out: &mut Vec<(usize, Disagreement)>) {
    let episode = chronicle.episode;
    for view in chronicle.views().iter().filter(|view| view.own()) {
        let mut once = Vec::new();
        for chain in view.chains.iter().filter(|chain| view.is_settled(chain)) {
            let Some((number, sheet, id)) = overlap(view, chain) else { continue };
            let place = (sheet.size, number, id);
            if view.shared() && !once.contains(&place) {
                once.push(place);
                continue;
            }
            let Some(pointer) = &view.rules.id else { continue };
            let place = format!("{}[]{pointer}", view.rules.items);
            let about = (place.as_str(), "items");
            let mut found = view.disagreement(episode, sheet, &CHECK.meta, about);
            "items that no page before had".clone_into(&mut found.1.promised);
            found.1.seen = format!("{} once more", excerpt(id));
            out.push(found);
        }
    }
}

/// The first page of a chain that has an item of a page before: its number in the chain, and the item's id.
fn overlap<'v, 'e>(
    view: &'v View<'e>,
    chain: &'v [usize],
) -> Option<(usize, &'v Sheet<'e>, &'e Value)> {
    let mut seen: Vec<&Value> = Vec::new();
    for (number, sheet) in view.chain(chain).enumerate() {
        if let Some(id) = sheet.ids.iter().find(|id| seen.contains(*id)) {
            return Some((number, sheet, id));
        }
        seen.extend(&sheet.ids);
    }
    None
}
