//! Documents: text to value and places, references, and the exact text of every error.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use std::fmt::Write as _;

use dify_contract::contract::{Contract, Sources};
use dify_contract::document::{Bundle, Pointer, TextFile};
use dify_contract::error::Problem;
use serde_json::Value;

const FIXTURES: &str = "tests/fixtures/documents";

/// What is said about a document: errors, or notes beside a contract that can be used.
fn said(path: &str) -> String {
    let sources = Sources { specs: vec![path.to_owned()], ..Sources::default() };
    let (kind, problems) = match Contract::load(sources) {
        Err(problems) => ("error", problems),
        Ok(contract) => ("note", contract.notes),
    };
    let mut text = String::new();
    for problem in problems {
        let _ = writeln!(text, "{kind}: {problem}");
    }
    text
}

/// The problem of a text that is given as the named file.
fn problem(path: &str, text: String) -> Problem {
    TextFile::parse(path, text).map(|_| ()).unwrap_err()
}

/// YAML that is nested so many levels deep.
fn block(depth: usize) -> String {
    let mut text = String::new();
    for level in 0..depth {
        let _ = writeln!(text, "{}a:", " ".repeat(level));
    }
    text
}

#[test]
fn every_error_is_told_in_plain_words_with_its_place() {
    let mut names: Vec<String> = std::fs::read_dir(format!("{FIXTURES}/errors"))
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_file())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    names.sort();
    let mut all = String::new();
    for name in names {
        let said = said(&format!("{FIXTURES}/errors/{name}"));
        assert!(!said.is_empty(), "{name} is not found wrong");
        let _ = writeln!(all, "=== {name}\n{}", said.replace(FIXTURES, ""));
    }
    insta::assert_snapshot!("document_errors", all);
}

#[test]
fn what_is_no_file_is_told() {
    insta::assert_snapshot!(
        said("tests/none.yaml").trim_end(),
        @"error: cannot read tests/none.yaml: there is no such file"
    );
    insta::assert_snapshot!(
        said("tests").trim_end(),
        @"error: cannot read tests: it is a folder, not a file"
    );
}

#[test]
fn nesting_without_end_is_refused() {
    let depth = 100_000;
    let texts = [
        ("deep.json", "[".repeat(depth)),
        ("objects.json", "{\"a\":".repeat(depth)),
        ("flow.yaml", format!("a: {}", "[".repeat(depth))),
        ("closed.yaml", format!("a: {}{}", "[".repeat(depth), "]".repeat(depth))),
        ("dashes.yaml", format!("{}a", "- ".repeat(depth))),
        ("block.yaml", block(2_000)),
    ];
    for (name, text) in texts {
        let message = problem(name, text).message;
        assert_eq!(message, "nested deeper than 256 levels", "{name}");
    }
}

#[test]
fn ordinary_nesting_is_read() {
    let json = format!("{}{}", "[".repeat(250), "]".repeat(250));
    assert!(TextFile::parse("a.json", json.clone()).is_ok());
    assert!(TextFile::parse("a.yaml", format!("a: {json}")).is_ok());
    assert!(TextFile::parse("a.yaml", block(250)).is_ok());
}

#[test]
fn of_a_long_line_a_window_is_shown() {
    let filler = "x".repeat(100_000);
    let found = problem("long.json", format!(r#"{{ "{filler}": 1, "ü": tru, "b": "{filler}" }}"#));
    let spot = found.spot.unwrap();
    assert_eq!((spot.line, spot.column), (1, 100_015));
    assert!(spot.text.chars().count() <= 100);
    assert_eq!(spot.text.chars().nth(spot.text_column - 1), Some('t'));
}

#[test]
fn a_byte_order_mark_and_carriage_returns_are_no_text() {
    for text in ["{\r\n\"a\": {\r\n  \"b\": 1}}", "a:\r\n  b: 1\r\n"] {
        for mark in ["", "\u{feff}"] {
            let (file, value) = TextFile::parse("a", format!("{mark}{text}")).unwrap();
            assert_eq!(value["a"]["b"], 1);
            let spot = file.spot_of("/a/b");
            assert_eq!(
                spot.text.chars().nth(spot.text_column - 1),
                spot.text.trim().chars().next()
            );
            assert!(!spot.text.ends_with('\r'));
        }
    }
    let (file, _) = TextFile::parse("a.json", "\u{feff}{\"a\": 1}".to_owned()).unwrap();
    assert_eq!(file.position("/a").column, 2);
}

#[test]
fn many_remarks_in_a_row_are_read() {
    let remarks = "# A remark.\n".repeat(1_000);
    let text = format!("{remarks}a:\n{remarks}  b:\n{remarks}    - c\n{remarks}    - d\n{remarks}");
    let (file, value) = TextFile::parse("remarks.yaml", text).unwrap();
    assert_eq!(value, serde_json::json!({ "a": { "b": ["c", "d"] } }));
    assert_eq!(file.position("/a/b/1").line, 4_004);
}

#[test]
fn what_an_alias_repeats_stands_where_it_is_repeated() {
    let text = "a: &x\n  k: 1\n  l: [2]\nb: *x\nc:\n  <<: *x\n  m: 3\nd:\n  - *x\n";
    let (file, value) = TextFile::parse("alias.yaml", text.to_owned()).unwrap();
    assert_eq!(value["c"]["k"], 1);
    let lines: Vec<usize> =
        ["/a", "/a/k", "/a/l/0", "/b", "/b/k", "/c/k", "/c/m", "/d/0", "/d/0/l"]
            .iter()
            .map(|pointer| file.position(pointer).line)
            .collect();
    assert_eq!(lines, [1, 2, 3, 4, 4, 6, 7, 9, 9]);
}

#[test]
fn yaml_means_what_yaml_1_2_says() {
    let text = std::fs::read_to_string(format!("{FIXTURES}/values.yaml")).unwrap();
    let (_, cases) = TextFile::parse("values.yaml", text).unwrap();
    let mut wrong = String::new();
    for case in cases.as_array().unwrap() {
        let text = |name: &str| case.get(name).and_then(Value::as_str);
        let yaml = text("yaml").unwrap();
        let seen = match TextFile::parse("case.yaml", yaml.to_owned()) {
            Ok((_, value)) => value,
            Err(problem) => Value::String(format!("error: {}", problem.message)),
        };
        let meant = match (text("json"), text("error")) {
            (Some(json), _) => serde_json::from_str(json).unwrap(),
            (None, error) => Value::String(format!("error: {}", error.unwrap())),
        };
        if seen != meant {
            let _ = writeln!(wrong, "{yaml:?} is {seen}, not {meant}");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Follows references to what is none, and tells where that stands.
fn follow<'b>(bundle: &'b Bundle, pointer: &str) -> (&'b Value, String) {
    let mut pointer = pointer.to_owned();
    loop {
        let value = bundle.value.pointer(&pointer).unwrap_or_else(|| panic!("{pointer}"));
        match value.get("$ref").and_then(Value::as_str) {
            Some(reference) => reference.strip_prefix('#').unwrap().clone_into(&mut pointer),
            None => return (value, pointer),
        }
    }
}

#[test]
fn every_reference_leads_to_its_place() {
    let bundle = Bundle::read(&format!("{FIXTURES}/refs/api.yaml")).unwrap();
    assert_eq!(bundle.broken, []);
    let schemas = bundle.value.pointer("/components/schemas").unwrap().as_object().unwrap();
    let steps = ["Second", "Third"];
    let names = schemas
        .iter()
        .filter(|(name, schema)| schema.get("$ref").is_some() && !steps.contains(&name.as_str()));
    let mut count = 0;
    for (name, _) in names {
        let at = Pointer::default().join(&["components", "schemas", name]);
        let (value, place) = follow(&bundle, at.as_str());
        assert_eq!(value.get("title").and_then(Value::as_str), Some(name.as_str()));
        // What it leads to stands in the line that says so.
        let (file, pointer) = bundle.origin(&format!("{place}/title"));
        let spot = file.spot_of(&pointer);
        let line: String = spot.text.chars().filter(|c| *c != '"').collect();
        assert!(line.contains(&format!("title: {name}")), "{name} is said to stand at\n{spot}");
        count += 1;
    }
    assert_eq!(count, 22);
}

#[test]
fn a_path_item_may_stand_in_a_file_of_its_own() {
    let path = format!("{FIXTURES}/refs/api.yaml");
    let sources = Sources { specs: vec![path], ..Sources::default() };
    let contract = Contract::load(sources).unwrap();
    assert_eq!(contract.notes, []);
    let told: Vec<String> = contract
        .operations
        .iter()
        .flat_map(|operation| {
            let parameters = operation.parameters.iter().map(|p| (p.name.clone(), &p.at));
            let responses = operation.responses.iter().map(|r| (r.statuses.to_string(), &r.at));
            let bodies = operation.responses.iter().flat_map(|r| &r.content);
            let bodies = bodies.map(|m| (m.name.clone(), &m.at));
            let own = std::iter::once((operation.id.clone(), &operation.at));
            own.chain(parameters).chain(responses).chain(bodies)
        })
        .map(|(name, at)| {
            let source = contract.source(at.document, &at.pointer).unwrap();
            let file = source.file.trim_start_matches(FIXTURES);
            format!("{name} {file}:{}:{} {}", source.line, source.column, source.pointer)
        })
        .collect();
    insta::assert_snapshot!("document_path_items", told.join("\n"));
}

#[test]
fn what_stands_beside_a_document_is_undisturbed() {
    let bundle = Bundle::read(&format!("{FIXTURES}/refs/api.yaml")).unwrap();
    let data = bundle.value.pointer("/components/schemas/Data").unwrap();
    assert_eq!(data["default"]["$ref"], "nowhere.yaml");
    assert_eq!(data["examples"][0]["$ref"], "#/nowhere");
}

#[test]
fn the_built_in_documents_were_read_as_they_are_written() {
    for (name, text) in dify_contract::builtin::FILES {
        let path = format!("built-in:{name}");
        let (file, value) = TextFile::read(&path).unwrap();
        let (_, written) = TextFile::parse(name, (*text).to_owned()).unwrap();
        assert_eq!(value, written, "{name}");
        // Positions come from the order of members, which equality does not look at.
        assert_eq!(value.to_string(), written.to_string(), "{name}");
        assert_eq!(file.path, path);
        assert!(dify_contract::builtin::read(&path).unwrap().json.is_some(), "{name}");
    }
}
