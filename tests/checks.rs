//! Every check on every fixture: what a fixture says must be found, and nothing else.
//!
//! A fixture is a file in `tests/fixtures/checks/`, named after the check that it provokes
//! (`wrong-type.yaml`, `wrong-type--in-an-event.yaml`), or `sound…` if nothing is wrong in it. Its
//! form is described in `tests/support/fixture.rs`.

#![expect(clippy::expect_used, clippy::panic, reason = "a test may fail, and says why")]

mod support;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::process::ExitCode;
use std::sync::LazyLock;

use dify_contract::check;
use dify_contract::contract::Contract;
use dify_contract::finding::Finding;
use dify_contract::run::RunResult;
use libtest_mimic::{Arguments, Failed, Trial};

use support::fixture::{self, Expected, Fixture, check_of};
use support::{BOOKSHOP, recording};

/// A trial that is about all fixtures, or about the list of checks.
type Rule = fn() -> Result<(), Failed>;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut trials: Vec<Trial> = fixture::all()
        .into_iter()
        .map(|(name, fixture)| {
            let title = format!("fixture::{name}");
            Trial::test(title, move || judged_right(&name, &fixture?))
        })
        .collect();
    let rules: [(&str, Rule); 6] = [
        ("every_check_has_a_fixture", every_check_has_a_fixture),
        ("every_fixture_is_named_after_a_check", every_fixture_is_named_after_a_check),
        ("every_id_is_a_unique_file_name", every_id_is_a_unique_file_name),
        ("every_check_is_documented", every_check_is_documented),
        ("the_words_of_findings", the_words_of_findings),
        ("the_number_of_threads_changes_nothing", the_number_of_threads_changes_nothing),
    ];
    trials.extend(rules.map(|(name, rule)| Trial::test(name, rule)));
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn run(name: &str, fixture: &Fixture) -> RunResult {
    static PLAIN: LazyLock<Contract> = LazyLock::new(|| support::contract(&[BOOKSHOP]));
    let several: Contract;
    let contract = if fixture.beside.is_empty() {
        &*PLAIN
    } else {
        let specs = std::iter::once(BOOKSHOP).chain(fixture.beside.iter().map(String::as_str));
        several = support::contract(&specs.collect::<Vec<_>>());
        &several
    };
    let path = recording::write(contract, name, &[fixture]);
    support::judge(contract, &[path], 1)
}

fn judged_right(name: &str, fixture: &Fixture) -> Result<(), Failed> {
    let result = run(name, fixture);
    let mut faults = String::new();
    let mut left: Vec<&Finding> = result.findings.iter().collect();
    for expected in &fixture.expect {
        match left.iter().position(|finding| is(expected, finding)) {
            Some(at) => drop(left.remove(at)),
            None => drop(writeln!(faults, "not found: {expected:?}")),
        }
    }
    for finding in left {
        let _ = write!(faults, "not expected: {}", words(finding));
    }
    let operations = result.operations.iter().flat_map(|operation| &operation.unjudged);
    let unjudged: u64 = operations.clone().map(|unjudged| unjudged.exchanges).sum();
    if unjudged != fixture.unjudged {
        let _ = writeln!(faults, "not judged: {:?}", operations.collect::<Vec<_>>());
    }
    let provokes = fixture.expect.iter().any(|expected| expected.check == check_of(name));
    if provokes == name.starts_with("sound") {
        faults.push_str("the name says something else than what is expected\n");
    }
    if serde_json::to_string(&result)?.contains(recording::KEY) {
        faults.push_str("the result shows the key\n");
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.into()) }
}

fn is(expected: &Expected, finding: &Finding) -> bool {
    expected.check == finding.check
        && expected.place == finding.place.to_string()
        && expected.operation.as_ref().is_none_or(|operation| *operation == finding.operation)
        && expected.kind.as_ref().is_none_or(|kind| *kind == finding.kind)
        && expected.count.is_none_or(|count| count == finding.count)
}

/// A finding as people read it.
fn words(finding: &Finding) -> String {
    let Finding { check, severity, basis, operation, place, kind, promised, seen, .. } = finding;
    let mut words = format!("{check} ({severity}, {basis})\n  at        {operation} | {place}\n");
    if !kind.is_empty() {
        let _ = writeln!(words, "  kind      {kind}");
    }
    let _ = writeln!(words, "  promised  {promised}\n  seen      {seen}");
    if let Some(source) = &finding.source {
        let file = source.file.rsplit('/').next().unwrap_or_default();
        let _ = writeln!(words, "  source    {file}:{} {}", source.line, source.pointer);
    }
    words
}

fn every_check_has_a_fixture() -> Result<(), Failed> {
    let names: Vec<String> = fixture::all().into_iter().map(|(name, _)| name).collect();
    let missing: Vec<&str> = check::all()
        .map(|meta| meta.id)
        .filter(|id| !names.iter().any(|name| name == id))
        .collect();
    if missing.is_empty() { Ok(()) } else { Err(format!("no fixture for {missing:?}").into()) }
}

fn every_fixture_is_named_after_a_check() -> Result<(), Failed> {
    let known: BTreeSet<&str> = check::all().map(|meta| meta.id).collect();
    for (name, _) in fixture::all() {
        if !known.contains(check_of(&name)) && name != "sound" && !name.starts_with("sound-") {
            return Err(format!("{name} is no check, and does not begin with `sound`").into());
        }
    }
    Ok(())
}

fn every_id_is_a_unique_file_name() -> Result<(), Failed> {
    let mut known = BTreeSet::new();
    for meta in check::all() {
        let id = meta.id;
        let kebab = id.split('-').all(|word| {
            !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        });
        if !kebab {
            return Err(format!("`{id}` is not in kebab case").into());
        }
        if !known.insert(id) {
            return Err(format!("there are two checks `{id}`").into());
        }
        let file = format!("src/check/{}.rs", id.replace('-', "_"));
        let text = std::fs::read_to_string(&file).map_err(|error| format!("{file}: {error}"))?;
        if !text.starts_with(&format!("//! `{id}`: ")) || !text.contains(&format!("id: \"{id}\"")) {
            return Err(format!("{file} is about something else than `{id}`").into());
        }
    }
    Ok(())
}

fn every_check_is_documented() -> Result<(), Failed> {
    for meta in check::all() {
        let texts = [meta.title, meta.what, meta.why, meta.example, meta.remedy];
        if texts.iter().any(|text| text.is_empty() || text.contains("  ")) {
            return Err(format!("`{}` lacks a text, or one has a gap in it", meta.id).into());
        }
        for sentence in [meta.what, meta.why, meta.remedy] {
            if !sentence.ends_with('.') || sentence.starts_with(char::is_lowercase) {
                return Err(format!("`{}`: not a sentence: {sentence}", meta.id).into());
            }
        }
        if meta.title.ends_with('.') || meta.title.starts_with(char::is_uppercase) {
            return Err(format!("`{}`: a title is a fragment: {}", meta.id, meta.title).into());
        }
    }
    Ok(())
}

/// The wording of a finding is a part of the product: here all of it can be read.
fn the_words_of_findings() -> Result<(), Failed> {
    let mut text = String::new();
    for (name, fixture) in fixture::all() {
        let fixture = fixture?;
        if name.starts_with("sound") {
            continue;
        }
        let _ = writeln!(text, "## {name}\n{}\n", fixture.about.trim());
        for finding in &run(&name, &fixture).findings {
            let _ = writeln!(text, "{}", words(finding));
        }
    }
    insta::assert_snapshot!("findings", text);
    Ok(())
}

/// One result, whatever the number of threads, to the byte.
fn the_number_of_threads_changes_nothing() -> Result<(), Failed> {
    let contract = support::contract(&[BOOKSHOP]);
    let fixtures: Vec<_> = fixture::all().into_iter().filter_map(|(_, f)| f.ok()).collect();
    let plain = fixtures.iter().filter(|f| f.beside.is_empty() && f.recorder.is_none());
    let plain: Vec<&Fixture> = plain.collect();
    // More than the batches in which exchanges travel to the threads.
    let many: Vec<&Fixture> = plain.iter().cycle().take(plain.len() * 12).copied().collect();
    let recordings = [
        recording::write(&contract, "threads-one", &plain),
        recording::write(&contract, "threads-many", &many),
    ];
    let told = |jobs| serde_json::to_string_pretty(&support::judge(&contract, &recordings, jobs));
    let alone = told(1)?;
    for jobs in [1, 2, 5] {
        let told = told(jobs)?;
        if told != alone {
            let differ = alone.lines().zip(told.lines()).find(|(one, other)| one != other);
            return Err(format!("{jobs} threads found something else than one: {differ:?}").into());
        }
    }
    Ok(())
}
