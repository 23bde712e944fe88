//! One API written in Swagger 2.0, OpenAPI 3.0 and OpenAPI 3.1 is one contract, and every promise has
//! its place in the file that makes it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fmt::Write as _;

use dify_contract::contract::model::{At, MediaType, Style};
use dify_contract::contract::schema::{SchemaId, Side};
use dify_contract::contract::{Contract, Hit, Sources};
use serde_json::{Map, Value, json};

const DIALECTS: [&str; 3] = ["swagger2", "openapi30", "openapi31"];

fn load(dialect: &str) -> Contract {
    let path = format!("tests/fixtures/dialects/{dialect}.yaml");
    let contract = Contract::load(Sources { specs: vec![path], ..Sources::default() }).unwrap();
    assert_eq!(contract.notes, []);
    contract
}

/// A rewritten schema with references followed, in alphabetical order; what it contains itself is
/// named.
fn spread(document: &Value, schema: &Value, within: &mut Vec<String>) -> Value {
    match schema {
        Value::Object(members) => {
            if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
                if within.iter().any(|known| known == reference) {
                    let name = reference.trim_end_matches("/x-contract-dispatch");
                    return json!({ "again": name.rsplit_once('/').unwrap().1 });
                }
                let target = document.pointer(reference.trim_start_matches('#')).unwrap();
                within.push(reference.to_owned());
                let mut whole = spread(document, target, within);
                within.pop();
                let beside: Map<String, Value> = members
                    .iter()
                    .filter(|(name, _)| *name != "$ref")
                    .map(|(n, v)| (n.clone(), v.clone()))
                    .collect();
                if !beside.is_empty() {
                    whole = json!({ "of": whole, "and": spread(document, &Value::Object(beside), within) });
                }
                return whole;
            }
            let mut names: Vec<&String> = members.keys().collect();
            names.sort_unstable();
            let spread = names.into_iter().map(|name| {
                (name.clone(), self::spread(document, &members[name.as_str()], within))
            });
            Value::Object(spread.collect())
        }
        Value::Array(items) => items.iter().map(|item| spread(document, item, within)).collect(),
        leaf => leaf.clone(),
    }
}

fn schema(contract: &Contract, id: SchemaId) -> String {
    let document = contract.schemas.document(0);
    spread(document, contract.schemas.normal(id), &mut Vec::new()).to_string()
}

fn content(contract: &Contract, content: &[MediaType], text: &mut String) {
    for media_type in content {
        let _ = writeln!(text, "    {}", media_type.name);
        if let Some(id) = media_type.schema {
            let _ = writeln!(text, "      {}", schema(contract, id));
        }
        for example in &media_type.examples {
            let _ = writeln!(text, "      example {}", contract.raw(&example.at).unwrap());
        }
    }
}

/// Everything that a contract promises, without the places.
fn normal_form(contract: &Contract) -> String {
    let mut text = String::new();
    for operation in &contract.operations {
        let _ = writeln!(
            text,
            "{} {:?} {:?} {:?} deprecated: {}",
            operation.id,
            operation.operation_id,
            operation.tags,
            operation.summary,
            operation.deprecated,
        );
        for parameter in &operation.parameters {
            let style = match parameter.style {
                Style::Repeated => "repeated".to_owned(),
                Style::Separated(by) => format!("separated by {by:?}"),
                Style::Other => "other".to_owned(),
            };
            let _ = writeln!(
                text,
                "  {} {} required: {} {style}\n    {}",
                parameter.location.word(),
                parameter.name,
                parameter.required,
                schema(contract, parameter.schema.unwrap()),
            );
        }
        if let Some(body) = &operation.request_body {
            let _ = writeln!(text, "  body required: {}", body.required);
            content(contract, &body.content, &mut text);
        }
        for response in &operation.responses {
            let _ = writeln!(
                text,
                "  {} {:?} {:?}",
                response.statuses, response.codes, response.described_codes,
            );
            for header in &response.headers {
                let _ = writeln!(
                    text,
                    "    header {} required: {}\n      {}",
                    header.name,
                    header.required,
                    schema(contract, header.schema.unwrap()),
                );
            }
            content(contract, &response.content, &mut text);
        }
    }
    text
}

#[test]
fn one_api_in_three_dialects_is_one_contract() {
    let [swagger2, openapi30, openapi31] = DIALECTS.map(|dialect| normal_form(&load(dialect)));
    insta::assert_snapshot!("dialect_normal_form", openapi30);
    for (dialect, other) in [("swagger2", swagger2), ("openapi31", openapi31)] {
        for (one, other) in openapi30.lines().zip(other.lines()) {
            assert_eq!(one, other, "{dialect}");
        }
        assert_eq!(openapi30.lines().count(), other.lines().count(), "{dialect}");
    }
}

/// The remark in the line where a part of the contract stands.
fn remark(contract: &Contract, at: &At) -> String {
    let source = contract.source(at.document, &at.pointer).unwrap();
    let text = std::fs::read_to_string(&source.file).unwrap();
    let line = text.lines().nth(source.line - 1).unwrap();
    match line.split_once("# @ ") {
        Some((_, remark)) => remark.to_owned(),
        None => format!("line {}: {}", source.line, line.trim()),
    }
}

#[test]
fn every_part_stands_in_its_line() {
    for dialect in DIALECTS {
        let contract = load(dialect);
        let mut wrong = String::new();
        let mut check = |at: &At, expected: &str, shared: &str| {
            let remark = remark(&contract, at);
            if remark != expected && remark != shared {
                let _ = writeln!(wrong, "{expected} is said to stand at {remark}");
            }
        };
        for operation in &contract.operations {
            let id = &operation.id;
            check(&operation.at, &format!("operation {id}"), "");
            for parameter in &operation.parameters {
                check(&parameter.at, &format!("parameter {}", parameter.name), "");
                let (document, pointer) = contract.schemas.place(parameter.schema.unwrap());
                let at = At { document, pointer: pointer.to_owned() };
                check(&at, &format!("parameter {}", parameter.name), "");
            }
            if let Some(body) = &operation.request_body {
                check(&body.at, &format!("body {id}"), "");
                for media_type in body.content.iter().filter(|m| m.name == "application/json") {
                    check(&media_type.at, &format!("content {id} {}", media_type.name), "");
                }
            }
            for response in &operation.responses {
                let statuses = response.statuses;
                check(&response.at, &format!("response {id} {statuses}"), "response refused");
                for media_type in &response.content {
                    let expected = format!("content {id} {statuses} {}", media_type.name);
                    check(&media_type.at, &expected, "content refused");
                }
            }
        }
        assert!(wrong.is_empty(), "{dialect}:\n{wrong}");
    }
}

/// The remarks in the lines of the promises that a value breaks.
fn broken(contract: &Contract, schema: SchemaId, value: &Value, side: Side) -> Vec<String> {
    let found = contract.schemas.compare(schema, value, side).unwrap();
    let mut remarks: Vec<String> = found
        .iter()
        .map(|mismatch| {
            let (document, pointer) = mismatch.promise.clone();
            format!("{:?}: {}", mismatch.kind, remark(contract, &At { document, pointer }))
        })
        .collect();
    remarks.sort_unstable();
    remarks
}

#[test]
fn every_broken_promise_stands_in_its_line() {
    for dialect in DIALECTS {
        let contract = load(dialect);
        let operation = |id: &str| contract.operations.iter().find(|o| o.id == id).unwrap();
        let body = |id: &str| &operation(id).request_body.as_ref().unwrap().content[0];
        let list = operation("GET /boxes");
        let weight = list.parameters.iter().find(|p| p.name == "weight").unwrap();
        let cases = [
            (weight.schema, json!(0), vec!["Bounds: parameter weight"]),
            (
                body("POST /forms").schema,
                json!({ "name": "a", "age": "b" }),
                vec!["Type: property age"],
            ),
            (
                body("POST /files").schema,
                json!({ "file": "a", "user": 1 }),
                vec!["Type: property user"],
            ),
            (
                body("POST /boxes").schema,
                json!({ "name": "", "size": 0 }),
                vec!["Bounds: property name", "Bounds: property size"],
            ),
            (
                list.responses[0].content[0].schema,
                json!({ "data": [{ "id": "x", "name": "a" }] }),
                vec!["Format: property id"],
            ),
            (
                list.responses[0].content[0].schema,
                json!({ "data": 1 }),
                vec!["Type: property data"],
            ),
        ];
        for (schema, value, expected) in cases {
            let seen = broken(&contract, schema.unwrap(), &value, Side::Request);
            assert_eq!(seen, expected, "{dialect}: {value}");
        }
    }
}

#[test]
fn requests_find_their_operations_in_every_dialect() {
    for dialect in DIALECTS {
        let contract = load(dialect);
        assert!(matches!(
            contract.find("GET", "https://boxes.example/v1/boxes/7"),
            Hit::Operation(_)
        ));
        assert!(matches!(
            contract.find("PUT", "https://boxes.example/v1/boxes"),
            Hit::Method { .. }
        ));
        assert_eq!(contract.find("GET", "https://boxes.example/v2/boxes"), Hit::Outside);
    }
}
