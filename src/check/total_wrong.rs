//! `total-wrong`: a total that differs from the number of items on all pages.

use super::episode::Chronicle;
use super::{LawCheck, Meta};
use crate::document::Pointer;
use crate::finding::{Disagreement, Severity};

/// The check.
pub static CHECK: LawCheck = LawCheck {
    meta: Meta {
        id: "total-wrong",
        severity: Severity::Error,
        title: "a total that differs from the number of items on all pages",
        what: "Counts the items on the pages of a list that a case read to the end, and that it alone can have changed and did not change meanwhile, and compares with the total that each page tells (`total` in `x-contract-page`).",
        why: "Clients show the total, and ask for as many pages as it takes.",
        example: "response 200 application/json /total: promised 3, the items on all pages; seen 4",
        remedy: "Let the server count with the same filters with which it finds the items.",
    },
    judge,
};

fn judge(chronicle: &Chronicle<'_, '_>, out: &mut Vec<(usize, Disagreement)>) {
    let episode = chronicle.episode;
    for view in chronicle.views().iter().filter(|view| view.own()) {
        let (Some(pointer), Some((count, first))) = (&view.rules.total, view.count()) else {
            continue;
        };
        for sheet in view.sheets.iter().filter(|sheet| sheet.act >= first) {
            let told = Pointer::find(sheet.answer, pointer).and_then(serde_json::Value::as_u64);
            if let Some(told) = told
                && told != count
            {
                let about = (pointer.as_str(), "total");
                let mut found = view.disagreement(episode, sheet, &CHECK.meta, about);
                found.1.promised = format!("{count}, the items on all pages");
                found.1.seen = told.to_string();
                out.push(found);
            }
        }
    }
}
