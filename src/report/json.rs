//! The whole result as JSON, for programs. `reports/schema/run.schema.json` describes it.

mod read;

use std::io::{self, Write};

use serde::Serialize;

use super::{Format, ReportOptions, Verdict};
use crate::finding::{Finding, Severity};
use crate::run::{
    Coverage, DocumentInfo, ExchangeCounts, Hosts, InputInfo, OperationResult, RunInfo, RunResult,
};

pub use read::read;

/// The format.
pub const FORMAT: Format = Format {
    name: "json",
    extension: "json",
    description: "everything, for programs; described by reports/schema/run.schema.json",
    write,
};

/// Grows with every change that a reader of the report could notice.
const SCHEMA: u32 = 2;

#[derive(Serialize)]
struct Report<'r> {
    schema: u32,
    tool: Tool,
    verdict: Verdict,
    fail_on: Severity,
    counts: Counts,
    documents: &'r [DocumentInfo],
    inputs: &'r [InputInfo],
    exchanges: &'r ExchangeCounts,
    coverage: &'r Coverage,
    findings: &'r [Finding],
    operations: &'r [OperationResult],
    notes: &'r [String],
    hosts: &'r Hosts,
    run: Option<&'r RunInfo>,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Counts {
    disagreements: u64,
    findings: usize,
    error: usize,
    warning: usize,
    note: usize,
}

/// Writes the result as JSON.
pub fn write(result: &RunResult, options: &ReportOptions, out: &mut dyn Write) -> io::Result<()> {
    // Taken apart, so that a part that is added to the result cannot be forgotten here.
    let RunResult {
        documents,
        inputs,
        exchanges,
        disagreements,
        findings,
        operations,
        coverage,
        notes,
        hosts,
        run,
    } = result;
    let report = Report {
        schema: SCHEMA,
        tool: Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
        verdict: Verdict::of(result, options.fail_on),
        fail_on: options.fail_on,
        counts: Counts {
            disagreements: *disagreements,
            findings: findings.len(),
            error: result.count(Severity::Error),
            warning: result.count(Severity::Warning),
            note: result.count(Severity::Note),
        },
        documents,
        inputs,
        exchanges,
        coverage,
        findings,
        operations,
        notes,
        hosts,
        run: run.as_ref(),
    };
    serde_json::to_writer_pretty(&mut *out, &report)?;
    writeln!(out)
}
