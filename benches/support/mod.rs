//! Documents and recordings made for benchmarks.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use serde_json::{Value, json};

/// A file of that name among the benchmarks' files.
pub fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// A file of the corpus, if there is one.
pub fn corpus(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("DIFY_CONTRACT_CORPUS")?;
    Some(PathBuf::from(folder).join(name)).filter(|path| path.exists())
}

/// Writes a document that describes this many operations, and gives its path.
pub fn document(operations: usize) -> String {
    let response = json!({ "200": {
        "description": "A page.",
        "content": { "application/json": {
            "schema": { "$ref": "#/components/schemas/Page" },
            "examples": { "one": { "value": page(1) } },
        } },
    } });
    let paths: serde_json::Map<String, Value> = (0..operations)
        .map(|number| {
            let limit = json!({ "name": "limit", "in": "query",
                "schema": { "type": "integer", "minimum": 1, "maximum": 100 } });
            let id = json!({ "name": "id", "in": "path", "required": true,
                "schema": { "type": "string", "format": "uuid" } });
            let get =
                json!({ "tags": ["things"], "parameters": [limit, id], "responses": response });
            (format!("/things-{number}/{{id}}/parts"), json!({ "get": get }))
        })
        .collect();
    let properties: serde_json::Map<String, Value> = (0..20)
        .map(|n| (format!("field_{n}"), json!({ "type": "string", "nullable": true })))
        .collect();
    let document = json!({
        "openapi": "3.0.3",
        "info": { "title": "Things", "version": "1" },
        "servers": [{ "url": "/v1" }],
        "paths": paths,
        "components": { "schemas": {
            "Page": { "type": "object", "required": ["data", "has_more"], "properties": {
                "data": { "type": "array", "items": { "$ref": "#/components/schemas/Thing" } },
                "has_more": { "type": "boolean" },
            } },
            "Thing": { "type": "object", "required": ["id"], "properties": {
                "id": { "type": "string", "format": "uuid" },
                "created_at": { "type": "string", "format": "date-time" },
                "size": { "type": "integer", "minimum": 0 },
                "fields": { "type": "object", "properties": properties },
            } },
        } },
    });
    let path = path(&format!("document-{operations}.json"));
    std::fs::write(&path, document.to_string()).expect("the benchmark's folder is writable");
    path.to_string_lossy().into_owned()
}

/// Writes a recording of this many exchanges with the first ten operations of [`document`], of
/// about 3.5 kB each, and gives its path.
pub fn recording(exchanges: usize) -> String {
    let path = path(&format!("recording-{exchanges}.har"));
    let mut out = BufWriter::new(File::create(&path).expect("the benchmark's folder is writable"));
    let body = page(4).to_string();
    let mut write = |text: &str| out.write_all(text.as_bytes()).expect("the disk has room");
    write(r#"{"log":{"version":"1.2","creator":{"name":"bench","version":"1"},"entries":["#);
    for number in 0..exchanges {
        let entry = json!({
            "startedDateTime": "2026-01-01T00:00:00Z",
            "time": 3.5,
            "request": {
                "method": "GET",
                "url": format!("http://localhost/v1/things-{}/{}/parts?limit=20", number % 10, ID),
                "httpVersion": "HTTP/1.1", "cookies": [], "queryString": [],
                "headers": [{ "name": "Authorization", "value": "Bearer secret-0123456789" }],
                "headersSize": -1, "bodySize": 0,
            },
            "response": {
                "status": 200, "statusText": "OK", "httpVersion": "HTTP/1.1", "cookies": [],
                "headers": [{ "name": "Content-Type", "value": "application/json" }],
                "content": { "size": body.len(), "mimeType": "application/json", "text": body },
                "redirectURL": "", "headersSize": -1, "bodySize": body.len(),
            },
            "cache": {}, "timings": { "send": 0, "wait": 1, "receive": 0 },
        });
        let mut text = String::new();
        let comma = if number == 0 { "" } else { "," };
        write!(text, "{comma}{entry}").expect("strings take everything");
        write(&text);
    }
    write("]}}");
    path.to_string_lossy().into_owned()
}

/// Writes the entries of a recording this many times, and gives the path and the number of entries.
pub fn repeated(recording: &std::path::Path, times: usize) -> (String, usize) {
    let text = std::fs::read_to_string(recording).expect("the corpus is readable");
    let mut har: Value = serde_json::from_str(&text).expect("the corpus is HAR");
    let entries = har["log"]["entries"].as_array().expect("the corpus is HAR").clone();
    let all: Vec<Value> = std::iter::repeat_n(entries, times).flatten().collect();
    let count = all.len();
    har["log"]["entries"] = Value::Array(all);
    let path = path("recording-repeated.har");
    std::fs::write(&path, har.to_string()).expect("the benchmark's folder is writable");
    (path.to_string_lossy().into_owned(), count)
}

const ID: &str = "7c3e33d4-2a8b-4e5f-9b1a-d3c6e8f12345";

fn page(things: usize) -> Value {
    let fields: serde_json::Map<String, Value> =
        (0..20).map(|n| (format!("field_{n}"), json!("some text of a usual length"))).collect();
    let thing =
        json!({ "id": ID, "created_at": "2026-01-01T00:00:00Z", "size": 7, "fields": fields });
    json!({ "data": vec![thing; things], "has_more": false })
}
