//! What was found, as a table for people.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::mutants::Mutant;
use crate::trial::{Outcome, Tried};
use dify_contract::mock::FAULTS;

/// The numbers of one fault.
#[derive(Default)]
struct Row {
    mutants: usize,
    idle: usize,
    named: BTreeMap<String, usize>,
    other: BTreeMap<String, usize>,
    missed: usize,
    elsewhere: usize,
}

/// Numbers of all mutants.
pub struct Totals {
    pub mutants: usize,
    pub found: usize,
    pub missed: usize,
    pub elsewhere: usize,
}

pub fn totals(tried: &[(Mutant, Tried)]) -> Totals {
    let count = |wanted: &dyn Fn(&Tried) -> bool| tried.iter().filter(|(_, t)| wanted(t)).count();
    let idle = count(&|t| t.outcome == Outcome::Idle);
    let missed = count(&|t| t.outcome == Outcome::Missed);
    Totals {
        mutants: tried.len() - idle,
        found: tried.len() - idle - missed,
        missed,
        elsewhere: count(&|t| !t.elsewhere.is_empty()),
    }
}

/// The report; `all` says whether every mutant was tried.
pub fn write(
    tried: &[(Mutant, Tried)],
    possible: usize,
    reasons: &dyn Fn(&Mutant) -> String,
) -> String {
    let totals = totals(tried);
    let mut rows: BTreeMap<&str, Row> = BTreeMap::new();
    for (mutant, tried) in tried {
        let row = rows.entry(mutant.fault.id).or_default();
        row.elsewhere += usize::from(!tried.elsewhere.is_empty());
        match &tried.outcome {
            Outcome::Idle => {
                row.idle += 1;
                continue;
            }
            Outcome::Named(check) => *row.named.entry(check.clone()).or_default() += 1,
            Outcome::Other(check) => *row.other.entry(check.clone()).or_default() += 1,
            Outcome::Missed => row.missed += 1,
        }
        row.mutants += 1;
    }
    let mut text = String::from("# What is found of what the mock can do wrong\n\n");
    let percent = totals.found as f64 * 100.0 / totals.mutants.max(1) as f64;
    let _ = writeln!(
        text,
        "Written by `cargo test --release --test detection -- --ignored`. A mutant is the mock with one fault at one \
         operation and\nplace; one whose fault never changed an answer is none. Each is tried with the cases that \
         can show it, until a check that the\nfault names has found it.\n"
    );
    let _ = writeln!(
        text,
        "**{} of {} mutants are found ({percent:.1} %)**, {} missed; {} with findings elsewhere. {} faults, {} of {possible} places tried.\n",
        totals.found,
        totals.mutants,
        totals.missed,
        totals.elsewhere,
        rows.len(),
        tried.len(),
    );
    text.push_str("| fault | mutants | found by the check it names | found by another check | missed | findings elsewhere | never acted |\n");
    text.push_str("|---|---|---|---|---|---|---|\n");
    let list = |counts: &BTreeMap<String, usize>| {
        let cells: Vec<String> = counts.iter().map(|(check, n)| format!("{check} {n}")).collect();
        cells.join(", ")
    };
    for fault in FAULTS {
        let Some(row) = rows.get(fault.id) else {
            let _ = writeln!(text, "| {} | 0 | | | | | |", fault.id);
            continue;
        };
        let zero = |n: usize| if n == 0 { String::new() } else { n.to_string() };
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} | {} |",
            fault.id,
            row.mutants,
            list(&row.named),
            list(&row.other),
            zero(row.missed),
            zero(row.elsewhere),
            zero(row.idle),
        );
    }
    let missed = || tried.iter().filter(|(_, tried)| tried.outcome == Outcome::Missed);
    text.push_str("\n## Why some are missed\n\n| mutants | faults | why |\n|---|---|---|\n");
    let mut whys: BTreeMap<String, (usize, BTreeSet<&str>)> = BTreeMap::new();
    for (mutant, _) in missed() {
        let (count, faults) = whys.entry(reasons(mutant)).or_default();
        *count += 1;
        faults.insert(mutant.fault.id);
    }
    let mut whys: Vec<_> = whys.into_iter().collect();
    whys.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
    for (why, (count, faults)) in whys {
        let faults: Vec<&str> = faults.into_iter().collect();
        let _ = writeln!(text, "| {count} | {} | {why} |", faults.join(", "));
    }
    text.push_str("\n## What is missed\n\n| fault | place | why |\n|---|---|---|\n");
    for (mutant, _) in missed() {
        let place = mutant.texts[0].split_once(':').map_or("", |(_, place)| place);
        let _ = writeln!(text, "| {} | `{place}` | {} |", mutant.fault.id, reasons(mutant));
    }
    text.push_str("\n## What never acted\n\n");
    let mut idle: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (mutant, _) in tried.iter().filter(|(_, tried)| tried.outcome == Outcome::Idle) {
        let place = mutant.texts[0].split_once(':').map_or("", |(_, place)| place);
        idle.entry(mutant.fault.id).or_default().push(place);
    }
    for (fault, places) in idle {
        let places: Vec<String> = places.iter().map(|place| format!("`{place}`")).collect();
        let _ = writeln!(text, "- {fault}: {}", places.join(", "));
    }
    let elsewhere: Vec<_> = tried.iter().filter(|(_, tried)| !tried.elsewhere.is_empty()).collect();
    if !elsewhere.is_empty() {
        text.push_str("\n## Findings elsewhere\n\n| mutant | findings |\n|---|---|\n");
        for (mutant, tried) in elsewhere {
            let _ = writeln!(text, "| `{}` | {} |", mutant.texts[0], tried.elsewhere.join("; "));
        }
    }
    text
}
