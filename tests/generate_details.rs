//! Requests that are made from a contract, in detail: what they are called, what they look like on
//! the wire, what the caller fills and knows better, and that chance follows from the seed.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use std::fmt::Write as _;

use dify_contract::contract::schema::{MismatchKind, Side};
use dify_contract::contract::{Contract, Sources};
use dify_contract::document::TextFile;
use dify_contract::generate::{
    Draft, DraftBody, Generator, Options, PartContent, Sent, Spot, Variation, draw, files, runner,
};
use proptest::strategy::{Strategy, ValueTree};
use serde_json::{Value, json};

const BASE: &str = "http://localhost:1/v1";

fn load(spec: &str) -> Contract {
    Contract::load(Sources { specs: vec![spec.to_owned()], ..Sources::default() }).unwrap()
}

fn harbour() -> Contract {
    load("tests/fixtures/generate/harbour.yaml")
}

fn number(contract: &Contract, id: &str) -> usize {
    contract.operations.iter().position(|o| o.id == id).unwrap_or_else(|| panic!("no {id}"))
}

/// A request as text, without what a page cannot show.
fn wire(contract: &Contract, draft: &Draft) -> String {
    let request = draft.request(contract, BASE);
    let mut text = format!("{} {}\n", request.method, request.url);
    for header in &request.headers.0 {
        let _ = writeln!(text, "{}: {}", header.name, header.value);
    }
    if let Some(bytes) = request.body.bytes() {
        let body: String = String::from_utf8_lossy(bytes)
            .chars()
            .filter(|c| !c.is_control() || *c == '\n')
            .collect();
        let _ = writeln!(text, "\n{body}");
    }
    text
}

fn names(variations: &[Variation]) -> String {
    let lines: Vec<String> = variations.iter().map(|v| format!("{}  {}", v.name, v.says)).collect();
    lines.join("\n") + "\n"
}

#[test]
fn plain_requests_on_the_wire() {
    let contract = harbour();
    let options = Options::default();
    let mut text = String::new();
    for (index, operation) in contract.operations.iter().enumerate() {
        let generator = Generator::new(&contract, index, &options).unwrap();
        let _ = writeln!(
            text,
            "=== {} minimal\n{}",
            operation.id,
            wire(&contract, &generator.minimal().unwrap())
        );
        let _ = writeln!(
            text,
            "=== {} full\n{}",
            operation.id,
            wire(&contract, &generator.full().unwrap())
        );
        for (name, draft) in generator.examples() {
            let _ =
                writeln!(text, "=== {} example {name}\n{}", operation.id, wire(&contract, &draft));
        }
    }
    insta::assert_snapshot!(text);
}

#[test]
fn edges_and_faults_have_names() {
    let contract = harbour();
    let options = Options::default();
    let mut text = String::new();
    for (index, operation) in contract.operations.iter().enumerate() {
        let generator = Generator::new(&contract, index, &options).unwrap();
        let minimal = generator.minimal().unwrap();
        let boundaries = names(&generator.boundaries(&minimal));
        let _ = writeln!(text, "=== {} boundaries\n{boundaries}", operation.id);
        let _ = writeln!(
            text,
            "=== {} breaches\n{}",
            operation.id,
            names(&generator.breaches(&minimal))
        );
    }
    insta::assert_snapshot!(text);
}

#[test]
fn the_same_seed_gives_the_same_requests() {
    let contract = harbour();
    let options = Options::default();
    let drafts = |seed: u64| -> Vec<Draft> {
        let mut all = Vec::new();
        for index in 0..contract.operations.len() {
            let generator = Generator::new(&contract, index, &options).unwrap();
            let (strategy, mut runner) = (generator.strategy().unwrap(), runner(seed));
            all.extend((0..20).map(|_| draw(&strategy, &mut runner).unwrap()));
        }
        all
    };
    assert_eq!(drafts(1), drafts(1));
    assert_ne!(drafts(1), drafts(2));
}

#[test]
fn requests_shrink_to_plain_ones() {
    let contract = harbour();
    let options = Options::default();
    let generator = Generator::new(&contract, number(&contract, "POST /ships"), &options).unwrap();
    let strategy = generator.strategy().unwrap();
    let mut runner = runner(5);
    for _ in 0..20 {
        let mut tree = strategy.new_tree(&mut runner).unwrap();
        while tree.simplify() {}
        let mut plain = tree.current();
        let name = plain.get(&Spot::body("/name")).and_then(Value::as_str).unwrap().to_owned();
        assert!(name.is_ascii() && name.len() == 1, "{name}");
        plain.set(&Spot::body("/name"), json!("a"));
        assert_eq!(plain.get(&Spot::body("")), Some(&json!({ "name": "a", "kind": "barge" })));
    }
}

#[test]
fn chance_reaches_every_part() {
    let contract = harbour();
    let options = Options::default();
    let generator = Generator::new(&contract, number(&contract, "POST /ships"), &options).unwrap();
    let (strategy, mut runner) = (generator.strategy().unwrap(), runner(0));
    let (mut members, mut forms, mut scripts) = (Vec::new(), Vec::new(), [false; 4]);
    for _ in 0..300 {
        let draft = draw(&strategy, &mut runner).unwrap();
        let body = draft.get(&Spot::body("")).unwrap().as_object().unwrap().clone();
        assert!(!body.contains_key("id"), "the server alone writes it");
        forms.extend(body.get("cargo").and_then(|c| c["form"].as_str()).map(str::to_owned));
        let text = body["name"].as_str().unwrap().to_owned();
        assert!(!text.contains('\0'));
        for (seen, range) in
            scripts.iter_mut().zip(['a'..='z', '一'..='龥', 'ا'..='ي', '\u{1F300}'..='\u{1F64F}'])
        {
            *seen |= text.chars().any(|c| range.contains(&c));
        }
        members.extend(body.into_iter().map(|(name, _)| name));
    }
    for list in [&mut members, &mut forms] {
        list.sort_unstable();
        list.dedup();
    }
    assert_eq!(members.len(), 17, "{members:?}");
    assert_eq!(forms, ["barrel", "crate"]);
    assert_eq!(scripts, [true; 4]);
}

#[test]
fn places_that_the_caller_fills_are_left_alone() {
    let contract = harbour();
    let fixed = vec![
        Spot::path("name"),
        Spot::query("length"),
        Spot::query("sort"),
        Spot::body("/about/ship"),
    ];
    let options = Options { fixed, ..Options::default() };
    for index in 0..contract.operations.len() {
        let generator = Generator::new(&contract, index, &options).unwrap();
        let minimal = generator.minimal().unwrap();
        for variation in
            generator.boundaries(&minimal).into_iter().chain(generator.breaches(&minimal))
        {
            assert!(
                !options.fixed.contains(&variation.spot),
                "{} at {}",
                variation.name,
                variation.spot
            );
            assert_ne!(variation.spot, Spot::body("/about"), "{}", variation.name);
        }
        let strategy = generator.strategy().unwrap();
        let mut runner = runner(0);
        for _ in 0..20 {
            let draft = draw(&strategy, &mut runner).unwrap();
            assert!(draft.get(&Spot::query("sort")).is_none());
            for spot in &options.fixed {
                assert_eq!(draft.get(spot), minimal.get(spot));
            }
        }
    }
}

#[test]
fn what_the_caller_knows_replaces_the_schema() {
    let contract = harbour();
    let schema = json!({ "type": "object", "required": ["city"], "additionalProperties": false, "properties": {
        "city": { "enum": ["Delft", "Urk"] }, "days": { "type": "integer", "minimum": 1, "maximum": 9 } } });
    let tides = json!({ "type": "array" });
    let options = Options {
        overrides: vec![(Spot::body("/any"), schema), (Spot::body("/labels"), tides)],
        ..Options::default()
    };
    let generator = Generator::new(&contract, number(&contract, "POST /ships"), &options).unwrap();
    let full = generator.full().unwrap();
    assert_eq!(full.get(&Spot::body("/any")), Some(&json!({ "city": "Delft", "days": 1 })));
    let strategy = generator.strategy().unwrap();
    let mut runner = runner(1);
    let mut seen = 0;
    for _ in 0..100 {
        let draft = draw(&strategy, &mut runner).unwrap();
        if let Some(any) = draft.get(&Spot::body("/any")) {
            assert!(["Delft", "Urk"].contains(&any["city"].as_str().unwrap()));
            seen += 1;
        }
        assert!(draft.get(&Spot::body("/labels")).is_none(), "it cannot obey both schemas");
    }
    assert!(seen > 10);
    let breaches = generator.breaches(&full);
    for name in [
        "missing-any-city",
        "not-listed-any-city",
        "above-maximum-any-days",
        "undeclared-member-any",
    ] {
        assert!(breaches.iter().any(|b| b.name == name), "{name} in {}", names(&breaches));
    }
    let broken = Options {
        overrides: vec![(Spot::body("/any"), json!({ "type": 1 }))],
        ..Options::default()
    };
    let error = Generator::new(&contract, number(&contract, "POST /ships"), &broken).unwrap_err();
    assert!(
        error.to_string().starts_with("the schema given for body /any does not compile: "),
        "{error}"
    );
}

#[test]
fn drafts_are_filled_and_emptied() {
    let contract = harbour();
    let options = Options::default();
    let draft = |id: &str| {
        let index = number(&contract, id);
        Generator::new(&contract, index, &options).unwrap().minimal().unwrap()
    };
    let mut ship = draft("POST /ships");
    assert!(ship.set(&Spot::body("/tows/-/name"), json!("Eel")));
    assert!(ship.set(&Spot::body("/tows/-/kind"), json!("sloop")));
    assert!(ship.set(&Spot::body("/tows/1"), json!(null)));
    assert!(!ship.set(&Spot::body("/name/first"), json!("Eel")), "a text has no members");
    assert!(!ship.set(&Spot::body("/tows/7"), json!("Eel")), "it is far behind the end");
    assert!(ship.set(&Spot::query("dry"), json!(true)));
    assert_eq!(
        ship.get(&Spot::body("/tows")),
        Some(&json!([{ "name": "Eel", "kind": "sloop" }, null]))
    );
    assert!(ship.remove(&Spot::body("/tows/1")) && ship.remove(&Spot::body("/tows/0/kind")));
    assert!(!ship.remove(&Spot::body("/tows/1")) && !ship.remove(&Spot::query("wet")));
    assert_eq!(
        wire(&contract, &ship),
        "POST http://localhost:1/v1/ships?dry=true\nContent-Type: application/json\n\n\
         {\"name\":\"Aal\",\"kind\":\"barge\",\"tows\":[{\"name\":\"Eel\"}]}\n"
    );
    let mut paper = draft("POST /papers");
    assert!(paper.set(&Spot::body("/about/ship"), json!("x")));
    assert!(paper.set(&Spot::body("/extra/list/-"), json!(1)));
    assert!(!paper.set(&Spot::body(""), json!(1)) && !paper.set(&Spot::body("/scan/0"), json!(1)));
    assert!(paper.set_file("scan", files::oversized(1_000)));
    assert!(paper.remove(&Spot::body("/page")));
    let DraftBody::Form(parts) = &paper.body else { panic!("a form") };
    let names: Vec<&str> = parts.iter().map(|part| part.name.as_str()).collect();
    assert_eq!(names, ["scan", "about", "extra"]);
    assert!(matches!(&parts[0].content, PartContent::File(file) if file.bytes.len() == 1_000));
    assert_eq!(paper.get(&Spot::body("/extra")), Some(&json!({ "list": [1] })));
    let mut duties = draft("POST /duties");
    assert!(
        duties.set(&Spot::body("/weights/-"), json!(2))
            && duties.set(&Spot::body("/due"), json!("2024-01-01"))
    );
    assert!(wire(&contract, &duties).ends_with("\n\ngoods=text&weights=2&due=2024-01-01\n"));
    // A fault on the wire leaves places to be filled.
    duties.sent = Sent::Mislabelled("text/plain".to_owned());
    assert!(duties.set(&Spot::body("/goods"), json!("a&b")));
    assert!(wire(&contract, &duties).contains("Content-Type: text/plain\n\ngoods=a%26b&"));
}

#[test]
fn a_boundary_does_not_stand_in_the_form() {
    let contract = harbour();
    let options = Options::default();
    let generator = Generator::new(&contract, number(&contract, "POST /papers"), &options).unwrap();
    let mut draft = generator.minimal().unwrap();
    draft.set(
        &Spot::body("/title"),
        json!("--contract-form-0000\r\nx: y\"\n--contract-form-0001--"),
    );
    let request = draft.request(&contract, BASE);
    assert_eq!(
        request.headers.get("content-type"),
        Some("multipart/form-data; boundary=contract-form-0002")
    );
}

/// The schemas whose right and wrong values are known, each as the body of a request.
#[test]
fn schemas_of_all_kinds() {
    let (mut cannot, mut made) = (Vec::new(), 0);
    for name in ["bounds", "discriminators", "formats", "members", "nullable", "sides"] {
        let (_, cases) = TextFile::read(&format!("tests/fixtures/schemas/{name}.yaml")).unwrap();
        for (index, case) in cases.as_array().unwrap().iter().enumerate() {
            for version in ["3.0", "3.1"] {
                let Some(contract) = of_case(case, version, &format!("{name}-{index}")) else {
                    continue;
                };
                let schema = contract.operations[0].request_body.as_ref().unwrap().content[0]
                    .schema
                    .unwrap();
                let options = Options::default();
                let generator = Generator::new(&contract, 0, &options).unwrap();
                let about = format!("{name} {version}: {}", case["about"].as_str().unwrap());
                let Ok(strategy) = generator.strategy() else {
                    cannot.push(about);
                    continue;
                };
                let mut runner = runner(3);
                let drawn = (0..30).map(|_| draw(&strategy, &mut runner).unwrap());
                let minimal = generator.minimal().unwrap();
                let boundaries = generator.boundaries(&minimal).into_iter().map(|v| v.draft);
                let plain = [minimal.clone(), generator.full().unwrap()];
                for draft in drawn.chain(boundaries).chain(plain) {
                    let Some(value) = draft.get(&Spot::body("")) else { continue };
                    let mut found = contract.schemas.compare(schema, value, Side::Request).unwrap();
                    found.retain(|mismatch| mismatch.kind != MismatchKind::SeveralBranches);
                    assert!(found.is_empty(), "{about}: {value} {found:#?}");
                    made += 1;
                }
                for breach in generator.breaches(&minimal) {
                    let Some(value) = breach.draft.get(&Spot::body("")) else { continue };
                    let found = contract.schemas.compare(schema, value, Side::Request).unwrap();
                    assert!(
                        breach.draft.sent != Sent::AsIs || !found.is_empty(),
                        "{about}: {value} is right"
                    );
                }
            }
        }
    }
    assert!(made > 3_000, "{made}");
    insta::assert_snapshot!(cannot.join("\n"));
}

/// A document with one operation, whose request has the schema of a case.
fn of_case(case: &Value, version: &str, name: &str) -> Option<Contract> {
    let dialects = case.get("dialects").and_then(Value::as_array);
    if dialects.is_some_and(|dialects| !dialects.iter().any(|dialect| dialect == version)) {
        return None;
    }
    let own = if version == "3.1" { case.get("schema31") } else { None };
    let schema = own.or(case.get("schema"))?;
    let document = json!({
        "openapi": format!("{version}.0"),
        "info": { "title": "Case", "version": "1" },
        "paths": { "/": { "post": {
            "requestBody": { "required": true, "content": { "application/json": { "schema": schema } } },
            "responses": { "200": { "description": "" } },
        } } },
        "components": { "schemas": case.get("components").cloned().unwrap_or(json!({})) },
    });
    let path = format!("{}/generate-{name}-{version}.json", env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(&path, document.to_string()).unwrap();
    Some(load(&path))
}
