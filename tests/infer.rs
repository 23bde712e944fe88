//! Ids of documents without our overlay: what is inferred of them, and that nothing is where somebody has
//! described them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use dify_contract::contract::{Contract, Overlay, Sources};
use dify_contract::exchange::Exchange;
use dify_contract::mock::{Mock, MockOptions, Witness};
use dify_contract::plan::{Phase, PlanOptions, Resources};
use dify_contract::run::{Campaign, RunOptions};
use dify_contract::target::{Permission, Target, Vocabulary};
use libtest_mimic::Arguments;
use serde_json::Value;

const LIBRARY: &str = "tests/fixtures/infer/library.yaml";

fn load(spec: &str, overlays: Vec<Overlay>) -> Contract {
    let sources = Sources { specs: vec![spec.to_owned()], overlays, ..Sources::default() };
    Contract::load(sources).unwrap()
}

/// What each operation needs, tells and does.
fn told(contract: &Contract) -> String {
    let mut text = String::new();
    for operation in &contract.operations {
        let traits = &operation.traits;
        let _ = writeln!(text, "{} ({})", operation.id, traits.safety.as_deref().unwrap_or("-"));
        if !traits.names.is_empty() {
            let _ = writeln!(text, "  names {}", traits.names.join(" "));
        }
        for (word, entries) in [("needs", &traits.consumes), ("tells", &traits.produces)] {
            for entry in entries {
                let members: Vec<String> = entry.iter().map(|(k, v)| format!("{k}={v}")).collect();
                let _ = writeln!(text, "  {word} {}", members.join(" "));
            }
        }
    }
    text
}

#[test]
fn paths_and_schemas_tell_ids() {
    insta::assert_snapshot!("inferred_ids", told(&load(LIBRARY, Vec::new())));
}

#[test]
fn what_is_made_comes_before_what_is_there_already() {
    let contract = load(LIBRARY, Vec::new());
    let resources = Resources::of(&contract);
    let of = |kind: &str| -> Vec<(String, bool)> {
        let id = |number: usize| contract.operations[number].id.clone();
        resources.providers(kind).map(|p| (id(p.operation), p.makes)).collect()
    };
    let expected = [("POST /shelves".to_owned(), true), ("GET /shelves".to_owned(), false)];
    assert_eq!(of("shelves"), expected);
    assert_eq!(resources.ancestors("books").into_iter().collect::<Vec<_>>(), ["shelves"]);
    // What nothing removes again is left behind; and who knows what a POST does that nothing tells of.
    let leaves =
        |id: &str| contract.operations.iter().find(|o| o.id == id).unwrap().leaves_something();
    assert!(leaves("POST /notes") && leaves("POST /loans"));
    // What it does to a thing that can be removed is gone with it.
    assert!(!leaves("POST /shelves") && !leaves("PUT /shelves/{shelf_id}"));
}

#[test]
fn nothing_is_inferred_where_somebody_has_said_it() {
    let overlay = "overlay: 1.0.0\ninfo: {title: T, version: '1'}\nactions:\n  \
                   - target: $.paths['/shelves'].get\n    update: {x-contract-safety: read}\n";
    let overlay = Overlay::parse("overlay.yaml", overlay.to_owned()).unwrap();
    let contract = load(LIBRARY, vec![overlay]);
    for operation in &contract.operations {
        assert!(operation.traits.consumes.is_empty(), "{}", operation.id);
        assert!(operation.traits.produces.is_empty(), "{}", operation.id);
    }
}

#[test]
fn what_is_inferred_of_our_contract_agrees_with_what_its_overlay_says() {
    let bare = load("specs/dify/openapi.yaml", Vec::new());
    let overlay = Overlay::read("specs/dify.overlay.yaml").unwrap();
    let described = load("specs/dify/openapi.yaml", vec![overlay]);
    let (mut inferred, mut wrong) = (0, Vec::new());
    for (bare, described) in bare.operations.iter().zip(&described.operations) {
        assert_eq!(bare.id, described.id);
        for entry in &bare.traits.consumes {
            inferred += 1;
            let same = |other: &std::collections::BTreeMap<String, String>| {
                other.get("name") == entry.get("name")
            };
            if !described.traits.consumes.iter().any(same) {
                wrong.push(format!("{} needs {entry:?}", bare.id));
            }
        }
        for entry in &bare.traits.produces {
            inferred += 1;
            let same = |other: &std::collections::BTreeMap<String, String>| {
                ["pointer", "undo"].iter().all(|word| other.get(*word) == entry.get(*word))
            };
            if !described.traits.produces.iter().any(same) {
                wrong.push(format!("{} tells {entry:?}", bare.id));
            }
        }
    }
    assert!(inferred > 40, "{inferred}");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Keeps every exchange.
#[derive(Debug, Default)]
struct Keeper(Mutex<Vec<Exchange>>);

impl Witness for Keeper {
    fn saw(&self, exchange: Exchange) {
        self.0.lock().unwrap().push(exchange);
    }
}

#[test]
fn ids_that_were_only_read_are_never_changed_or_removed() {
    let contract = load("specs/dify/openapi.yaml", Vec::new());
    let contract: &'static Contract = Box::leak(Box::new(contract));
    let vocabulary = Vocabulary::of(contract).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_stack_size(64 << 20)
        .build()
        .unwrap();
    let keeper = Arc::new(Keeper::default());
    let witness = Some(Arc::clone(&keeper) as Arc<dyn Witness>);
    let options = MockOptions {
        witness,
        index_time: Duration::ZERO,
        idle_limit: Duration::from_millis(9),
        ..MockOptions::default()
    };
    let mock = runtime.block_on(Mock::start(options)).unwrap();
    let keys = [("api", mock.key("knowledge"))];
    let mut target =
        Target::known("mock", &mock.base_url(), keys.into_iter(), &vocabulary).unwrap();
    target.allow = Permission::Write;
    let options = RunOptions {
        plan: PlanOptions {
            seed: 3,
            phases: vec![Phase::Examples, Phase::Negative],
            operation: Some("/datasets/{dataset_id}".to_owned()),
            chances: 1,
            suites: Vec::new(),
            shard: None,
        },
        model_calls: 0,
        files: None,
        recording: None,
        ledger: None,
        mark: "dc-test".to_owned(),
        command: String::new(),
        choice: String::new(),
    };
    let campaign = runtime.block_on(Campaign::prepare(contract, target, options)).unwrap();
    let arguments = Arguments {
        test_threads: Some(4),
        logfile: Some("/dev/null".to_owned()),
        ..Arguments::default()
    };
    let finished =
        campaign.run(&arguments, runtime.handle(), Arc::default(), Arc::default()).unwrap();
    assert!(finished.leftovers.is_empty(), "{:?}", finished.leftovers);
    drop(mock);
    let exchanges = keeper.0.lock().unwrap();
    let (mut made, mut removed, mut changed) = (BTreeSet::new(), BTreeSet::new(), 0);
    for exchange in exchanges.iter() {
        let request = &exchange.request;
        let Some(response) = exchange.response.as_ref().filter(|r| r.status < 300) else {
            continue;
        };
        let path = request.url.splitn(5, '/').nth(4).unwrap();
        let id = path.strip_prefix("datasets/").map(|rest| rest.split(['/', '?']).next().unwrap());
        match (request.method.as_str(), id) {
            ("POST", None) if path == "datasets" => {
                let body: Value = serde_json::from_slice(response.body.bytes().unwrap()).unwrap();
                made.insert(body["id"].as_str().unwrap().to_owned());
            }
            ("DELETE", Some(id)) if path.ends_with(id) => {
                assert!(made.contains(id), "{path}");
                removed.insert(id.to_owned());
            }
            ("PATCH", Some(id)) => {
                assert!(made.contains(id), "{path}");
                changed += 1;
            }
            _ => {}
        }
    }
    assert!(changed > 0 && !made.is_empty(), "{changed} {}", made.len());
    assert_eq!(made, removed);
}
