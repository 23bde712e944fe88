//! The report read again.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use super::SCHEMA;
use crate::check;
use crate::error::Problem;
use crate::finding::{Basis, Finding, Fingerprint, Sample, Severity, Source};
use crate::run::{
    Coverage, DocumentInfo, ExchangeCounts, Hosts, InputInfo, OperationResult, RunInfo, RunResult,
    Withheld,
};

/// What tells a report from another JSON file.
#[derive(Deserialize)]
struct Head {
    schema: u32,
    tool: Tool,
}

#[derive(Deserialize)]
struct Tool {
    name: String,
    version: String,
}

/// What of a report cannot be worked out from the rest.
#[derive(Deserialize)]
struct Told {
    counts: ToldCounts,
    documents: Vec<DocumentInfo>,
    inputs: Vec<InputInfo>,
    exchanges: ExchangeCounts,
    coverage: Coverage,
    findings: Vec<ToldFinding>,
    operations: Vec<OperationResult>,
    notes: Vec<String>,
    hosts: ToldHosts,
    run: Option<RunInfo>,
}

#[derive(Deserialize)]
struct ToldCounts {
    disagreements: u64,
}

#[derive(Deserialize)]
struct ToldHosts {
    api: Vec<String>,
    others: BTreeMap<String, ToldWithheld>,
}

#[derive(Deserialize)]
struct ToldWithheld {
    undocumented: u64,
    disagreements: u64,
    findings: Vec<ToldFinding>,
}

#[derive(Deserialize)]
struct ToldFinding {
    fingerprint: Fingerprint,
    check: String,
    severity: Severity,
    basis: Basis,
    operation: String,
    place: String,
    kind: String,
    promised: String,
    seen: String,
    source: Option<Source>,
    count: u64,
    exchanges: u64,
    samples: Vec<Sample>,
    curl: Option<String>,
}

/// Reads a report; `name` is what errors call it.
///
/// # Errors
/// What is no report, or one of another version of this program.
pub fn read(name: &str, bytes: &[u8]) -> Result<RunResult, Problem> {
    let make = "a report is what `--report json=PATH` writes";
    let head: Head = serde_json::from_slice(bytes).map_err(|error| {
        let what = if error.is_data() {
            "no report, though it is JSON".to_owned()
        } else if bytes.trim_ascii().is_empty() {
            "empty".to_owned()
        } else if error.is_eof() {
            "cut off before its end".to_owned()
        } else {
            format!("no JSON (line {}, column {})", error.line(), error.column())
        };
        Problem::new(format!("{name} is {what}")).help(make)
    })?;
    if head.tool.name != env!("CARGO_PKG_NAME") {
        return Err(Problem::new(format!("{name} is a report of {}", head.tool.name)).help(make));
    }
    if head.schema != SCHEMA {
        let (theirs, version) = (head.schema, head.tool.version);
        let problem = format!(
            "{name} has version {theirs} of the report's form (written by {version}), and this \
             program reads version {SCHEMA}"
        );
        return Err(Problem::new(problem).help("make all reports with one version of this program"));
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let told: Result<Told, _> = serde_path_to_error::deserialize(&mut reader);
    let told = told.map_err(|error| {
        let (place, what) = (error.path().to_string(), error.inner().to_string());
        // The place is told by name; lines of a report are nobody's.
        let what = what.split(" at line ").next().unwrap_or_default();
        Problem::new(format!("{name} is no whole report: at `{place}`: {what}")).help(make)
    })?;
    result(told)
        .map_err(|what| Problem::new(format!("{name} is no whole report: {what}")).help(make))
}

fn result(told: Told) -> Result<RunResult, String> {
    let withheld = |(host, told): (String, ToldWithheld)| {
        let ToldWithheld { undocumented, disagreements, findings: found } = told;
        Ok((host, Withheld { undocumented, disagreements, findings: findings(found)? }))
    };
    let others: Result<_, String> = told.hosts.others.into_iter().map(withheld).collect();
    Ok(RunResult {
        documents: told.documents,
        inputs: told.inputs,
        exchanges: told.exchanges,
        disagreements: told.counts.disagreements,
        findings: findings(told.findings)?,
        operations: told.operations,
        coverage: told.coverage,
        notes: told.notes,
        hosts: Hosts { api: told.hosts.api, others: others? },
        run: told.run,
    })
}

fn findings(told: Vec<ToldFinding>) -> Result<Vec<Finding>, String> {
    told.into_iter().map(finding).collect()
}

fn finding(told: ToldFinding) -> Result<Finding, String> {
    let known = check::all().find(|check| check.id == told.check);
    let Some(known) = known else { return Err(format!("there is no check `{}`", told.check)) };
    Ok(Finding {
        fingerprint: told.fingerprint,
        check: known.id,
        severity: told.severity,
        basis: told.basis,
        operation: told.operation,
        place: told.place.parse()?,
        kind: told.kind,
        promised: told.promised,
        seen: told.seen,
        source: told.source,
        count: told.count,
        exchanges: told.exchanges,
        samples: told.samples,
        curl: told.curl.map(Arc::from),
    })
}
