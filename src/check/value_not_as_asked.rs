//! `value-not-as-asked`: an answer that shows another value than the one it was asked to keep.

use super::episode::{Act, asked_by, touched};
use super::evidence::Evidence;
use super::{Check, Meta};
use crate::contract::schema::excerpt;
use crate::contract::{Does, Use};
use crate::document::Pointer;
use crate::finding::{Basis, Disagreement, Place, Severity};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        id: "value-not-as-asked",
        severity: Severity::Error,
        title: "an answer that shows another value than the one it was asked to keep",
        what: "Looks at answers that say that something was made or changed, and show it. Reports members \
               that differ from what the request asked for (`keeps` in `x-contract-resources` says what is \
               kept, where, and how). What the request says with `null` is not looked at, nor are requests that break the documents.",
        why: "Clients believe the answer, and show what nobody wrote.",
        example: "response 200 application/json /title: promised \"The Compass Rose\", as it was sent; \
                  seen \"the compass rose\"",
        remedy: "Let the server keep what it is given, or refuse it.",
    },
    applies: |evidence| {
        evidence.accepted() && evidence.request.breaches.is_empty() && uses(evidence).any(|_| true)
    },
    judge,
};

fn uses<'e>(evidence: &Evidence<'e>) -> impl Iterator<Item = (&'e crate::contract::Kind, &'e Use)> {
    let keeps = |usage: &Use| !usage.keeps.is_empty() || !usage.sets.is_empty();
    evidence
        .contract
        .kinds
        .of(&evidence.operation)
        .filter(move |(_, usage)| usage.thing.is_some() && keeps(usage))
        .filter(|(_, usage)| matches!(usage.does, Does::Create | Does::Update))
}

fn judge(evidence: &Evidence<'_>, out: &mut Vec<Disagreement>) {
    let Some(act) = Act::of(evidence) else { return };
    for (kind, usage) in uses(evidence) {
        for touch in touched(&act, kind, usage).into_iter().filter(|touch| touch.usage.is_some()) {
            let shown = touch.shown.as_ref().and_then(|at| Pointer::find(act.answer?, at));
            let Some(shown) = shown else { continue };
            for asked in asked_by(&act, usage, touch.place) {
                let Some(seen) = Pointer::find(shown, &asked.kept).filter(|seen| !asked.fits(seen))
                else {
                    continue;
                };
                let thing = usage.thing.as_deref().unwrap_or_default().replace("/-", "[]");
                let pointer = format!("{thing}{}", asked.kept);
                let place = Place { part: evidence.part(), pointer };
                let mut found = evidence.disagreement(&CHECK.meta, place, Basis::Schema);
                found.promised = format!("{}, as it was asked for", excerpt(&asked.value));
                found.seen = excerpt(seen);
                found.promise = Some((usage.at.document, usage.at.pointer.clone()));
                out.push(found);
            }
        }
    }
}
