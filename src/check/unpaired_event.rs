//! `unpaired-event`: an event without the one that belongs to it.

use super::evidence::{Event, Evidence};
use super::{Check, Meta};
use std::collections::HashMap;

use crate::contract::{Pair, StreamRules};
use crate::document::Pointer;
use crate::finding::{Basis, Disagreement, Part, Place, Severity};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        id: "unpaired-event",
        severity: Severity::Error,
        title: "an event without the one that belongs to it",
        what: "Reports events that come in pairs (`pairs` in `x-contract-stream`, say, a start and an \
               end with one id) where one of the two is missing or comes twice. A stream that broke \
               off, paused or lacks its end may leave pairs open.",
        why: "A client shows a step as running for ever, or an end that never began.",
        example: "response 200 event node_finished: promised one `node_started` with the same /data/id for \
               every `node_finished`, seen no `node_started` and 1 `node_finished` with \"7f…\"",
        remedy: "Correct the server.",
    },
    applies: |evidence| evidence.stream_rules().is_some_and(|rules| !rules.pairs.is_empty()),
    judge,
};

fn judge(evidence: &Evidence<'_>, out: &mut Vec<Disagreement>) {
    let (Some(stream), Some(rules)) = (&evidence.stream, evidence.stream_rules()) else { return };
    // A stream without its end has not come to the other half of its pairs.
    let unfinished = || stream.followed(rules).unfinished.is_some();
    let may_be_open = evidence.cut || breaks_off(rules, &stream.events) || unfinished();
    for pair in &rules.pairs {
        for (event, promised, seen) in faults(pair, &stream.events, may_be_open) {
            let part = Part::Event { status: evidence.response.status, name: event.to_owned() };
            let mut found = evidence.disagreement(&CHECK.meta, Place::whole(part), Basis::Schema);
            found.promised = promised;
            found.seen = seen;
            found.promise = Some((rules.at.0, format!("{}/pairs", rules.at.1)));
            out.push(found);
        }
    }
}

/// Whether the stream has an event that tells that pairs may stay open.
fn breaks_off(rules: &StreamRules, events: &[Event]) -> bool {
    events.iter().any(|event| {
        rules.unpaired_when.iter().any(|condition| {
            event.name.as_ref() == Some(&condition.event)
                && condition.value.as_ref().is_none_or(|(pointer, values)| {
                    let value = event.data.as_ref().and_then(|data| Pointer::find(data, pointer));
                    value.is_some_and(|value| values.contains(value))
                })
        })
    })
}

fn faults<'p>(
    pair: &'p Pair,
    events: &[Event],
    may_be_open: bool,
) -> Vec<(&'p str, String, String)> {
    // The key of each pair that was seen, and how often it was opened and closed.
    let mut seen: HashMap<String, (u32, u32)> = HashMap::new();
    let mut order = Vec::new();
    for event in events {
        let Some(key) = event.data.as_ref().and_then(|data| Pointer::find(data, &pair.key)) else {
            continue;
        };
        let key = key.to_string();
        let counts = seen.entry(key.clone()).or_insert_with(|| {
            order.push(key);
            (0, 0)
        });
        match event.name.as_deref() {
            Some(name) if name == pair.open => counts.0 += 1,
            Some(name) if name == pair.close => counts.1 += 1,
            _ => {}
        }
    }
    let mut faults = Vec::new();
    for key in order {
        let Some(&(opened, closed)) = seen.get(&key) else { continue };
        let Pair { open, close, key: at } = pair;
        if closed > opened {
            let promised = format!("one `{open}` with the same {at} for every `{close}`");
            let seen = format!("{} `{open}` and {closed} `{close}` with {key}", count(opened));
            faults.push((close.as_str(), promised, seen));
        } else if opened > closed && !may_be_open {
            let promised = format!("one `{close}` with the same {at} for every `{open}`");
            let seen = format!("{opened} `{open}` and {} `{close}` with {key}", count(closed));
            faults.push((open.as_str(), promised, seen));
        }
    }
    faults
}

fn count(number: u32) -> String {
    if number == 0 { "no".to_owned() } else { number.to_string() }
}
