//! `id-not-as-asked`: an answer about something else than was asked for.

use serde_json::Value;

use super::episode::{Act, touched};
use super::evidence::Evidence;
use super::{Check, Meta};
use crate::contract::schema::excerpt;
use crate::contract::{Does, Kind, Use};
use crate::document::Pointer;
use crate::finding::{Basis, Disagreement, Place, Severity};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        id: "id-not-as-asked",
        severity: Severity::Error,
        title: "an answer about something else than was asked for",
        what: "Looks at answers that show the one thing that the request names by its id \
               (`x-contract-consumes` and `x-contract-resources`), to read it or to change it. Reports \
               them if what they show has another id.",
        why: "Clients show, and then change, the wrong thing.",
        example: "response 200 application/json /id: promised \"0b8f…\", as it was asked for; seen \"77a1…\"",
        remedy: "Let the server answer with what was asked for.",
    },
    applies: |evidence| {
        evidence.accepted() && evidence.request.breaches.is_empty() && uses(evidence).any(|_| true)
    },
    judge,
};

fn uses<'e>(evidence: &Evidence<'e>) -> impl Iterator<Item = (&'e Kind, &'e Use)> {
    let one = |usage: &Use| usage.thing.as_ref().is_some_and(|thing| !thing.contains("/-"));
    evidence
        .contract
        .kinds
        .of(&evidence.operation)
        .filter(move |(_, usage)| matches!(usage.does, Does::Read | Does::Update) && one(usage))
}

fn judge(evidence: &Evidence<'_>, out: &mut Vec<Disagreement>) {
    let Some(act) = Act::of(evidence) else { return };
    for (kind, usage) in uses(evidence) {
        let mut touches = touched(&act, kind, usage).into_iter();
        let (Some(touch), None) = (touches.next(), touches.next()) else { continue };
        let Some(shown) = touch.shown else { continue };
        let seen = act.answer.and_then(|a| Pointer::find(a, &format!("{shown}{}", kind.id)));
        // UUIDs are the same in capitals.
        let same = |seen: &Value| seen.as_str().is_none_or(|id| id.eq_ignore_ascii_case(&touch.id));
        let Some(seen) = seen.filter(|seen| !same(seen)) else { continue };
        let pointer = format!("{shown}{}", kind.id);
        // What is no id at all is reported as that.
        if evidence.body.iter().any(|mismatch| mismatch.place == pointer) {
            continue;
        }
        let place = Place { part: evidence.part(), pointer };
        let mut found = evidence.disagreement(&CHECK.meta, place, Basis::Schema);
        found.promised = format!("{:?}, as it was asked for", touch.id);
        found.seen = excerpt(seen);
        found.promise = Some((usage.at.document, usage.at.pointer.clone()));
        out.push(found);
    }
}
