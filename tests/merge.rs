//! Reports of parts add up to the report of the whole, in any order and grouping.

#![expect(clippy::unwrap_used, clippy::panic, reason = "in a test, a failure is a panic")]

#[path = "support/bench.rs"]
mod bench;

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use dify_contract::contract::{Contract, Sources};
use dify_contract::plan::PlanOptions;
use dify_contract::report::{FORMATS, ReportOptions, read_json};
use dify_contract::run::{CheckOptions, Part, RunResult, check_recordings, merge};
use proptest::prelude::*;
use serde_json::{Value, json};

const BOOKSHOP: &str = "tests/fixtures/bookshop/openapi.yaml";

static CONTRACT: LazyLock<Contract> = LazyLock::new(|| {
    let sources = Sources { specs: vec![BOOKSHOP.to_owned()], ..Sources::default() };
    Contract::load(sources).unwrap_or_else(|problems| panic!("{problems:#?}"))
});

/// The report in the form `json`.
fn text(result: &RunResult) -> String {
    let format = FORMATS.iter().find(|format| format.name == "json").unwrap();
    let mut bytes = Vec::new();
    (format.write)(result, &ReportOptions::default(), &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

/// The reports merged, as `report merge` does it.
fn merged(contract: &Contract, reports: &[&str]) -> String {
    let part = |(number, report): (usize, &&str)| {
        let name = format!("{number}.json");
        let result = read_json(&name, report.as_bytes()).unwrap();
        Part { name, result }
    };
    text(&merge(contract, reports.iter().enumerate().map(part).collect()).unwrap())
}

/// The exchanges of the bookshop's recording, and as many with an answer that lacks something, goes
/// elsewhere, or does not come.
fn entries() -> Vec<Value> {
    let traffic = std::fs::read_to_string("tests/fixtures/bookshop/traffic.har").unwrap();
    let mut log: Value = serde_json::from_str(&traffic).unwrap();
    let entries = log["log"]["entries"].as_array_mut().unwrap();
    let mut all = entries.clone();
    for (number, entry) in entries.iter_mut().enumerate() {
        let url = entry["request"]["url"].as_str().unwrap().to_owned();
        match number % 4 {
            0 => entry["response"]["content"]["text"] = json!("{}"),
            1 => entry["request"]["url"] = json!(format!("{url}/nowhere")),
            2 => entry["request"]["url"] = json!(url.replacen("://", "://other.", 1)),
            _ => {
                entry["request"]["url"] = json!(url.replacen("://", "://other.", 1));
                entry["request"]["method"] = json!("PATCH");
            }
        }
        all.push(entry.clone());
    }
    all
}

/// A folder for the files of one test.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("merge").join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn write(path: &Path, entries: &[Value]) -> String {
    let creator = json!({ "name": "test", "version": "1" });
    let log = json!({ "version": "1.2", "creator": creator, "entries": entries });
    std::fs::write(path, json!({ "log": log }).to_string()).unwrap();
    path.to_string_lossy().into_owned()
}

fn check(contract: &Contract, inputs: &[String], operation: Option<&str>) -> String {
    let operation = operation.map(str::to_owned);
    let options = CheckOptions { jobs: 2, operation, ..CheckOptions::default() };
    text(&check_recordings(contract, inputs, &options).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn recordings_judged_in_parts_are_as_if_judged_at_once(
        chosen in prop::collection::vec((0..16_usize, 0..4_usize), 0..24),
        operation in prop::sample::select(vec![None, Some("/books")]),
    ) {
        let (contract, folder, all) = (&*CONTRACT, folder("recordings"), entries());
        let inputs: Vec<String> = (0..4).map(|part| {
            let own = chosen.iter().filter(|(_, of)| *of == part);
            let own: Vec<Value> = own.map(|(entry, _)| all[*entry].clone()).collect();
            write(&folder.join(format!("{part}.har")), &own)
        }).collect();
        let whole = check(contract, &inputs, operation);
        let parts: Vec<String> = inputs.iter()
            .map(|input| check(contract, std::slice::from_ref(input), operation)).collect();
        let [a, b, c, d] = [0, 1, 2, 3].map(|n: usize| parts[n].as_str());
        let all = merged(contract, &[a, b, c, d]);
        prop_assert_eq!(&all, &whole);
        prop_assert_eq!(&merged(contract, &[c, a, d, b]), &whole);
        let (ab, dc) = (merged(contract, &[b, a]), merged(contract, &[d, c]));
        prop_assert_eq!(&merged(contract, &[&dc, &ab]), &whole);
        let abc = merged(contract, &[c, &ab]);
        prop_assert_eq!(&merged(contract, &[&abc, d]), &whole);
        prop_assert_eq!(&merged(contract, &[&whole]), &whole);
    }
}

/// What parts and whole have in common, whatever is made for whom and in which order: what was tried and
/// what came of it, what was found and in which case first, and what was seen of what is documented.
fn common(report: &str) -> Vec<String> {
    let report: Value = serde_json::from_str(report).unwrap();
    let items = |of: &Value| of.as_array().unwrap().clone();
    let mut told = Vec::new();
    for f in items(&report["findings"]) {
        let first = &f["samples"][0]["exchange"];
        told.push(json!([f["fingerprint"], f["check"], f["place"], f["severity"], first]));
    }
    for operation in items(&report["operations"]) {
        let id = &operation["id"];
        let checks = operation["checks"].as_object().unwrap().keys();
        told.extend(checks.map(|check| json!([id, check])));
        for status in items(&operation["statuses"]) {
            told.push(json!([id, status["status"], status["seen"].as_u64() > Some(0)]));
        }
        told.push(json!([id, "unseen", operation["unseen"]]));
    }
    told.extend([report["coverage"].clone(), report["verdict"].clone()]);
    let run = &report["run"];
    told.extend(["cases", "passed", "failed", "skipped", "shards"].map(|name| run[name].clone()));
    told.iter().map(Value::to_string).collect()
}

/// What only one of two lists has.
fn differing<'l>(one: &'l [String], other: &'l [String]) -> Vec<&'l String> {
    let alone = |a: &'l [String], b: &'l [String]| a.iter().filter(move |line| !b.contains(line));
    alone(one, other).chain(alone(other, one)).collect()
}

#[test]
fn the_parts_of_a_run_add_up_to_the_run() {
    let bench = bench::Bench::new();
    // One shows in each answer, one over all answers together, one in what is refused, and one in what
    // nobody documented. None is about a list: what is on it while a case reads it depends on the others.
    let faults = [
        "null-property:POST /datasets/tags#/name",
        "drop-property:POST /datasets/tags#/binding_count",
        "other-code:POST /datasets/tags/binding",
        "any-method:DELETE /datasets/tags",
    ];
    let run = |shard: Option<&str>| {
        let shard = shard.map(|text| text.parse().unwrap());
        let operation = Some(" /datasets/tags".to_owned());
        let plan = PlanOptions { operation, shard, ..bench::everything(1) };
        text(&bench.run(1, &faults, plan).result)
    };
    let whole = run(None);
    let parts = ["1/3", "2/3", "3/3"].map(|shard| run(Some(shard)));
    let [a, b, c] = parts.each_ref().map(String::as_str);
    let all = merged(bench.contract, &[b, c, a]);
    let (all_told, whole_told) = (common(&all), common(&whole));
    let differing = differing(&all_told, &whole_told);
    assert!(differing.is_empty(), "{differing:#?}");
    let checks =
        ["undeclared-null", "missing-required", "undocumented-error-code", "undocumented-method"];
    for check in checks {
        assert!(whole_told.iter().any(|line| line.contains(check)), "{check}");
    }
    assert_eq!(merged(bench.contract, &[&merged(bench.contract, &[a, c]), b]), all);
}

#[test]
fn what_does_not_belong_together_is_told() {
    let bench = bench::Bench::new();
    let run = |shard: Option<&str>, change: &dyn Fn(&mut Value)| {
        let shard = shard.map(|text| text.parse().unwrap());
        let operation = Some("GET /info".to_owned());
        let plan = PlanOptions { operation, shard, ..bench::everything(1) };
        let report = text(&bench.run(1, &[], plan).result);
        let mut report = serde_json::from_str(&report).unwrap();
        change(&mut report);
        report.to_string()
    };
    let one = run(Some("1/2"), &|_| {});
    let recording = check(bench.contract, &[], None);
    for (other, told) in [
        (run(None, &|_| {}), "it is one of 2 parts in 0.json and the whole run in 1.json"),
        (one.clone(), "part 1/2 is in 0.json and in 1.json"),
        (
            run(Some("2/2"), &|r| r["run"]["seed"] = json!(7)),
            "the seed is 1 in 0.json and 7 in 1.json",
        ),
        (
            run(Some("2/2"), &|r| r["run"]["target"] = json!("staging")),
            "the target is mock in 0.json and staging in 1.json",
        ),
        (
            run(Some("2/2"), &|r| r["run"]["base_url"] = json!("http://10.0.0.1/v1")),
            "the address is ",
        ),
        (
            run(Some("2/2"), &|r| r["documents"][0]["digest"] = json!("0123456789abcdef")),
            "1.json was judged by other documents",
        ),
        (recording, "0.json is of a run, and 1.json of recorded traffic"),
    ] {
        let parts = [one.as_str(), &other].into_iter().enumerate().map(|(number, report)| {
            let name = format!("{number}.json");
            Part { result: read_json(&name, report.as_bytes()).unwrap(), name }
        });
        let Err(problem) = merge(bench.contract, parts.collect()) else { panic!("{told}") };
        assert!(problem.message.contains(told), "{problem}");
        assert!(problem.help.is_some(), "{problem}");
    }
}

#[test]
fn what_is_no_report_is_told() {
    let report = check(&CONTRACT, &[], None);
    let changed = |change: &dyn Fn(&mut Value)| {
        let mut report = serde_json::from_str(&report).unwrap();
        change(&mut report);
        report.to_string()
    };
    for (text, told) in [
        ("# a page".to_owned(), "a.json is no JSON (line 1, column 1)"),
        ("{}".to_owned(), "a.json is no report, though it is JSON"),
        (changed(&|r| r["tool"]["name"] = json!("another")), "a.json is a report of another"),
        (changed(&|r| r["schema"] = json!(1)), "a.json has version 1 of the report's form"),
        (
            changed(&|r| r["operations"][0]["checks"]["no-such-check"] = json!(1)),
            "a.json is no whole report: at `operations[0].checks`: there is no check `no-such-check`",
        ),
        (
            changed(&|r| r["operations"][0]["exchanges"] = json!(-1)),
            "a.json is no whole report: at `operations[0].exchanges`: invalid value",
        ),
    ] {
        let problem = read_json("a.json", text.as_bytes()).unwrap_err();
        assert!(problem.message.starts_with(told), "{problem}");
        assert!(problem.help.is_some(), "{problem}");
    }
}
