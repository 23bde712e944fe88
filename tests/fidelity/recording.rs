//! Recordings, read to be sent again: nothing is masked, and bodies are the bytes of the wire.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use dify_contract::exchange::har::{HarReader, Limits};
use serde_json::Value;

/// A request as it was recorded, and the answer that came.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// Its number in the recording, from 0.
    pub index: u64,
    /// The method.
    pub method: String,
    /// The path and the query, percent-encoded as on the wire.
    pub target: String,
    /// The headers, in their order.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// Whether there was a body that the recorder left out.
    pub body_lost: bool,
    /// When it began, in milliseconds since 1970.
    pub started: i64,
    /// How many milliseconds it took.
    pub took: i64,
    /// The answer.
    pub answer: Answer,
}

/// An answer.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers, in their order.
    pub headers: Vec<(String, String)>,
    /// The body, without codings.
    pub body: Vec<u8>,
}

impl Recorded {
    /// The path, without the query.
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }
}

impl Answer {
    /// The first value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }

    /// The media type without its parameters, in lower case; empty if there is none.
    pub fn essence(&self) -> String {
        let value = self.header("content-type").unwrap_or_default();
        value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// The body as JSON, if it is some.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The error code of a refusal.
    pub fn code(&self) -> Option<String> {
        Some(self.json()?.get("code")?.as_str()?.to_owned())
    }
}

fn find<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

/// Reads a recording.
pub fn read(path: &Path) -> Vec<Recorded> {
    let reader = HarReader::open(path, &Limits::default()).unwrap();
    reader
        .map(|entry| {
            let entry = entry.unwrap();
            parse(entry.index, &serde_json::from_slice(&entry.bytes).unwrap())
        })
        .collect()
}

/// One entry of a HAR.
pub fn parse(index: u64, entry: &Value) -> Recorded {
    let (request, response) = (&entry["request"], &entry["response"]);
    let headers = headers(request);
    let url = request["url"].as_str().unwrap();
    let (_, after_scheme) = url.split_once("://").unwrap();
    let target = after_scheme.find('/').map_or("/", |at| &after_scheme[at..]).to_owned();
    let sent = find(&headers, "content-length").and_then(|length| length.parse().ok());
    let body = wire_bytes(request["postData"]["text"].as_str().unwrap_or_default(), sent);
    let started: jiff::Timestamp = entry["startedDateTime"].as_str().unwrap().parse().unwrap();
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds of an exchange")]
    let took = entry["time"].as_f64().unwrap_or_default() as i64;
    let content = &response["content"];
    let text = content["text"].as_str().unwrap_or_default();
    let answer = Answer {
        status: response["status"].as_u64().unwrap().try_into().unwrap(),
        headers: self::headers(response),
        body: match content["encoding"].as_str() {
            Some("base64") => STANDARD.decode(text).unwrap(),
            _ => text.as_bytes().to_vec(),
        },
    };
    Recorded {
        index,
        method: request["method"].as_str().unwrap().to_owned(),
        target,
        body_lost: body.is_empty() && sent.is_some_and(|length| length > 0),
        headers,
        body,
        started: started.as_millisecond(),
        took,
        answer,
    }
}

fn headers(message: &Value) -> Vec<(String, String)> {
    let text = |header: &Value, name: &str| header[name].as_str().unwrap_or_default().to_owned();
    let headers = message["headers"].as_array().into_iter().flatten();
    headers.map(|header| (text(header, "name"), text(header, "value"))).collect()
}

/// The bytes of a body. A recorder may write what is no text as Latin-1, each byte a character; then
/// there are as many characters as there were bytes.
fn wire_bytes(text: &str, sent: Option<usize>) -> Vec<u8> {
    if sent != Some(text.len()) && sent == Some(text.chars().count()) {
        let latin1: Option<Vec<u8>> =
            text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect();
        if let Some(bytes) = latin1 {
            return bytes;
        }
    }
    text.as_bytes().to_vec()
}
