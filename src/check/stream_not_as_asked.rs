//! `stream-not-as-asked`: a stream where a single answer was asked for, or the other way round.

use super::evidence::Evidence;
use super::{Check, Meta};
use crate::contract::StreamRules;
use crate::document::Pointer;
use crate::finding::{Basis, Disagreement, Place, Severity};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        id: "stream-not-as-asked",
        severity: Severity::Error,
        title: "a stream where a single answer was asked for, or the other way round",
        what: "Where a member of the request chooses between a single answer and an event stream \
               (`when` in `x-contract-stream`), reports an answer of the other kind. An answer \
               that does not call itself `text/event-stream` is no stream, whatever it holds.",
        why: "A client that waits for one answer cannot read a stream, and one that streams shows \
               nothing until the end.",
        example: "response 200: promised text/event-stream, since /response_mode is \"streaming\"; seen \
               application/json",
        remedy: "Correct the server, or document when it does not stream.",
    },
    applies: |evidence| evidence.accepted() && asked(evidence).is_some(),
    judge,
};

/// Whether a stream was asked for, by which rules.
fn asked<'a>(evidence: &Evidence<'a>) -> Option<(bool, &'a StreamRules)> {
    let rules = evidence.own?.content.iter().find_map(|m| m.stream.as_ref())?;
    let (pointer, wanted) = rules.when.as_ref()?;
    let body = evidence.request.json?;
    if rules
        .unless
        .as_ref()
        .is_some_and(|(pointer, value)| Pointer::find(body, pointer) == Some(value))
    {
        return None;
    }
    let value = Pointer::find(body, pointer)?;
    value.is_string().then_some((value == wanted, rules))
}

fn judge(evidence: &Evidence<'_>, out: &mut Vec<Disagreement>) {
    let Some((asked, rules)) = asked(evidence) else { return };
    let streams = evidence.stream.is_some();
    if asked == streams || evidence.answer.is_empty() {
        return;
    }
    let place = Place::whole(evidence.status_part());
    let mut found = evidence.disagreement(&CHECK.meta, place, Basis::Schema);
    let (pointer, wanted) = rules.when.clone().unwrap_or_default();
    let kind = if asked { "not-streamed" } else { "streamed" };
    kind.clone_into(&mut found.kind);
    found.promised = if asked {
        format!("an event stream, since {pointer} is {wanted}")
    } else {
        format!("a single answer, since {pointer} is not {wanted}")
    };
    let media_type = evidence.media_type.as_ref().map_or("no media type", |m| m.essence());
    media_type.clone_into(&mut found.seen);
    found.promise = Some(rules.at.clone());
    out.push(found);
}
