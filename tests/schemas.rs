//! What fits a schema and what does not, in OpenAPI 3.0 and 3.1: cases as data in `fixtures/schemas`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fmt::Write as _;

use dify_contract::contract::schema::{Mismatch, MismatchKind, Side};
use dify_contract::contract::{Contract, Sources};
use dify_contract::document::{Pointer, TextFile};
use dify_contract::finding::Basis;
use serde_json::{Value, json};

/// A document with one operation, whose request and answer have the schema of a case.
fn document(case: &Value, version: &str) -> Option<Value> {
    let dialects = case.get("dialects").and_then(Value::as_array);
    if dialects.is_some_and(|dialects| !dialects.iter().any(|dialect| dialect == version)) {
        return None;
    }
    let own = if version == "3.1" { case.get("schema31") } else { None };
    let schema = own.or(case.get("schema"))?;
    let content = json!({ "application/json": { "schema": schema } });
    Some(json!({
        "openapi": format!("{version}.0"),
        "info": { "title": "Case", "version": "1" },
        "paths": { "/": { "post": {
            "requestBody": { "content": content },
            "responses": { "200": { "description": "", "content": content } },
        } } },
        "components": {
            "schemas": case.get("components").cloned().unwrap_or(json!({})),
            "responses": case.get("responses").cloned().unwrap_or(json!({})),
        },
    }))
}

fn load(name: &str, document: &Value) -> Contract {
    let path = format!("{}/{name}.json", env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(&path, document.to_string()).unwrap();
    Contract::load(Sources { specs: vec![path], ..Sources::default() }).unwrap()
}

/// A mismatch as the fixtures write it: kind, place, last part of the promise's pointer.
fn written(mismatch: &Mismatch) -> String {
    let kind = match mismatch.kind {
        MismatchKind::Type => "type",
        MismatchKind::Null => "null",
        MismatchKind::Enum => "enum",
        MismatchKind::Format => "format",
        MismatchKind::Bounds => "bounds",
        MismatchKind::Required => "required",
        MismatchKind::NoBranch => "no-branch",
        MismatchKind::SeveralBranches => "several-branches",
        MismatchKind::Undeclared => "undeclared",
        MismatchKind::Prose => "prose",
        MismatchKind::Other => "other",
    };
    let place = if mismatch.place.is_empty() { "." } else { mismatch.place.as_str() };
    let promise = Pointer::split_last(&mismatch.promise.1).map(|(_, last)| last.into_owned());
    format!("{kind} {place} {}", promise.unwrap_or_default())
}

/// What is wrong with a case, in words; nothing if all is as it should be.
fn judge(case: &Value, version: &str, wrong: &mut String) {
    let Some(document) = document(case, version) else { return };
    let about = case["about"].as_str().unwrap();
    let contract = load(
        &format!("schema-{}-{version}", std::thread::current().name().unwrap_or_default())
            .replace("::", "-"),
        &document,
    );
    let say = |wrong: &mut String, what: &str| {
        let _ = writeln!(wrong, "OpenAPI {version}, {about}: {what}");
    };
    for note in &contract.notes {
        say(wrong, &note.to_string());
    }
    let operation = &contract.operations[0];
    for value in case["values"].as_array().unwrap() {
        let request = value.get("side").is_some_and(|side| side == "request");
        let (side, content) = if request {
            (Side::Request, &operation.request_body.as_ref().unwrap().content)
        } else {
            (Side::Response, &operation.responses[0].content)
        };
        let schema = content[0].schema.unwrap();
        let found = match contract.schemas.compare(schema, &value["value"], side) {
            Ok(found) => found,
            Err(error) => {
                say(wrong, error);
                continue;
            }
        };
        let mut seen: Vec<String> = found.iter().map(written).collect();
        seen.sort_unstable();
        let expected = value.get("wrong").and_then(Value::as_array).cloned().unwrap_or_default();
        let mut expected: Vec<&str> = expected.iter().filter_map(Value::as_str).collect();
        expected.sort_unstable();
        if seen != expected {
            say(wrong, &format!("{} is {seen:?}, not {expected:?}", value["value"]));
        }
        for mismatch in &found {
            let bundle = &contract.documents[mismatch.promise.0].bundle;
            let promise = bundle.value.pointer(&mismatch.promise.1);
            if promise.is_none() {
                say(wrong, &format!("the promise {} leads nowhere", mismatch.promise.1));
            }
            if mismatch.basis == Basis::Schema && mismatch.promised.contains("x-contract") {
                say(wrong, &format!("leaks words of ours: {}", mismatch.promised));
            }
        }
    }
}

fn judge_all(name: &str) {
    let path = format!("tests/fixtures/schemas/{name}.yaml");
    let (_, cases) = TextFile::read(&path).unwrap();
    let mut wrong = String::new();
    for case in cases.as_array().unwrap() {
        for version in ["3.0", "3.1"] {
            judge(case, version, &mut wrong);
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn nullable() {
    judge_all("nullable");
}

#[test]
fn bounds() {
    judge_all("bounds");
}

#[test]
fn formats() {
    judge_all("formats");
}

#[test]
fn members() {
    judge_all("members");
}

#[test]
fn sides() {
    judge_all("sides");
}

#[test]
fn discriminators() {
    judge_all("discriminators");
}
