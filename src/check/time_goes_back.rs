//! `time-goes-back`: a thing that was changed before it was made.

use super::evidence::{Evidence, time};
use super::{Check, Meta};
use crate::finding::{Disagreement, Severity};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        id: "time-goes-back",
        severity: Severity::Error,
        title: "a thing that was changed before it was made",
        what: "Compares the times of one object that can only follow each other, such as when it was made and when it was changed (`order` in `x-contract-times`). A second is allowed for rounding.",
        why: "Clients that sort or sync by the time of the last change pass over what changed.",
        example: "response 200 application/json /data[]/updated_at: promised no time before `created_at`, 1773480620; seen 1773480500",
        remedy: "Take all times from one clock, and in one time zone.",
    },
    applies: |evidence| {
        time::Rules::of(evidence).is_some_and(|rules| !rules.times.order.is_empty())
    },
    judge,
};

/// Seconds that rounding may take away.
const ROUNDING: f64 = 1.0;

fn judge(evidence: &Evidence<'_>, out: &mut Vec<Disagreement>) {
    let Some(rules) = time::Rules::of(evidence) else { return };
    rules.objects(&mut |part, pointer, object| {
        for names in &rules.times.order {
            let there = || names.iter().filter_map(|name| Some((name, object.get(name)?)));
            // Times are read only where there is one to compare with.
            if there().nth(1).is_none() {
                continue;
            }
            let known: Vec<_> = there()
                .filter_map(|(name, value)| Some((name, value, rules.instant(name, value)?)))
                .collect();
            for pair in known.windows(2) {
                let [(before, earlier, from), (name, later, to)] = pair else { continue };
                if *to + ROUNDING < *from && earlier.is_number() == later.is_number() {
                    let mut found = rules.disagreement(&CHECK.meta, part, pointer, name);
                    found.promised = format!("no time before `{before}`, {earlier}");
                    found.seen = later.to_string();
                    out.push(found);
                }
            }
        }
    });
}
