//! Documents: what is printed is read back, with the position of every part; and no text, however it
//! is spoiled, ends in a panic.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use dify_contract::contract::schema::Side;
use dify_contract::contract::{Contract, Sources};
use dify_contract::document::{Pointer, Position, TextFile};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// Names that are likely to go wrong: escaped in pointers, in JSON or in YAML, or read as something
/// that is no text.
const NAMES: &[&str] = &[
    "a",
    "b",
    "",
    "a/b",
    "~",
    "~1",
    "m~n",
    "200",
    "1.5",
    "on",
    "yes",
    "null",
    "true",
    "- x",
    "x: y",
    "#",
    "a #b",
    "ü",
    "日本",
    "😀",
    "\"",
    "\\",
    "\\\"",
    "'",
    "a b",
    " ",
    "$ref",
    "<<",
    "{",
    "[x]",
    "&a",
    "*a",
    "!t",
    "|",
    ">",
    "%",
    "@",
    "`",
    "?",
    ",",
    "\t",
    "line\nbreak",
    ".inf",
    "0x1F",
    "1_000",
    "~a",
];

fn values() -> impl Strategy<Value = Value> {
    let text =
        || prop_oneof![proptest::sample::select(NAMES).prop_map(str::to_owned), "[ -~]{0,12}"];
    let number = prop_oneof![
        any::<i64>().prop_map(|n| json!(n)),
        any::<u64>().prop_map(|n| json!(n)),
        (-1e9..1e9_f64).prop_map(|n| json!(n)),
        (-20..20_i64).prop_map(|n| json!(n)),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        number,
        text().prop_map(Value::String),
    ];
    leaf.prop_recursive(5, 60, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::Array),
            proptest::collection::vec((text(), inner), 0..6)
                .prop_map(|members| Value::Object(Map::from_iter(members))),
        ]
    })
}

/// White space between tokens.
#[derive(Debug, Clone, Copy)]
enum Layout {
    Compact,
    Spaced,
    Indented,
    CarriageReturns,
    Tabs,
}

/// Prints JSON, and notes where every part begins.
struct Printer {
    layout: Layout,
    text: String,
    line: usize,
    column: usize,
    places: Vec<(String, Position)>,
}

impl Printer {
    fn write(&mut self, text: &str) {
        for c in text.chars() {
            self.column += 1;
            if c == '\n' {
                self.line += 1;
                self.column = 1;
            }
        }
        self.text.push_str(text);
    }

    fn gap(&mut self, depth: usize) {
        match self.layout {
            Layout::Compact => {}
            Layout::Spaced => self.write(" "),
            Layout::Indented => self.write(&format!("\n{}", "  ".repeat(depth))),
            Layout::CarriageReturns => self.write(&format!("\r\n\r\n{}", " ".repeat(depth))),
            Layout::Tabs => self.write(&format!("\n{}", "\t".repeat(depth))),
        }
    }

    fn note(&mut self, at: &Pointer) {
        let position = Position { line: self.line, column: self.column };
        self.places.push((at.as_str().to_owned(), position));
    }

    fn value(&mut self, value: &Value, at: &Pointer, depth: usize) {
        match value {
            Value::Array(items) => {
                self.write("[");
                for (index, item) in items.iter().enumerate() {
                    self.write(if index > 0 { "," } else { "" });
                    self.gap(depth + 1);
                    let at = at.child(&index.to_string());
                    self.note(&at);
                    self.value(item, &at, depth + 1);
                }
                self.gap(depth);
                self.write("]");
            }
            Value::Object(members) => {
                self.write("{");
                for (index, (name, member)) in members.iter().enumerate() {
                    self.write(if index > 0 { "," } else { "" });
                    self.gap(depth + 1);
                    let at = at.child(name);
                    self.note(&at);
                    self.write(&Value::String(name.clone()).to_string());
                    self.gap(depth + 1);
                    self.write(":");
                    self.gap(depth + 1);
                    self.value(member, &at, depth + 1);
                }
                self.gap(depth);
                self.write("}");
            }
            leaf => self.write(&leaf.to_string()),
        }
    }
}

/// The places of all parts of a value, in document order.
fn pointers(value: &Value, at: &Pointer, found: &mut Vec<(Pointer, Option<String>)>) {
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                let at = at.child(&index.to_string());
                found.push((at.clone(), None));
                pointers(item, &at, found);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                let at = at.child(name);
                found.push((at.clone(), Some(name.clone())));
                pointers(member, &at, found);
            }
        }
        _ => {}
    }
}

/// The text from a position on.
fn rest(text: &str, position: Position) -> String {
    let lines = text.split('\n').skip(position.line - 1).collect::<Vec<_>>().join("\n");
    lines.chars().skip(position.column - 1).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn pointers_find_what_json_pointers_lead_to(value in values(), other in values()) {
        let mut found = Vec::new();
        pointers(&value, &Pointer::default(), &mut found);
        pointers(&other, &Pointer::default(), &mut found);
        for (at, _) in &found {
            for text in [at.as_str().to_owned(), format!("{at}/0"), format!("{at}/00"), format!("{at}/+0"), format!("{at}x"), format!("x{at}")] {
                prop_assert_eq!(Pointer::find(&value, &text), value.pointer(&text), "{}", text);
            }
        }
    }

    #[test]
    fn json_is_read_back_with_every_position(value in values(), layout in prop_oneof![
        Just(Layout::Compact), Just(Layout::Spaced), Just(Layout::Indented),
        Just(Layout::CarriageReturns), Just(Layout::Tabs),
    ]) {
        let value = json!([value]);
        let mut printer =
            Printer { layout, text: String::new(), line: 1, column: 1, places: Vec::new() };
        printer.value(&value, &Pointer::default(), 0);
        let (file, read) = TextFile::parse("a.json", printer.text.clone()).unwrap();
        prop_assert_eq!(&read, &value);
        for (pointer, position) in printer.places {
            prop_assert_eq!(file.position(&pointer), position, "{} in {}", pointer, printer.text);
        }
    }

    #[test]
    fn yaml_is_read_back_with_every_position(value in values()) {
        let value = json!({ "root": value });
        let text = serde_saphyr::to_string(&value).unwrap();
        let (file, read) = TextFile::parse("a.yaml", text.clone())
            .map_err(|problem| TestCaseError::fail(format!("{problem}\n{text}")))?;
        prop_assert_eq!(&read, &value, "{}", text);
        let mut parts = Vec::new();
        pointers(&value, &Pointer::default(), &mut parts);
        let mut before = Position { line: 1, column: 0 };
        for (pointer, name) in parts {
            let position = file.position(pointer.as_str());
            let here = rest(&text, position);
            if let Some(name) = name {
                // A name stands as it is, or in quotes, or behind a `?`.
                let plain = here.strip_prefix(name.as_str()).is_some();
                let quoted = here.starts_with(['"', '\'', '|', '>']);
                prop_assert!(plain || quoted, "{} is said to stand at {:?} in\n{}", pointer, here, text);
                prop_assert!(position >= before, "{} is before what comes before it in\n{}", pointer, text);
            } else {
                prop_assert!(position >= before, "{} is before what comes before it in\n{}", pointer, text);
            }
            before = position;
        }
    }
}

const JSON: &str = include_str!("fixtures/documents/small.json");
const YAML: &str = include_str!("fixtures/documents/small.yaml");
const OVERLAY: &str = include_str!("fixtures/documents/small.overlay.yaml");

/// Pieces of text that mean something to a reader.
const PIECES: &[&str] = &[
    "null",
    "[]",
    "{}",
    "-1",
    "\"\"",
    "true",
    "\"$ref\": \"#\"",
    "$ref: '#/components/schemas/Box'",
    "#/components/schemas/Box",
    "\n",
    "  ",
    "\t",
    ":",
    ",",
    "- ",
    "*a",
    "&a ",
    "<<: *a",
    "\"",
    "'",
    "{",
    "}",
    "[",
    "]",
    "~",
    "/",
    "%",
    "é",
    "\u{feff}",
    "nullable: true\n",
    "1e999",
    "type",
    "oneOf",
    "discriminator",
    "mapping",
    "properties",
    "allOf",
    "default",
    "{id}",
    "3.1.0",
    "2.0",
    "format",
    "int64",
    "pattern: '('",
    "items",
    "required",
    "0",
];

#[derive(Debug, Clone)]
enum Spoil {
    Flip(usize, u8),
    Cut(usize, usize),
    Double(usize, usize),
    Insert(usize, &'static str),
    Swap(usize, usize, usize),
}

fn spoils() -> impl Strategy<Value = Vec<Spoil>> {
    let at = || 0..4_000_usize;
    proptest::collection::vec(
        prop_oneof![
            (at(), any::<u8>()).prop_map(|(at, byte)| Spoil::Flip(at, byte)),
            (at(), 1..200_usize).prop_map(|(at, len)| Spoil::Cut(at, len)),
            (at(), 1..200_usize).prop_map(|(at, len)| Spoil::Double(at, len)),
            (at(), proptest::sample::select(PIECES))
                .prop_map(|(at, piece)| Spoil::Insert(at, piece)),
            (at(), at(), 1..40_usize).prop_map(|(one, other, len)| Spoil::Swap(one, other, len)),
        ],
        1..5,
    )
}

fn spoil(text: &str, spoils: &[Spoil]) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for spoil in spoils {
        let len = bytes.len().max(1);
        let range = |at: usize, count: usize| at % len..(at % len + count).min(len);
        match *spoil {
            _ if bytes.is_empty() => {}
            Spoil::Flip(at, byte) => bytes[at % len] ^= byte,
            Spoil::Cut(at, count) => drop(bytes.drain(range(at, count))),
            Spoil::Double(at, count) => {
                let copy = bytes[range(at, count)].to_vec();
                bytes.splice(at % len..at % len, copy);
            }
            Spoil::Insert(at, piece) => drop(bytes.splice(at % len..at % len, piece.bytes())),
            Spoil::Swap(one, other, count) => {
                let copy = bytes[range(one, count)].to_vec();
                bytes.splice(range(other, count), copy);
            }
        }
    }
    bytes
}

/// Does with a document all that can be done with it.
fn use_up(name: &str, bytes: &[u8]) {
    let path = format!("{}/{name}", env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(&path, bytes).unwrap();
    let overlay = dify_contract::contract::Overlay::parse("small.overlay.yaml", OVERLAY.to_owned());
    let sources = Sources {
        specs: vec![path],
        optional_overlays: vec![overlay.unwrap()],
        ..Sources::default()
    };
    match Contract::load(sources) {
        Err(problems) => {
            assert!(!problems.is_empty() && problems.iter().all(|p| !p.message.is_empty()));
        }
        Ok(contract) => {
            for note in &contract.notes {
                assert!(note.spot.is_some(), "{note}");
            }
            let body = json!({ "id": 1, "kind": "lid", "parts": [{ "kind": 2 }], "more": null });
            for id in contract.schemas.all() {
                for side in [Side::Request, Side::Response] {
                    for mismatch in contract.schemas.compare(id, &body, side).unwrap_or_default() {
                        let (document, pointer) = mismatch.promise;
                        assert!(contract.source(document, &pointer).is_some());
                    }
                }
            }
            for operation in &contract.operations {
                let _ = contract.find(&operation.method, &operation.path);
                assert!(contract.source(operation.at.document, &operation.at.pointer).is_some());
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn no_spoiled_json_ends_in_a_panic(spoils in spoils()) {
        use_up("spoiled.json", &spoil(JSON, &spoils));
    }

    #[test]
    fn no_spoiled_yaml_ends_in_a_panic(spoils in spoils()) {
        use_up("spoiled.yaml", &spoil(YAML, &spoils));
    }

    #[test]
    fn no_spoiled_overlay_ends_in_a_panic(spoils in spoils()) {
        let text = String::from_utf8_lossy(&spoil(OVERLAY, &spoils)).into_owned();
        if let Ok(overlay) = dify_contract::contract::Overlay::parse("spoiled.yaml", text) {
            let path = "tests/fixtures/documents/small.yaml".to_owned();
            let sources =
                Sources { specs: vec![path], overlays: vec![overlay], ..Sources::default() };
            let _ = Contract::load(sources);
        }
    }
}
