//! Whole runs against a server with one fault: all that is found is looked at.
//!
//! `tests/fixtures/detection/whole.yaml` says of each fault what has to be found, and what may be found
//! beside it and why that comes of the fault. Nothing else may be found, and what was found has to be found
//! again by its case alone, as the report says that it is.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use dify_contract::finding::Finding;
use dify_contract::mock::Injection;
use dify_contract::run::{Campaign, RunResult};
use serde::Deserialize;

use crate::bench::Bench;
use crate::everything;

const FILE: &str = "tests/fixtures/detection/whole.yaml";

/// A fault, and what is found in a whole run.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// As `--fault` takes it; several where it takes several operations to do one thing wrong.
    pub faults: Vec<String>,
    /// What has to be found.
    found: Vec<Spot>,
    /// What may be found beside it.
    #[serde(default)]
    beside: Vec<Consequence>,
    /// Whether it is tried each time.
    #[serde(default)]
    pub always: bool,
}

/// A check, and where it finds something.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Spot {
    check: String,
    operation: String,
    /// The place.
    place: String,
}

/// What comes of a fault.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Consequence {
    check: String,
    /// The operations.
    operations: Vec<String>,
    /// The place, or a part of it.
    #[serde(default)]
    place: String,
    /// Why it is one.
    because: String,
}

impl Row {
    /// What is known.
    pub fn all() -> Vec<Self> {
        let text = std::fs::read_to_string(FILE).unwrap();
        let rows: Vec<Self> =
            serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{FILE}: {error}"));
        for consequence in rows.iter().flat_map(|row| &row.beside) {
            assert!(!consequence.because.is_empty(), "{consequence:?}");
        }
        rows
    }

    /// What is wrong with what a run finds: one text each.
    pub fn judge(&self, bench: &Bench, seed: u64) -> Vec<String> {
        let faults: Vec<&str> = self.faults.iter().map(String::as_str).collect();
        let result = bench.run(seed, &faults, everything(bench, seed)).result;
        let mut wrong = Vec::new();
        let name = self.faults.join(" + ");
        for Spot { check, operation, place } in &self.found {
            if !result.findings.iter().any(|finding| is_at(finding, check, operation, place)) {
                wrong.push(format!("{name}, seed {seed}: no {check} at {operation}, {place}"));
            }
        }
        for finding in &result.findings {
            println!("{name} | seed {seed} | {}", brief(finding));
            if !self.explains(finding) {
                wrong.push(format!(
                    "{name}, seed {seed}: nobody knows why this is found: {}",
                    told(finding)
                ));
            }
        }
        wrong.extend(
            self.not_found_alone(bench, seed, &result)
                .into_iter()
                .map(|text| format!("{name}, seed {seed}: {text}")),
        );
        wrong
    }

    fn explains(&self, finding: &Finding) -> bool {
        let own = |spot: &Spot| is_at(finding, &spot.check, &spot.operation, &spot.place);
        let comes = |consequence: &Consequence| {
            let Consequence { check, operations, place, .. } = consequence;
            *check == finding.check
                && operations.contains(&finding.operation)
                && finding.place.to_string().contains(place.as_str())
        };
        self.found.iter().any(own) || self.beside.iter().any(comes)
    }

    /// What the case that a report names does not find when it is tried alone.
    fn not_found_alone(&self, bench: &Bench, seed: u64, result: &RunResult) -> Vec<String> {
        let mut by_case: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
        for finding in &result.findings {
            if let Some(sample) = finding.samples.first() {
                by_case.entry(&sample.exchange).or_default().push(finding);
            }
        }
        let (mock, target) = bench.mock(seed, &[]);
        let campaign = bench.campaign(target, seed, everything(bench, seed));
        drop(mock);
        let mut lost = Vec::new();
        for (case, findings) in by_case {
            // What is asked before and after the cases belongs to none.
            if !case.contains("::") {
                continue;
            }
            let again = self.alone(bench, &campaign, seed, case);
            let Some(again) = again else {
                lost.push(format!("there is no case `{case}` to be tried alone"));
                continue;
            };
            for finding in findings {
                if !again.findings.iter().any(|other| other.fingerprint == finding.fingerprint) {
                    lost.push(format!("not found by `{case}` alone: {}", told(finding)));
                }
            }
        }
        lost
    }

    /// What a case alone finds; nothing if there is none of this name.
    fn alone(&self, bench: &Bench, campaign: &Campaign, seed: u64, name: &str) -> Option<RunResult> {
        let case = campaign.plan.cases.iter().find(|case| case.name == name)?;
        let faults = self.faults.iter().map(|fault| Injection::parse(fault).unwrap()).collect();
        let result = bench.runtime.block_on(async {
            let (mock, target) = bench.start(seed, faults).await;
            let outing = campaign.at(target);
            outing.look_up().await;
            outing.try_case(case).await;
            let result = outing.end();
            drop(mock);
            result
        });
        Some(result)
    }
}

fn is_at(finding: &Finding, check: &str, operation: &str, place: &str) -> bool {
    finding.check == check
        && finding.operation == operation
        && finding.place.to_string() == place
}

fn brief(finding: &Finding) -> String {
    let Finding { check, operation, place, promised, seen, .. } = finding;
    let case = finding.samples.first().map_or("", |sample| sample.exchange.as_str());
    format!("{check} | {operation} | {place} | {promised} | {seen} | {case}")
}

/// A finding as somebody reads it who has to find out where it comes from.
fn told(finding: &Finding) -> String {
    let Finding { check, operation, place, promised, seen, .. } = finding;
    let mut text = format!(
        "{check} at {operation}, {place}\n  promised: {promised}\n  seen:     {seen}"
    );
    for sample in &finding.samples {
        let _ = write!(text, "\n  case:     {}", sample.exchange);
    }
    text
}
