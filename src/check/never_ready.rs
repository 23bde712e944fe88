//! `never-ready`: a job that does not end.

use serde_json::Value;

use super::evidence::{Answer, Evidence};
use super::{Check, Meta};
use crate::contract::{Contract, Operation};
use crate::document::Pointer;
use crate::exchange::Expects;
use crate::finding::{Basis, Disagreement, Place, Severity};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        id: "never-ready",
        severity: Severity::Error,
        title: "a job that does not end",
        what: "Looks at the last answer that a sender waited for, after having asked again and again for as \
               long as an answer may take (`_expects` in a HAR). Reports states in which the job neither is \
               done nor has failed (`x-contract-ready` says which these are).",
        why: "Clients wait for ever.",
        example: "response 200 application/json /data[]/indexing_status: promised `completed` or `error` in \
                  the end; seen \"indexing\"",
        remedy: "Look why the job hangs; give those who wait for it an end.",
    },
    applies: |evidence| evidence.exchange.expects == Some(Expects::Ready) && evidence.accepted(),
    judge,
};

/// What is said of a job.
struct Job<'c> {
    /// Where its state stands.
    pointer: &'c str,
    /// The states that end it.
    ends: Vec<&'c str>,
    /// Where that is said.
    promise: (usize, String),
}

fn judge(evidence: &Evidence<'_>, out: &mut Vec<Disagreement>) {
    let Answer::Json(value) = evidence.answer else { return };
    for job in jobs(evidence.contract, &evidence.operation) {
        let mut states = Vec::new();
        select(value, job.pointer, &mut states);
        let Some(state) = states.iter().find(|state| !job.ends.contains(*state)) else { continue };
        let pointer = job.pointer.replace("/-", "[]");
        let place = Place { part: evidence.part(), pointer };
        let mut found = evidence.disagreement(&CHECK.meta, place, Basis::Schema);
        let ends: Vec<String> = job.ends.iter().map(|state| format!("`{state}`")).collect();
        found.promised = format!("{} in the end", ends.join(" or "));
        found.seen = format!("{state:?}");
        found.promise = Some(job.promise);
        out.push(found);
        // Several operations start jobs of one kind.
        return;
    }
}

/// The jobs whose state an operation tells.
fn jobs<'c>(contract: &'c Contract, operation: &str) -> Vec<Job<'c>> {
    let job = |starter: &'c Operation| {
        let ready = contract.raw(&starter.at)?.get("x-contract-ready")?;
        if ready.get("operation")?.as_str()? != operation {
            return None;
        }
        let list = |name: &str| ready.get(name).and_then(Value::as_array).into_iter().flatten();
        let ends = list("is").chain(list("fails")).filter_map(Value::as_str).collect();
        let at = starter.at.child("x-contract-ready");
        let promise = (at.document, at.pointer);
        Some(Job { pointer: ready.get("pointer")?.as_str()?, ends, promise })
    };
    contract.operations.iter().filter_map(job).collect()
}

/// The texts at a pointer in which `-` stands for any item.
fn select<'v>(value: &'v Value, pointer: &str, found: &mut Vec<&'v str>) {
    match pointer.split_once("/-") {
        Some((here, rest)) => {
            let items = Pointer::find(value, here).and_then(Value::as_array);
            items.into_iter().flatten().for_each(|item| select(item, rest, found));
        }
        None => found.extend(Pointer::find(value, pointer).and_then(Value::as_str)),
    }
}
