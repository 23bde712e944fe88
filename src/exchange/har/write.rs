//! Writes HAR 1.2, entry by entry.

use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::parse::UNKNOWN_START;
use crate::exchange::outcome::{End, Failure};
use crate::exchange::query;
use crate::exchange::record::{Body, Exchange, Headers, Request, Response, Unmet};

/// Writes exchanges as a HAR, as they come.
///
/// Reading the file gives equal exchanges. Where HAR has no words, members of our own (with an
/// underscore, as the standard provides) carry them: `_missing` says why a body is not there, `_end`
/// how it ended, `_failure` why no answer came, `_firstByteMs` and `_eventsMs` when head and events
/// came, `_expects` what the sender expects, `_case` the name of the episode that the exchange is a part of.
/// An exchange without an answer gets the status 0, as browsers write it.
#[derive(Debug)]
pub struct HarWriter<W: Write> {
    output: W,
    entries: u64,
}

impl<W: Write> HarWriter<W> {
    /// Begins a file; `creator` is the name and version of the program that made the record.
    ///
    /// # Errors
    /// Where writing fails.
    pub fn new(mut output: W, creator: (&str, &str)) -> io::Result<Self> {
        let creator = json!({"name": creator.0, "version": creator.1});
        write!(output, r#"{{"log":{{"version":"1.2","creator":{creator},"entries":["#)?;
        Ok(Self { output, entries: 0 })
    }

    /// Writes an exchange. Its index is not written: it is its place in the file.
    ///
    /// # Errors
    /// Where writing fails.
    pub fn write(&mut self, exchange: &Exchange) -> io::Result<()> {
        self.output.write_all(if self.entries == 0 { b"\n" } else { b",\n" })?;
        self.entries += 1;
        serde_json::to_writer(&mut self.output, &entry(exchange)).map_err(io::Error::from)
    }

    /// Ends the file, and gives back what it was written to, flushed.
    ///
    /// # Errors
    /// Where writing fails.
    pub fn finish(mut self) -> io::Result<W> {
        self.output.write_all(b"\n]}}\n")?;
        self.output.flush()?;
        Ok(self.output)
    }
}

fn entry(exchange: &Exchange) -> Value {
    let times = &exchange.times;
    let started = if times.started.is_empty() { UNKNOWN_START } else { &times.started };
    let wait = times.first_byte_ms.unwrap_or(times.total_ms);
    let mut value = json!({
        "startedDateTime": started,
        "time": times.total_ms,
        "request": request(&exchange.request),
        "response": response(exchange.response.as_ref()),
        "cache": {},
        "timings": {"send": 0, "wait": wait, "receive": (times.total_ms - wait).max(0.0)},
    });
    if let Some(value) = value.as_object_mut() {
        if let Some(first_byte) = times.first_byte_ms {
            value.insert("_firstByteMs".to_owned(), first_byte.into());
        }
        if !times.events_ms.is_empty() {
            value.insert("_eventsMs".to_owned(), times.events_ms.clone().into());
        }
        if let Some(Failure { kind, message, help }) = &exchange.failure {
            let failure = json!({"kind": kind.word(), "message": message, "help": help});
            value.insert("_failure".to_owned(), failure);
        }
        if let Some(expects) = exchange.expects {
            value.insert("_expects".to_owned(), expects.word().into());
        }
        if let Some(unmet) = &exchange.unmet {
            let Unmet { step, criterion, seen, source } = &**unmet;
            let unmet = json!({
                "step": step,
                "criterion": criterion,
                "seen": seen,
                "file": source.file,
                "line": source.line,
                "column": source.column,
                "pointer": source.pointer,
            });
            value.insert("_unmet".to_owned(), unmet);
        }
        if let Some(case) = &exchange.case {
            value.insert("_case".to_owned(), (**case).into());
        }
    }
    value
}

fn request(request: &Request) -> Value {
    let query = query::split(&request.url).query.unwrap_or_default();
    let query: Vec<Value> = query::pairs(query.as_bytes())
        .into_iter()
        .map(|pair| json!({"name": pair.name, "value": pair.value}))
        .collect();
    let mut value = json!({
        "method": request.method,
        "url": request.url,
        "httpVersion": "unknown",
        "cookies": [],
        "headers": headers(&request.headers),
        "queryString": query,
        "headersSize": -1,
        "bodySize": size(&request.body),
    });
    if request.body != Body::Empty {
        let mut data = body(&request.body, media_type(&request.headers));
        // Unlike `content`, `postData` must have a text.
        if let Some(data) = data.as_object_mut() {
            data.entry("text").or_insert_with(|| "".into());
        }
        if let Some(value) = value.as_object_mut() {
            value.insert("postData".to_owned(), data);
        }
    }
    value
}

fn response(response: Option<&Response>) -> Value {
    let (empty, none) = (Headers::default(), Body::Empty);
    let (status, list, answer) =
        response.map_or((0, &empty, &none), |r| (r.status, &r.headers, &r.body));
    let mut content = body(answer, media_type(list));
    if let Some(content) = content.as_object_mut() {
        content.insert("size".to_owned(), size(answer));
    }
    let mut value = json!({
        "status": status,
        "statusText": "",
        "httpVersion": "unknown",
        "cookies": [],
        "headers": headers(list),
        "content": content,
        "redirectURL": list.get("location").unwrap_or_default(),
        "headersSize": -1,
        "bodySize": -1,
    });
    if let (Some(value), Some(how)) = (value.as_object_mut(), response.and_then(|r| r.end.as_ref()))
    {
        value.insert("_end".to_owned(), end(how));
    }
    value
}

fn end(end: &End) -> Value {
    match end {
        End::CutOff { why } => json!({"how": end.word(), "why": why}),
        End::Silent { seconds } | End::TimedOut { seconds } => {
            json!({"how": end.word(), "seconds": seconds})
        }
        End::Complete | End::TooLarge | End::Stopped => json!({"how": end.word()}),
    }
}

/// What `postData` and `content` have in common.
fn body(body: &Body, media_type: &str) -> Value {
    match body {
        Body::Empty => json!({"mimeType": media_type}),
        Body::Missing { reason, .. } => json!({"mimeType": media_type, "_missing": reason}),
        Body::Bytes(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => json!({"mimeType": media_type, "text": text}),
            Err(_) => json!({
                "mimeType": media_type,
                "text": STANDARD.encode(bytes),
                "encoding": "base64",
            }),
        },
    }
}

/// The size in bytes; -1 is HAR's word for unknown.
fn size(body: &Body) -> Value {
    match body {
        Body::Empty => 0.into(),
        Body::Bytes(bytes) => bytes.len().into(),
        Body::Missing { size, .. } => size.map_or_else(|| (-1).into(), Value::from),
    }
}

fn media_type(headers: &Headers) -> &str {
    headers.get("content-type").unwrap_or_default()
}

fn headers(headers: &Headers) -> Vec<Value> {
    headers.0.iter().map(|h| json!({"name": h.name, "value": h.value})).collect()
}
