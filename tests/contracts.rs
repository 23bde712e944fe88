//! Documents and overlays made a contract: what is wrong with them, what requests mean, and documents
//! larger than any.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fmt::Write as _;
use std::time::Instant;

use dify_contract::contract::schema::Side;
use dify_contract::contract::{Contract, Hit, Overlay, Sources};
use dify_contract::document::TextFile;
use dify_contract::error::Problem;
use serde_json::{Map, Value, json};

const FIXTURES: &str = "tests/fixtures/contracts";

fn sources(specs: &[&str]) -> Sources {
    let specs = specs.iter().map(|name| format!("{FIXTURES}/{name}")).collect();
    Sources { specs, ..Sources::default() }
}

fn told(result: Result<Contract, Vec<Problem>>) -> String {
    let (kind, problems) = match result {
        Err(problems) => ("error", problems),
        Ok(contract) => ("note", contract.notes),
    };
    let told: Vec<String> = problems.iter().map(|problem| format!("{kind}: {problem}\n")).collect();
    told.concat().replace(FIXTURES, "")
}

/// The names of the files in a folder of fixtures.
fn files(folder: &str) -> Vec<String> {
    let entries = std::fs::read_dir(format!("{FIXTURES}/{folder}")).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn what_is_wrong_with_a_document_is_told() {
    let mut all = String::new();
    for name in files("documents") {
        let told = told(Contract::load(sources(&[&format!("documents/{name}")])));
        let _ = writeln!(all, "=== {name}\n{told}");
    }
    insta::assert_snapshot!("contract_documents", all);
}

#[test]
fn what_is_sound_is_used_beside_what_is_broken() {
    let contract = Contract::load(sources(&["documents/broken-parts.yaml"])).unwrap();
    let told: Vec<String> = contract
        .operations
        .iter()
        .map(|operation| {
            let parameters = operation.parameters.iter().map(|p| p.name.clone());
            let statuses = operation.responses.iter().map(|r| r.statuses.to_string());
            let parts: Vec<String> = parameters.chain(statuses).collect();
            format!("{}: {}", operation.id, parts.join(" "))
        })
        .collect();
    assert_eq!(
        told,
        [
            "GET /boxes: style bare must limit 200 2XX 404 500",
            "POST /boxes: limit 201",
            "PUT /boxes: limit",
            "DELETE /boxes: limit 204",
            "GET /schemas: 200 400",
        ]
    );
    let schema = contract.operations[4].responses[0].content[0].schema.unwrap();
    let value = json!({ "a": 1, "b": "x", "c": 1, "d": [1], "e": -1, "f": "x", "g": "x" });
    let found = contract.schemas.compare(schema, &value, Side::Response).unwrap();
    let places: Vec<&str> = found.iter().map(|mismatch| mismatch.place.as_str()).collect();
    assert_eq!(places, ["/g"]);
}

#[test]
fn what_is_wrong_with_an_overlay_is_told() {
    let mut all = String::new();
    for name in files("overlays") {
        let path = format!("{FIXTURES}/overlays/{name}");
        let told = told(match Overlay::read(&path) {
            Err(problem) => Err(vec![problem]),
            Ok(overlay) => {
                let sources = sources(&["boxes.yaml", "chests.yaml"]);
                Contract::load(Sources { overlays: vec![overlay], ..sources })
            }
        });
        let _ = writeln!(all, "=== {name}\n{told}");
    }
    insta::assert_snapshot!("contract_overlays", all);
}

#[test]
fn an_optional_overlay_that_does_not_fit_is_left_out() {
    let overlay = |actions: &str| {
        let text =
            format!("overlay: 1.0.0\ninfo: {{ title: T, version: '1' }}\nactions:\n{actions}");
        Overlay::parse("optional.yaml", text).unwrap()
    };
    let action =
        |target: &str| format!("  - {{ target: \"{target}\", update: {{ summary: More. }} }}\n");
    let boxes = action("$.paths['/boxes'].get");
    let none = action("$.paths['/none'].get");
    for (actions, summary, notes) in [
        (boxes.clone(), "More.", 0),
        (format!("{boxes}{none}"), "More.", 1),
        (format!("{boxes}{none}{none}"), "All boxes.", 0),
        // An action that cannot be applied fits no better.
        (format!("{boxes}{}", action("$.info.title")), "All boxes.", 0),
    ] {
        let optional_overlays = vec![overlay(&actions)];
        let sources = Sources { optional_overlays, ..sources(&["boxes.yaml"]) };
        let contract = Contract::load(sources).unwrap();
        assert_eq!(contract.operations[0].summary.as_deref(), Some(summary), "{actions}");
        assert_eq!(contract.notes.len(), notes, "{actions}");
    }
}

#[test]
fn what_an_overlay_adds_stands_in_the_overlay() {
    let text = "overlay: 1.0.0\ninfo: { title: T, version: '1' }\nactions:\n  - target: $.paths['/boxes'].get\n    \
                update:\n      responses:\n        '429': { description: Slow down. }\n      parameters:\n        \
                - { name: more, in: query, schema: { type: string } }\n";
    let overlay = Overlay::parse("more.yaml", text.to_owned()).unwrap();
    let contract =
        Contract::load(Sources { overlays: vec![overlay], ..sources(&["boxes.yaml"]) }).unwrap();
    let operation = &contract.operations[0];
    let place = |at: &dify_contract::contract::model::At| {
        let source = contract.source(at.document, &at.pointer).unwrap();
        format!("{}:{}", source.file.trim_start_matches(FIXTURES), source.line)
    };
    assert_eq!(place(&operation.at), "/boxes.yaml:6");
    let statuses: Vec<String> = operation.responses.iter().map(|r| place(&r.at)).collect();
    assert_eq!(statuses, ["/boxes.yaml:9", "more.yaml:7"]);
    assert_eq!(operation.parameters.len(), 2);
}

/// What a request means, in words.
fn meaning(contract: &Contract, method: &str, url: &str) -> String {
    match contract.find(method, url) {
        Hit::Operation(found) => {
            let words: Vec<String> = found
                .into_iter()
                .map(|(number, parameters)| {
                    let mut words = contract.operations[number].id.clone();
                    for (name, value) in parameters {
                        let _ = write!(words, " {name}={value}");
                    }
                    words
                })
                .collect();
            words.join(" + ")
        }
        Hit::Method { .. } => "other methods".to_owned(),
        Hit::Path(_) => "unknown path".to_owned(),
        Hit::Outside => "outside".to_owned(),
    }
}

#[test]
fn requests_find_their_operations() {
    let (_, cases) = TextFile::read(&format!("{FIXTURES}/routes.yaml")).unwrap();
    let mut wrong = String::new();
    for case in cases.as_array().unwrap() {
        let documents = case["documents"].as_array().unwrap().iter();
        let documents: Vec<String> =
            documents.map(|name| format!("{}.yaml", name.as_str().unwrap())).collect();
        let documents: Vec<&str> = documents.iter().map(String::as_str).collect();
        let base_url = case.get("base").and_then(Value::as_str).map(str::to_owned);
        let contract = Contract::load(Sources { base_url, ..sources(&documents) }).unwrap();
        for request in case["requests"].as_array().unwrap() {
            let [method, url, expected] = [0, 1, 2].map(|part| request[part].as_str().unwrap());
            let seen = meaning(&contract, method, url);
            if seen != expected {
                let _ =
                    writeln!(wrong, "{documents:?}: {method} {url} is {seen:?}, not {expected:?}");
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn several_documents_describe_one_operation_each_in_its_way() {
    let contract = Contract::load(sources(&["boxes.yaml", "chests.yaml"])).unwrap();
    let titles: Vec<&str> = contract.documents.iter().map(|d| d.title.as_str()).collect();
    assert_eq!(titles, ["Boxes", "Chests"]);
    let by_id = contract.by_id();
    let (_, variants) = by_id.iter().find(|(id, _)| *id == "GET /boxes").unwrap();
    let told: Vec<(usize, &str, usize)> = variants
        .iter()
        .map(|v| (v.at.document, v.parameters[0].name.as_str(), v.responses.len()))
        .collect();
    assert_eq!(told, [(0, "limit", 1), (1, "colour", 2)]);
    assert_eq!(by_id.len(), contract.operations.len() - 1);
}

#[test]
fn schemas_that_mean_themselves_are_used() {
    let contract = Contract::load(sources(&["meaning-itself.yaml"])).unwrap();
    assert_eq!(contract.notes, []);
    for id in contract.schemas.all() {
        for value in [json!({}), json!("x"), json!(1), json!(null)] {
            assert!(contract.schemas.compare(id, &value, Side::Response).is_ok());
        }
    }
}

fn load(name: &str, document: &Value) -> Contract {
    let path = format!("{}/{name}.json", env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(&path, document.to_string()).unwrap();
    Contract::load(Sources { specs: vec![path], ..Sources::default() }).unwrap()
}

/// A document with one answer whose schema is the first of the given ones.
fn chain(schemas: &Map<String, Value>) -> Value {
    let first = schemas.keys().next().unwrap().clone();
    let schema = json!({ "$ref": format!("#/components/schemas/{first}") });
    let content = json!({ "application/json": { "schema": schema } });
    json!({
        "openapi": "3.0.3",
        "info": { "title": "Chain", "version": "1" },
        "paths": { "/": { "get": { "responses": { "200": { "description": "", "content": content } } } } },
        "components": { "schemas": schemas },
    })
}

#[test]
fn no_chain_of_schemas_exhausts_the_stack() {
    let next = |number: usize| json!({ "$ref": format!("#/components/schemas/S{}", number + 1) });
    let kinds: [(&str, &dyn Fn(usize) -> Value); 4] = [
        ("references", &next),
        ("members", &|number| json!({ "type": "object", "properties": { "next": next(number) } })),
        ("items", &|number| json!({ "type": "array", "items": next(number) })),
        ("parts", &|number| json!({ "allOf": [next(number)] })),
    ];
    for (name, link) in kinds {
        let mut schemas: Map<String, Value> =
            (0..5_000).map(|number| (format!("S{number}"), link(number))).collect();
        schemas.insert("S5000".to_owned(), json!({ "type": "string" }));
        let contract = load(&format!("chain-of-{name}"), &chain(&schemas));
        let id = contract.operations[0].responses[0].content[0].schema.unwrap();
        let value = json!({ "next": { "next": [] } });
        match contract.schemas.compare(id, &value, Side::Response) {
            Ok(found) => assert!(name != "parts" && !found.is_empty(), "{name}: {found:?}"),
            Err(error) => {
                assert_eq!(name, "parts");
                assert_eq!(error, "its schemas are parts of each other, too many levels deep");
            }
        }
    }
}

#[test]
fn a_document_of_five_thousand_operations_is_read() {
    let schema = |number: usize| json!({ "$ref": format!("#/components/schemas/S{number}") });
    let schemas: Map<String, Value> = (0..1_000)
        .map(|number| {
            let properties = json!({
                "id": { "type": "string", "format": "uuid" },
                "name": { "type": "string", "nullable": true },
                "child": schema((number * 7 + 1) % 1_000),
            });
            (format!("S{number}"), json!({ "type": "object", "properties": properties }))
        })
        .collect();
    let paths: Map<String, Value> = (0..5_000)
        .map(|number| {
            let content = json!({ "application/json": { "schema": schema(number % 1_000) } });
            let operation = json!({
                "parameters": [{ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } }],
                "responses": { "200": { "description": "", "content": content } },
            });
            (format!("/things{}/{{id}}/part{}", number / 5, number % 5), json!({ "get": operation }))
        })
        .collect();
    let document = json!({
        "openapi": "3.0.3",
        "info": { "title": "Large", "version": "1" },
        "paths": paths,
        "components": { "schemas": schemas },
    });
    let begin = Instant::now();
    let contract = load("five-thousand-operations", &document);
    eprintln!("a document of 5,000 operations was read in {:?}", begin.elapsed());
    assert_eq!(contract.notes, []);
    assert_eq!(contract.operations.len(), 5_000);
    assert_eq!(meaning(&contract, "GET", "/things999/7/part4"), "GET /things999/{id}/part4 id=7");
    let id = contract.operations[4_999].responses[0].content[0].schema.unwrap();
    let found = contract.schemas.compare(id, &json!({ "id": "x" }), Side::Response).unwrap();
    assert_eq!(found.len(), 1);
}

#[test]
fn the_overlay_for_dify_hits_with_every_action() {
    let Ok(corpus) = std::env::var("DIFY_CONTRACT_CORPUS") else {
        eprintln!("skipped: DIFY_CONTRACT_CORPUS is not set");
        return;
    };
    let june = std::fs::read_dir(format!("{corpus}/specs/dify-docs-2026-06")).unwrap();
    let mut june: Vec<String> =
        june.map(|entry| entry.unwrap().path().to_string_lossy().into_owned()).collect();
    june.retain(|path| path.contains("openapi_"));
    june.sort();
    assert_eq!(june.len(), 5);
    for specs in [vec![format!("{corpus}/specs/dify-docs-1.16.en.json")], june] {
        let overlay = Overlay::read("specs/dify.overlay.yaml").unwrap();
        let sources = Sources { specs, overlays: vec![overlay], ..Sources::default() };
        let contract = Contract::load(sources).unwrap();
        let missed: Vec<String> = contract
            .notes
            .iter()
            .filter(|note| note.message.contains("hits nothing"))
            .map(ToString::to_string)
            .collect();
        assert!(missed.is_empty(), "{}", missed.join("\n"));
        assert!(contract.documents.iter().all(|document| document.error.is_some()));
        assert!(contract.operations.iter().any(|o| o.traits.key.is_some()));
    }
}
