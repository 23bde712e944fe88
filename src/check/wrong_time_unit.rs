//! `wrong-time-unit`: a time in another unit than documented.

use super::evidence::{Evidence, time};
use super::{Check, Meta};
use crate::contract::schema::excerpt;
use crate::finding::{Disagreement, Severity};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        id: "wrong-time-unit",
        severity: Severity::Error,
        title: "a time in another unit than documented",
        what: "Looks at members that hold a time as a number (`x-contract-times`), wherever they stand in a body or an event. A number of seconds that lies thousands of years ahead was counted in milliseconds; a number of milliseconds that lies before March 1973, in seconds.",
        why: "Clients show the year 58,000, or 1970.",
        example: "response 200 application/json /data[]/created_at: promised seconds since 1970, seen 1773480500000",
        remedy: "Convert the time before it is sent, or document its unit.",
    },
    applies: |evidence| time::Rules::of(evidence).is_some_and(time::Rules::has_units),
    judge,
};

fn judge(evidence: &Evidence<'_>, out: &mut Vec<Disagreement>) {
    let Some(rules) = time::Rules::of(evidence) else { return };
    rules.objects(&mut |part, pointer, object| {
        for (name, value) in object {
            let Some(promised) = rules.missed_unit(name, value) else { continue };
            let mut found = rules.disagreement(&CHECK.meta, part, pointer, name);
            promised.clone_into(&mut found.promised);
            found.seen = excerpt(value);
            out.push(found);
        }
    });
}
