//! Requests that are made from a contract: valid ones keep it, those with a fault break it.
//!
//! What needs published documents finds them through `DIFY_CONTRACT_CORPUS`, and says so where it
//! skips.

#![expect(clippy::panic, reason = "a test may fail, and says why")]

use std::fmt::Write as _;
use std::path::Path;

use dify_contract::check::evidence::RequestEvidence;
use dify_contract::contract::{Contract, Hit, Overlay, Sources};
use dify_contract::exchange::Request;
use dify_contract::generate::{Draft, Generator, Options, Spot, draw, runner};

const OWN: &str = "specs/dify/openapi.yaml";
const BASE: &str = "http://localhost:1/v1";

fn load(spec: &str, overlay: bool) -> Contract {
    let overlay = overlay
        .then(|| Overlay::read("specs/dify.overlay.yaml").unwrap_or_else(|p| panic!("{p:?}")));
    let sources = Sources {
        specs: vec![spec.to_owned()],
        optional_overlays: overlay.into_iter().collect(),
        base_url: Some(BASE.to_owned()),
        ..Sources::default()
    };
    Contract::load(sources).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

/// What is wrong with a request, as far as the contract tells; nothing if it keeps it.
fn wrong(contract: &Contract, operation: usize, request: &Request) -> Vec<String> {
    let Hit::Operation(variants) = contract.find(&request.method, &request.url) else {
        return vec![format!("{} {} is no operation", request.method, request.url)];
    };
    let Some((_, path)) = variants.iter().find(|(number, _)| *number == operation) else {
        return vec![format!("{} {} is another operation", request.method, request.url)];
    };
    let evidence = RequestEvidence::new(contract, &contract.operations[operation], request, path);
    let breaches = evidence.breaches.iter().map(|breach| {
        let mismatch = &breach.mismatch;
        format!("{}: promised {}, seen {}", breach.place, mismatch.promised, mismatch.seen)
    });
    let undocumented =
        evidence.undocumented_query.iter().map(|name| format!("undocumented {name}"));
    breaches.chain(undocumented).collect()
}

fn shown(request: &Request) -> String {
    let body = request.body.bytes().unwrap_or_default();
    let body: String = String::from_utf8_lossy(body).chars().take(600).collect();
    format!(
        "{} {} {:?}\n  {body}",
        request.method,
        request.url,
        request.headers.get("content-type")
    )
}

struct Report<'c> {
    contract: &'c Contract,
    faults: String,
    valid: usize,
    broken: usize,
}

impl Report<'_> {
    fn say(&mut self, what: &str) {
        if self.faults.len() < 20_000 {
            let _ = writeln!(self.faults, "{what}");
        }
    }

    fn keeps(&mut self, what: &str, draft: &Draft) {
        self.valid += 1;
        let request = draft.request(self.contract, BASE);
        let wrong = wrong(self.contract, draft.operation, &request);
        if !wrong.is_empty() {
            self.say(&format!("{what} breaks the contract: {wrong:?}\n  {}", shown(&request)));
        }
    }

    fn breaks(&mut self, what: &str, draft: &Draft) {
        self.broken += 1;
        let request = draft.request(self.contract, BASE);
        // Objects in a query, and texts that are no JSON, are not judged.
        let unjudged = what.ends_with("-depth") || what.starts_with("POST /log ");
        if !unjudged && wrong(self.contract, draft.operation, &request).is_empty() {
            self.say(&format!("{what} keeps the contract\n  {}", shown(&request)));
        }
    }
}

/// Makes all kinds of drafts of all operations, and holds them against the contract.
fn hold(contract: &Contract, fixed: bool, draws: usize) -> (usize, usize) {
    let mut report = Report { contract, faults: String::new(), valid: 0, broken: 0 };
    for (number, operation) in contract.operations.iter().enumerate() {
        let consumed = operation
            .traits
            .consumes
            .iter()
            .filter_map(|consumed| Spot::named(consumed.get("in")?, consumed.get("name")?));
        let fixed = if fixed { consumed.collect() } else { Vec::new() };
        let options = Options { fixed, ..Options::default() };
        let id = &operation.id;
        let generator = match Generator::new(contract, number, &options) {
            Ok(generator) => generator,
            Err(cannot) => {
                report.say(&format!("{id}: {cannot}"));
                continue;
            }
        };
        let minimal = match generator.minimal() {
            Ok(minimal) => minimal,
            Err(cannot) => {
                report.say(&format!("{id}: {cannot}"));
                continue;
            }
        };
        report.keeps(&format!("{id} minimal"), &minimal);
        match generator.full() {
            Ok(full) => {
                report.keeps(&format!("{id} full"), &full);
                for variation in generator.boundaries(&full) {
                    report.keeps(&format!("{id} full {}", variation.name), &variation.draft);
                }
                for variation in generator.breaches(&full) {
                    report.breaks(&format!("{id} full {}", variation.name), &variation.draft);
                }
            }
            Err(cannot) => report.say(&format!("{id}: {cannot}")),
        }
        for (name, draft) in generator.examples() {
            report.keeps(&format!("{id} example {name}"), &draft);
        }
        let mut names = Vec::new();
        for variation in generator.boundaries(&minimal) {
            report.keeps(&format!("{id} {}", variation.name), &variation.draft);
            names.push(variation.name);
        }
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        if names.len() < all {
            report.say(&format!("{id}: names of boundaries repeat"));
        }
        for variation in generator.breaches(&minimal) {
            report.breaks(&format!("{id} {}", variation.name), &variation.draft);
        }
        match generator.strategy() {
            Ok(strategy) => {
                let mut runner = runner(7);
                for _ in 0..draws {
                    match draw(&strategy, &mut runner) {
                        Some(draft) => report.keeps(&format!("{id} by chance"), &draft),
                        None => report.say(&format!("{id}: nothing comes by chance")),
                    }
                }
            }
            Err(cannot) => report.say(&format!("{id}: {cannot}")),
        }
    }
    assert!(report.faults.is_empty(), "\n{}", report.faults);
    (report.valid, report.broken)
}

#[test]
fn requests_to_the_bookshop() {
    let (valid, broken) = hold(&load("tests/fixtures/bookshop/openapi.yaml", false), false, 100);
    assert!(valid > 800 && broken > 60, "{valid} valid, {broken} broken");
}

#[test]
fn requests_of_every_style() {
    let (valid, broken) = hold(&load("tests/fixtures/generate/harbour.yaml", false), false, 200);
    println!("{valid} valid, {broken} broken");
    assert!(valid > 1_500 && broken > 350, "{valid} valid, {broken} broken");
}

#[test]
fn requests_by_our_own_contract() {
    let contract = load(OWN, true);
    let (valid, broken) = hold(&contract, false, 30);
    println!("{valid} valid, {broken} broken");
    assert!(valid > 5_000 && broken > 3_000, "{valid} valid, {broken} broken");
    let (valid, broken) = hold(&contract, true, 10);
    assert!(valid > 2_000 && broken > 2_000, "{valid} valid, {broken} broken");
}

#[test]
fn requests_by_published_documents() {
    let Some(folder) = std::env::var_os("DIFY_CONTRACT_CORPUS") else {
        println!("skipped: DIFY_CONTRACT_CORPUS is not set");
        return;
    };
    let folder = Path::new(&folder).join("specs");
    let own =
        ["dify-docs-1.16.en.json", "dify-server-1.14.2.swagger.json"].map(|name| folder.join(name));
    let june = std::fs::read_dir(folder.join("dify-docs-2026-06")).into_iter().flatten();
    let june = june.filter_map(|entry| Some(entry.ok()?.path()));
    for path in
        own.into_iter().chain(june.filter(|path| path.extension().is_some_and(|e| e == "json")))
    {
        println!("{}", path.display());
        let (valid, broken) = hold(&load(&path.to_string_lossy(), true), true, 10);
        println!("{valid} valid, {broken} broken");
    }
}
