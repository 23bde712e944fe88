//! Recordings made of fixtures: HAR files, as a recorder would have written them.

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use dify_contract::contract::model::{MediaType, Operation};
use dify_contract::contract::{Contract, Hit};
use dify_contract::document::Pointer;
use dify_contract::exchange::{Expects, MediaType as ContentType};
use serde_json::{Value, json};

use super::fixture::{Answer, Exchange, Field, Fixture};

/// Where the bookshop is.
const BASE: &str = "https://shop.example/v1";

/// The id of the book that the documented examples show.
const BOOK: &str = "0b8f4c2e-7d61-4a58-8f0e-3c5d2b1a9e77";

/// The key that every request carries, and that no report may show.
pub const KEY: &str = "shop-0123456789abcdef";

/// Writes the exchanges of fixtures to a recording of this name.
pub fn write(contract: &Contract, name: &str, fixtures: &[&Fixture]) -> PathBuf {
    let recorder = fixtures.iter().find_map(|fixture| fixture.recorder.as_deref());
    let mut entries = Vec::new();
    for (number, fixture) in fixtures.iter().enumerate() {
        for call in &fixture.exchanges {
            let mut entry = entry(contract, call);
            // One after the other; cases of different fixtures are different ones.
            let seconds = entries.len();
            let (minute, second) = (seconds / 60 % 60, seconds % 60);
            entry["startedDateTime"] =
                format!("2026-03-14T{:02}:{minute:02}:{second:02}.000Z", seconds / 3600).into();
            if let Some(case) = &call.case {
                entry["_case"] = format!("{number} {case}").into();
            }
            entries.push(entry);
        }
    }
    let log = json!({ "log": {
        "version": "1.2",
        "creator": { "name": recorder.unwrap_or("fixture"), "version": "1" },
        "entries": entries,
    } });
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.har"));
    std::fs::write(&path, log.to_string()).expect("the folder for tests can be written");
    path
}

/// A body on its way into the recording.
enum Body {
    None,
    Bytes(Vec<u8>),
    Unrecorded(u64),
}

fn entry(contract: &Contract, call: &Exchange) -> Value {
    let (method, path) = call.call.split_once(' ').expect("a call is a method and a path");
    let path = path.replace("{book_id}", BOOK);
    let url = if path.contains("://") { path } else { format!("{BASE}{path}") };
    let operation = match contract.find(method, &url) {
        Hit::Operation(variants) => variants.first().map(|(n, _)| &contract.operations[*n]),
        _ => None,
    };
    let mut entry = json!({
        "startedDateTime": "2026-03-14T09:26:53.000Z",
        "time": 12,
        "request": request(contract, call, method, &url, operation),
        "response": response(contract, &call.answer, operation),
    });
    if let Some(word) = &call.expects {
        assert!(Expects::of_word(word).is_some(), "`{word}` is nothing that a sender expects");
        entry["_expects"] = word.as_str().into();
    }
    if let Some(unmet) = &call.unmet {
        entry["_unmet"] = unmet.clone();
    }
    if let Some(end) = &call.answer.end {
        entry["response"]["_end"] = end.clone();
    }
    if let Some(kind) = &call.answer.failure {
        entry["_failure"] = json!({ "kind": kind, "message": "shop.example:443 does not answer" });
    }
    if let Some([first, events @ .., last]) = call.answer.seconds.as_deref() {
        entry["_firstByteMs"] = (first * 1000.0).into();
        entry["_eventsMs"] = events.iter().map(|event| event * 1000.0).collect();
        entry["time"] = (last * 1000.0).into();
    }
    entry
}

fn request(
    contract: &Contract,
    call: &Exchange,
    method: &str,
    url: &str,
    operation: Option<&Operation>,
) -> Value {
    let content = operation.and_then(|operation| operation.request_body.as_ref());
    let example = content.and_then(|body| example(contract, &body.content));
    let (media_type, body) = if call.send_nothing {
        ("", Body::None)
    } else if let Some(size) = call.sent_unrecorded {
        ("application/json", Body::Unrecorded(size))
    } else if let Some(text) = &call.send_text {
        ("text/plain", Body::Bytes(text.clone().into_bytes()))
    } else if let Some(fields) = &call.send_form {
        ("multipart/form-data; boundary=cut", Body::Bytes(form(fields)))
    } else if let Some(value) = call.send.as_ref().or(example) {
        ("application/json", Body::Bytes(value.to_string().into_bytes()))
    } else {
        ("", Body::None)
    };
    let mut headers = Vec::new();
    if call.expects.as_deref() != Some(Expects::NoKey.word()) {
        headers.push(("Authorization".to_owned(), format!("Bearer {KEY}")));
    }
    let own = |name: &str| call.headers.keys().any(|own| own.eq_ignore_ascii_case(name));
    if !media_type.is_empty() && !own("content-type") {
        headers.push(("Content-Type".to_owned(), media_type.to_owned()));
    }
    headers.extend(call.headers.iter().map(|(name, value)| (name.clone(), value.clone())));
    let mut request = json!({
        "method": method, "url": url, "headers": list(headers), "bodySize": size(&body),
    });
    if let Body::Bytes(bytes) = body {
        let text = String::from_utf8(bytes).expect("the body of a request is text");
        request["postData"] = json!({ "mimeType": media_type, "text": text });
    }
    request
}

fn response(contract: &Contract, answer: &Answer, operation: Option<&Operation>) -> Value {
    if answer.none {
        return json!({ "status": 0 });
    }
    let documented = operation.into_iter().flat_map(|operation| &operation.responses);
    let success = documented.map(|r| r.statuses.to_string().parse().unwrap_or(200)).min();
    let status = answer.status.or(success).unwrap_or(200);
    let promise = operation
        .and_then(|operation| operation.response(status))
        .or_else(|| contract.any_response(0, status));
    let content = promise.map(|promise| promise.content.as_slice()).unwrap_or_default();
    let body = body(answer, example(contract, content));
    let streams = answer.events.is_some() || answer.stream.is_some();
    let documented = content.first().map_or("application/json", |media_type| &media_type.name);
    let media_type = match &answer.media_type {
        Some(media_type) => media_type,
        None if streams => "text/event-stream",
        None if matches!(body, Body::None) => "",
        None => documented,
    };
    let mut headers: Vec<(String, String)> = Vec::new();
    if !media_type.is_empty() {
        headers.push(("Content-Type".to_owned(), media_type.to_owned()));
    }
    headers.extend(answer.headers.iter().map(|(name, value)| (name.clone(), value.clone())));
    let mut content = json!({ "mimeType": media_type, "size": size(&body) });
    if let Body::Bytes(bytes) = body {
        let text = ContentType::parse(media_type).is_ok_and(|media_type| media_type.is_text());
        match String::from_utf8(bytes) {
            Ok(plain) if text => content["text"] = plain.into(),
            other => {
                let bytes = other.map_or_else(std::string::FromUtf8Error::into_bytes, String::into);
                content["text"] = STANDARD.encode(bytes).into();
                content["encoding"] = "base64".into();
            }
        }
    }
    json!({ "status": status, "headers": list(headers), "content": content })
}

fn body(answer: &Answer, example: Option<&Value>) -> Body {
    if answer.empty {
        return Body::None;
    }
    if let Some(size) = answer.unrecorded {
        return Body::Unrecorded(size);
    }
    if let Some(text) = answer.text.as_ref().or(answer.stream.as_ref()) {
        return Body::Bytes(text.clone().into_bytes());
    }
    if let Some(text) = &answer.base64 {
        return Body::Bytes(STANDARD.decode(text).expect("the body is base64"));
    }
    if let Some(events) = &answer.events {
        let events: Vec<String> = events.iter().map(|event| format!("data: {event}\n\n")).collect();
        return Body::Bytes(events.concat().into_bytes());
    }
    let Some(mut value) = answer.body.clone().or_else(|| example.cloned()) else {
        return Body::None;
    };
    for pointer in &answer.omit {
        let (parent, name) = Pointer::split_last(pointer).expect("a pointer begins with `/`");
        let parent = value.pointer_mut(parent).and_then(Value::as_object_mut);
        let gone = parent.and_then(|parent| parent.shift_remove(&*name));
        assert!(gone.is_some(), "there is no {pointer} to omit");
    }
    for (pointer, new) in &answer.change {
        let (parent, name) = Pointer::split_last(pointer).expect("a pointer begins with `/`");
        match value.pointer_mut(parent) {
            Some(Value::Array(items)) => match name.parse::<usize>() {
                Ok(index) if index < items.len() => items[index] = new.clone(),
                _ => items.push(new.clone()),
            },
            Some(parent @ Value::Object(_)) => parent[&*name] = new.clone(),
            _ => panic!("there is no {pointer} to change"),
        }
    }
    Body::Bytes(value.to_string().into_bytes())
}

/// The first documented example of a body.
fn example<'c>(contract: &'c Contract, content: &[MediaType]) -> Option<&'c Value> {
    let examples = content.iter().flat_map(|media_type| &media_type.examples);
    examples.map(|example| contract.raw(&example.at)).next()?
}

fn form(fields: &[Field]) -> Vec<u8> {
    let mut form = String::new();
    for Field { name, text, file } in fields {
        let file = file.as_ref().map(|file| format!("; filename=\"{file}\"")).unwrap_or_default();
        let head = format!("Content-Disposition: form-data; name=\"{name}\"{file}");
        form.extend(["--cut\r\n", &head, "\r\n\r\n", text, "\r\n"]);
    }
    form.push_str("--cut--\r\n");
    form.into_bytes()
}

fn list(headers: Vec<(String, String)>) -> Vec<Value> {
    headers.into_iter().map(|(name, value)| json!({ "name": name, "value": value })).collect()
}

fn size(body: &Body) -> u64 {
    match body {
        Body::None => 0,
        Body::Bytes(bytes) => bytes.len() as u64,
        Body::Unrecorded(size) => *size,
    }
}
