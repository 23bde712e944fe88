//! `missing-keep-alive`: a stream that was silent for longer than documented.

use super::evidence::Evidence;
use super::{Check, Meta};
use crate::exchange::End;
use crate::finding::{Basis, Disagreement, Part, Place, Severity};

/// What the network and we ourselves may delay an event by, in seconds.
const ALLOWANCE: f64 = 1.0;

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        id: "missing-keep-alive",
        severity: Severity::Error,
        title: "a stream that was silent for longer than documented",
        what: "Reports event streams that sent nothing, not even a comment, for more than the documented \
               seconds (`keep-alive` in `x-contract-stream`) and a second of allowance, and then went \
               on. Only exchanges that this program made tell when events came.",
        why: "Proxies and clients close a connection that shows no sign of life.",
        example: "response 200 stream: promised something at least every 15 seconds, seen nothing for 31 \
                  seconds",
        remedy: "Let the server send its sign of life in time; look for a proxy that holds it back.",
    },
    applies: |evidence| keep_alive(evidence).is_some(),
    judge,
};

/// The documented seconds, where there is something to hold against them.
fn keep_alive(evidence: &Evidence<'_>) -> Option<f64> {
    let timed = evidence.exchange.times.first_byte_ms.is_some();
    evidence.stream_rules().filter(|_| timed)?.keep_alive
}

fn judge(evidence: &Evidence<'_>, out: &mut Vec<Disagreement>) {
    let (Some(promised), Some(rules)) = (keep_alive(evidence), evidence.stream_rules()) else {
        return;
    };
    let times = &evidence.exchange.times;
    // Where we stopped listening, nobody knows what would have come.
    let ended = matches!(evidence.response.end, Some(End::Complete)).then_some(times.total_ms);
    let signs: Vec<f64> = times
        .first_byte_ms
        .into_iter()
        .chain(times.events_ms.iter().copied())
        .chain(ended)
        .collect();
    let longest = signs.windows(2).map(|pair| pair[1] - pair[0]).fold(0.0, f64::max) / 1000.0;
    if longest <= promised + ALLOWANCE {
        return;
    }
    let part = Part::Stream { status: evidence.response.status };
    let mut found = evidence.disagreement(&CHECK.meta, Place::whole(part), Basis::Schema);
    found.promised = format!("something at least every {promised} seconds");
    found.seen = format!("nothing for {longest:.0} seconds");
    found.promise = Some((rules.at.0, format!("{}/keep-alive", rules.at.1)));
    out.push(found);
}
