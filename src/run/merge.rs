//! Results of parts made one: shards of a run, or parts of recorded traffic.
//!
//! What was found and observed adds up in any order and grouping, and what is judged over all exchanges
//! together is judged anew.

use std::collections::{BTreeMap, BTreeSet};

use super::judge::{Judge, Learned};
use super::result::{InputInfo, OperationResult, RunInfo, RunResult, Skipped};
use super::summary;
use crate::check::SHAPE_CHECKS;
use crate::contract::Contract;
use crate::error::Problem;
use crate::exchange::query;
use crate::finding::{Finding, Order};
use crate::plan::Shard;

/// A result, and where it comes from.
pub struct Part {
    /// Its name in errors: the path of the report.
    pub name: String,
    /// The result.
    pub result: RunResult,
}

/// One result of several.
///
/// # Errors
/// Where they do not belong together: they were judged by other documents than `contract`, or are of
/// different runs.
pub fn merge(contract: &Contract, parts: Vec<Part>) -> Result<RunResult, Problem> {
    for part in &parts {
        same_documents(contract, part)?;
    }
    if let Some((first, rest)) = parts.split_first() {
        rest.iter().try_for_each(|part| same_run(first, part))?;
    }
    let run = run_info(&parts)?;
    let paths: BTreeSet<String> =
        parts.iter().flat_map(|part| part.result.inputs.iter().map(|i| i.path.clone())).collect();
    let paths: Vec<String> = paths.into_iter().collect();
    let own_notes = summary::notes(contract);
    let (mut inputs, mut notes, mut listed) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
    let mut judge = Judge::new(contract);
    for Part { mut result, .. } in parts {
        renumber(&mut result, &paths);
        inputs.append(&mut result.inputs);
        notes.extend(result.notes.drain(..).filter(|note| !own_notes.contains(note)));
        listed.extend(result.operations.iter().map(|operation| operation.id.clone()));
        judge.merge(resumed(contract, result));
    }
    let key = |i: &InputInfo| (i.path.clone(), i.exchanges, i.problem_count, i.problems.clone());
    inputs.sort_by_cached_key(key);
    let documented: BTreeSet<&str> = contract.by_id().into_iter().map(|(id, _)| id).collect();
    // Of the documented operations only those that somebody chose; of others whatever was found.
    let chosen = |id: &str| listed.contains(id) || !documented.contains(id);
    let mut result = summary::result(contract, judge, inputs, &chosen);
    result.notes.extend(notes);
    result.run = run;
    Ok(result)
}

fn same_documents(contract: &Contract, part: &Part) -> Result<(), Problem> {
    let ours = summary::documents(contract);
    let ours: Vec<_> = ours.iter().map(|document| document.digest).collect();
    let theirs: Vec<_> = part.result.documents.iter().map(|document| document.digest).collect();
    if ours == theirs {
        return Ok(());
    }
    let problem = format!("{} was judged by other documents", part.name);
    Err(Problem::new(problem).help(
        "give the `--spec` and `--overlay` that the runs were given, at the same version of them; \
         reports of different documents do not add up",
    ))
}

/// Only parts of one run add up.
fn same_run(first: &Part, other: &Part) -> Result<(), Problem> {
    let (one, two) = match (&first.result.run, &other.result.run) {
        (None, None) => return Ok(()),
        (Some(one), Some(two)) => (one, two),
        (Some(_), None) => return Err(mixed(first, other)),
        (None, Some(_)) => return Err(mixed(other, first)),
    };
    let version = |run: &RunInfo| run.version.clone().unwrap_or_else(|| "no version".to_owned());
    let divided = |run: &RunInfo| {
        let of = run.shards.first().map(|shard| shard.of());
        of.map_or_else(|| "the whole run".to_owned(), |of| format!("one of {of} parts"))
    };
    for (what, one, two) in [
        ("the target is", one.target.clone(), two.target.clone()),
        ("the address is", comparable(&one.base_url), comparable(&two.base_url)),
        ("the server's version is", version(one), version(two)),
        ("the seed is", one.seed.to_string(), two.seed.to_string()),
        ("`--allow` is", one.allow.clone(), two.allow.clone()),
        ("the command is", one.command.clone(), two.command.clone()),
        ("the choice of cases is", one.choice.clone(), two.choice.clone()),
        ("it is", divided(one), divided(two)),
    ] {
        if one != two {
            let (a, b) = (&first.name, &other.name);
            let problem =
                format!("{a} and {b} are not of one run: {what} {one} in {a} and {two} in {b}");
            return Err(Problem::new(problem).help(
                "merge the parts of one run, made with the same arguments and `--shard I/N`",
            ));
        }
    }
    Ok(())
}

fn mixed(run: &Part, recording: &Part) -> Problem {
    let (run, recording) = (&run.name, &recording.name);
    Problem::new(format!("{run} is of a run, and {recording} of recorded traffic"))
        .help("merge reports of `run` with each other, and reports of `check` with each other")
}

/// An address without what differs by chance: a server that is started for a run takes any free port of
/// this machine.
fn comparable(url: &str) -> String {
    let split = query::split(url);
    let Some(authority) = split.authority else { return url.to_owned() };
    let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
    if ["127.0.0.1", "localhost", "[::1]"].contains(&host) {
        return url.replacen(authority, host, 1);
    }
    url.to_owned()
}

/// What was tried by all parts.
fn run_info(parts: &[Part]) -> Result<Option<RunInfo>, Problem> {
    let mut whole: Option<RunInfo> = None;
    let mut skipped: BTreeMap<String, (usize, BTreeSet<String>)> = BTreeMap::new();
    let mut from: BTreeMap<Shard, &str> = BTreeMap::new();
    for Part { name, result } in parts {
        let Some(run) = &result.run else { continue };
        for shard in &run.shards {
            if let Some(other) = from.insert(*shard, name) {
                let problem = format!("part {shard} is in {other} and in {name}");
                return Err(Problem::new(problem).help("give the report of each part once"));
            }
        }
        for Skipped { reason, cases, operations } in &run.skipped {
            let sum = skipped.entry(reason.clone()).or_default();
            sum.0 += cases;
            sum.1.extend(operations.iter().cloned());
        }
        match &mut whole {
            None => whole = Some(run.clone()),
            Some(whole) => {
                // Of addresses that differ by chance, any will do, if only it is always the same one.
                whole.base_url = whole.base_url.clone().min(run.base_url.clone());
                whole.cases += run.cases;
                whole.passed += run.passed;
                whole.failed += run.failed;
                whole.model_calls = whole.model_calls.saturating_add(run.model_calls);
                whole.leftovers.extend(run.leftovers.iter().cloned());
            }
        }
    }
    let Some(mut whole) = whole else { return Ok(None) };
    whole.leftovers.sort();
    whole.skipped = skipped
        .into_iter()
        .map(|(reason, (cases, operations))| Skipped {
            reason,
            cases,
            operations: operations.into_iter().collect(),
        })
        .collect();
    let shards: Vec<Shard> = from.into_keys().collect();
    let all = shards.first().is_some_and(|first| first.all().eq(shards.iter().copied()));
    whole.shards = if all { Vec::new() } else { shards };
    Ok(Some(whole))
}

/// The parts of a run that are missing.
#[must_use]
pub fn missing(run: &RunInfo) -> Vec<Shard> {
    let all = run.shards.first().into_iter().flat_map(|first| first.all());
    all.filter(|shard| !run.shards.contains(shard)).collect()
}

/// Recordings are numbered by their paths, so that the first occurrence of a finding is the same however
/// they were shared out.
fn renumber(result: &mut RunResult, paths: &[String]) {
    if result.inputs.is_empty() {
        return;
    }
    let own: BTreeSet<&str> = result.inputs.iter().map(|input| input.path.as_str()).collect();
    let places = own.iter().map(|path| paths.iter().position(|known| known == path));
    let places: Vec<usize> = places.map(Option::unwrap_or_default).collect();
    let place = |order: &mut Order| {
        if let Some(place) = places.get(order.0) {
            order.0 = *place;
        }
    };
    let withheld = result.hosts.others.values_mut().flat_map(|other| &mut other.findings);
    for finding in result.findings.iter_mut().chain(withheld) {
        finding.samples.iter_mut().for_each(|sample| place(&mut sample.order));
    }
    for operation in &mut result.operations {
        operation.unjudged.iter_mut().for_each(|unjudged| place(&mut unjudged.order));
    }
}

/// A judge that knows what a result tells.
fn resumed(contract: &Contract, result: RunResult) -> Judge<'_> {
    let mut judge = Judge::new(contract);
    let overall =
        |finding: &Finding| SHAPE_CHECKS.iter().any(|check| check.meta.id == finding.check);
    let (overall, findings): (Vec<_>, Vec<_>) = result.findings.into_iter().partition(overall);
    let total = result.disagreements.saturating_sub(overall.len() as u64);
    judge.findings.resume(findings, total);
    judge.undocumented = result.exchanges.undocumented;
    judge.outside = result.exchanges.outside;
    judge.total = result.exchanges.total;
    judge.judged = result.exchanges.judged;
    judge.unanswered = result.exchanges.unanswered;
    judge.hosts = result.hosts.api.into_iter().collect();
    for (host, other) in result.hosts.others {
        if let Some(outside) = judge.outside.get_mut(&host) {
            *outside = outside.saturating_sub(other.undocumented);
            if *outside == 0 {
                judge.outside.remove(&host);
            }
        }
        let unknown = judge.unknown.entry(host).or_default();
        unknown.0 = other.undocumented;
        unknown.1.resume(other.findings, other.disagreements);
    }
    let operations = result.operations.into_iter().filter(|operation| operation.exchanges > 0);
    judge.operations = operations.map(learned).collect();
    judge
}

fn learned(operation: OperationResult) -> (String, Learned) {
    let OperationResult { id, exchanges, checks, unjudged, mut shape, .. } = operation;
    shape.exchanges = exchanges;
    let unjudged = unjudged.into_iter().map(|u| (u.what, (u.exchanges, u.order, u.first)));
    (id, Learned::new(shape, checks, unjudged.collect()))
}
