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

    fn explains(&self, finding: &Finding) -> bool {
        let comes = |consequence: &Consequence| {
            let Consequence { check, operations, place, .. } = consequence;
            *check == finding.check
                && operations.contains(&finding.operation)
                && finding.place.to_string().contains(place.as_str())
        };
        self.found.iter().any(|spot| spot.is_of(finding)) || self.beside.iter().any(comes)
    }

    /// What has to be found, and is not.
    fn missing(&self, findings: &[Finding]) -> Vec<String> {
        let name = self.faults.join(" + ");
        let is_there = |spot: &&Spot| findings.iter().any(|finding| spot.is_of(finding));
        let missing = self.found.iter().filter(|spot| !is_there(spot));
        missing
            .map(|Spot { check, operation, place }| {
                format!("{name}: no {check} at {operation}, {place}")
            })
            .collect()
    }

    /// What the cases that a report names for these findings do not find when they are tried alone.
    fn lost(
        &self,
        bench: &Bench,
        campaign: &Campaign,
        seed: u64,
        findings: &[&Finding],
    ) -> Vec<String> {
        let mut by_case: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
        for finding in findings {
            // What is asked before and after the cases belongs to none.
            let mut cases = finding.samples.iter().map(|sample| sample.exchange.as_str());
            if let Some(case) = cases.find(|case| case.contains("::")) {
                by_case.entry(case).or_default().push(finding);
            }
        }
        let mut lost = Vec::new();
        for (case, findings) in by_case {
            let again = self.alone(bench, campaign, seed, case);
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
    fn alone(
        &self,
        bench: &Bench,
        campaign: &Campaign,
        seed: u64,
        name: &str,
    ) -> Option<RunResult> {
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

impl Spot {
    fn is_of(&self, finding: &Finding) -> bool {
        self.check == finding.check
            && self.operation == finding.operation
            && self.place == finding.place.to_string()
    }
}

/// What is wrong with what one run with the faults of all these rows finds: one text each.
pub fn judge(rows: &[&Row], bench: &Bench, seed: u64) -> Vec<String> {
    let faults: Vec<&str> = rows.iter().flat_map(|row| &row.faults).map(String::as_str).collect();
    let findings = bench.run(seed, &faults, everything(bench, seed)).result.findings;
    let mut wrong: Vec<String> = rows.iter().flat_map(|row| row.missing(&findings)).collect();
    for finding in findings.iter().filter(|finding| !rows.iter().any(|row| row.explains(finding))) {
        let faults = faults.join(" + ");
        wrong.push(format!("{faults}: {FILE} does not say why this is found: {}", told(finding)));
    }
    let (mock, target) = bench.mock(seed, &[]);
    let campaign = bench.campaign(target, seed, everything(bench, seed));
    drop(mock);
    for row in rows {
        let own: Vec<&Finding> = findings.iter().filter(|finding| row.explains(finding)).collect();
        println!("{}, seed {seed}:", row.faults.join(" + "));
        for finding in &own {
            println!("  {}", told(finding).replace('\n', "\n  "));
        }
        wrong.extend(row.lost(bench, &campaign, seed, &own));
    }
    wrong.iter().map(|text| format!("seed {seed}, {text}")).collect()
}

/// A finding as somebody reads it who has to find out where it comes from.
fn told(finding: &Finding) -> String {
    let Finding { check, operation, place, promised, seen, .. } = finding;
    let mut text =
        format!("{check} at {operation}, {place}\n  promised: {promised}\n  seen:     {seen}");
    for sample in &finding.samples {
        let _ = write!(text, "\n  case:     {}", sample.exchange);
    }
    text
}
