//! What the judges found, put into the form that reports tell.

use std::collections::BTreeMap;

use super::judge::{Judge, Learned};
use super::result::{
    Coverage, DocumentInfo, ExchangeCounts, Hosts, InputInfo, OperationResult, Ratio, RunResult,
    StatusResult, Unjudged, Withheld,
};
use crate::check::SHAPE_CHECKS;
use crate::contract::model::Statuses;
use crate::contract::schema::Declared;
use crate::contract::{Contract, Operation};
use crate::finding::{Finding, Findings, Source};
use crate::observe::{OperationShape, ValueShape};

/// The result of everything a judge judged, as far as it concerns the chosen operations.
pub fn result(
    contract: &Contract,
    mut judge: Judge<'_>,
    inputs: Vec<InputInfo>,
    chosen: &dyn Fn(&str) -> bool,
) -> RunResult {
    let hosts = hosts(contract, &mut judge, chosen);
    let mut coverage = Coverage::default();
    let mut operations = Vec::new();
    for (id, variants) in contract.by_id() {
        let learned = judge.operations.get(id);
        if !chosen(id) {
            continue;
        }
        if let Some(learned) = learned {
            let mut found = Vec::new();
            for check in SHAPE_CHECKS {
                (check.judge)(contract, &variants, &learned.shape, &mut found);
            }
            for (disagreement, count) in found {
                judge.findings.add_overall(disagreement, count);
            }
        }
        operations.push(operation(contract, id, &variants, learned, &mut coverage));
    }
    let disagreements = judge.findings.total();
    let findings = findings(contract, judge.findings, chosen);
    RunResult {
        documents: documents(contract),
        inputs,
        exchanges: ExchangeCounts {
            total: judge.total,
            judged: judge.judged,
            undocumented: judge.undocumented,
            outside: judge.outside,
            unanswered: judge.unanswered,
        },
        disagreements,
        findings,
        operations,
        coverage,
        notes: notes(contract),
        hosts,
        run: None,
    }
}

/// What the user should know about the documents.
pub fn notes(contract: &Contract) -> Vec<String> {
    contract.notes.iter().map(ToString::to_string).collect()
}

fn findings(
    contract: &Contract,
    findings: Findings,
    chosen: &dyn Fn(&str) -> bool,
) -> Vec<Finding> {
    let mut findings = findings.into_findings(|document, pointer| {
        Source::of_elsewhere(document, pointer).or_else(|| contract.source(document, pointer))
    });
    findings.retain(|finding| chosen(&finding.operation));
    findings
}

/// Tells the API's hosts from others, whose findings are kept apart.
fn hosts(contract: &Contract, judge: &mut Judge<'_>, chosen: &dyn Fn(&str) -> bool) -> Hosts {
    let mut others: BTreeMap<String, (u64, Findings)> = BTreeMap::new();
    let unknown = std::mem::take(&mut judge.unknown);
    let failed = std::mem::take(&mut judge.failed).into_iter();
    for (host, (count, found)) in unknown.into_iter().chain(failed.map(|(h, f)| (h, (0, f)))) {
        if judge.hosts.contains(&host) {
            judge.undocumented += count;
            judge.findings.merge(found);
        } else {
            if count > 0 {
                *judge.outside.entry(host.clone()).or_default() += count;
            }
            let other = others.entry(host).or_default();
            other.0 += count;
            other.1.merge(found);
        }
    }
    let withheld = |(host, (undocumented, found)): (String, (u64, Findings))| {
        let disagreements = found.total();
        let findings = findings(contract, found, chosen);
        (host, Withheld { undocumented, disagreements, findings })
    };
    Hosts {
        api: std::mem::take(&mut judge.hosts).into_iter().collect(),
        others: others.into_iter().map(withheld).collect(),
    }
}

/// The documents of a contract.
pub fn documents(contract: &Contract) -> Vec<DocumentInfo> {
    let info = contract.documents.iter().enumerate().map(|(number, document)| DocumentInfo {
        path: document.bundle.path().to_owned(),
        title: document.title.clone(),
        version: document.version.clone(),
        format: document.format.clone(),
        operations: contract.operations.iter().filter(|o| o.at.document == number).count(),
        digest: document.digest(),
    });
    info.collect()
}

fn operation(
    contract: &Contract,
    id: &str,
    variants: &[&Operation],
    learned: Option<&Learned>,
    coverage: &mut Coverage,
) -> OperationResult {
    let nothing = Learned::default();
    let exercised = learned.is_some();
    let learned = learned.unwrap_or(&nothing);
    let statuses = statuses(variants, &learned.shape);
    let mut unseen = Vec::new();
    count(&mut coverage.operations, exercised);
    for status in statuses.iter().filter(|status| status.documented) {
        count(&mut coverage.statuses, status.seen > 0);
        if exercised && status.seen == 0 {
            unseen.push(format!("response {}", status.status));
        }
    }
    if exercised {
        cover(contract, variants, &learned.shape, coverage, &mut unseen);
    }
    let mut tags: Vec<String> = variants.iter().flat_map(|v| v.tags.iter().cloned()).collect();
    tags.sort_unstable();
    tags.dedup();
    OperationResult {
        id: id.to_owned(),
        tags,
        exchanges: learned.shape.exchanges,
        checks: learned.counts(),
        statuses,
        unseen,
        unjudged: learned
            .unjudged
            .iter()
            .map(|(what, (exchanges, order, first))| Unjudged {
                what: what.clone(),
                exchanges: *exchanges,
                first: first.clone(),
                order: *order,
            })
            .collect(),
        shape: learned.shape.clone(),
    }
}

/// The documented statuses and those that were seen, in order.
fn statuses(variants: &[&Operation], shape: &OperationShape) -> Vec<StatusResult> {
    let mut all: BTreeMap<Statuses, (bool, u64)> = BTreeMap::new();
    for response in variants.iter().flat_map(|variant| &variant.responses) {
        all.entry(response.statuses).or_default().0 = true;
    }
    for (&status, seen) in &shape.statuses {
        let documented = variants.iter().find_map(|v| v.response(status)).map(|r| r.statuses);
        all.entry(documented.unwrap_or(Statuses::Code(status))).or_default().1 += seen.count;
    }
    all.into_iter()
        .map(|(status, (documented, seen))| StatusResult {
            status: status.to_string(),
            documented,
            seen,
        })
        .collect()
}

/// Adds the properties and events that are documented for answers that were seen.
fn cover(
    contract: &Contract,
    variants: &[&Operation],
    shape: &OperationShape,
    coverage: &mut Coverage,
    unseen: &mut Vec<String>,
) {
    // Several documents may describe the same: each property and event counts once.
    let mut properties: BTreeMap<String, bool> = BTreeMap::new();
    let mut events: BTreeMap<String, bool> = BTreeMap::new();
    for (&status, seen) in shape.statuses.iter().filter(|(status, _)| **status < 400) {
        let responses = variants.iter().filter_map(|variant| variant.response(status));
        for media_type in responses.flat_map(|response| &response.content) {
            let Some(body) = seen.bodies.get(&media_type.name) else {
                unseen.push(format!("response {status} {}", media_type.name));
                continue;
            };
            let mut add = |prefix: String, schema, value: &ValueShape| {
                let declared = &contract.schemas.get(schema).declared;
                walk(declared, 0, Some(value), &prefix, &mut Vec::new(), &mut properties);
            };
            if let Some(rules) = &media_type.stream {
                for (name, &schema) in &rules.events {
                    let event = body.events.get(name);
                    *events.entry(name.clone()).or_default() |= event.is_some();
                    if let Some(event) = event {
                        add(format!("{status} event {name}"), schema, event);
                    }
                }
            } else if let Some(schema) = media_type.schema {
                add(format!("{status} {}", media_type.name), schema, &body.value);
            }
        }
    }
    for &seen in properties.values() {
        count(&mut coverage.properties, seen);
    }
    for (name, seen) in events {
        count(&mut coverage.events, seen);
        if !seen {
            unseen.push(format!("event {name}"));
        }
    }
    unseen.sort_unstable();
    unseen.dedup();
}

/// Notes every declared property, and whether it was seen.
fn walk(
    declared: &Declared,
    number: usize,
    seen: Option<&ValueShape>,
    place: &str,
    open: &mut Vec<usize>,
    properties: &mut BTreeMap<String, bool>,
) {
    // A schema that contains itself is followed only as deep as values were seen.
    if seen.is_none() && open.contains(&number) || open.len() > 64 {
        return;
    }
    open.push(number);
    let node = declared.node(number);
    for (name, &child) in &node.properties {
        let member = seen.and_then(|seen| seen.members.get(name));
        let place = format!("{place}/{name}");
        *properties.entry(place.clone()).or_default() |= member.is_some();
        walk(declared, child, member, &place, open, properties);
    }
    if let Some(items) = node.items {
        let seen = seen.and_then(|seen| seen.items.as_deref());
        walk(declared, items, seen, &format!("{place}[]"), open, properties);
    }
    open.pop();
}

fn count(ratio: &mut Ratio, seen: bool) {
    ratio.documented += 1;
    ratio.seen += usize::from(seen);
}
