//! Real recordings, where they are: `DIFY_CONTRACT_CORPUS` names the folder that holds
//! `recordings/`. Without it these tests say that they skip, and pass.

#![expect(clippy::panic, clippy::print_stderr, reason = "it fails by panicking, and says so")]

use std::io::Cursor;
use std::path::PathBuf;

use dify_contract::exchange::har::{HarReader, HarWriter, Limits};
use dify_contract::exchange::sse::{Cut, LineEnd, frames};
use dify_contract::exchange::{Body, Exchange, MediaType, multipart};
use dify_contract::finding::Redactor;

/// All exchanges of a recording; `None` where there is no corpus.
fn exchanges(name: &str) -> Option<Vec<Exchange>> {
    let Some(corpus) = std::env::var_os("DIFY_CONTRACT_CORPUS") else {
        eprintln!("skipped: DIFY_CONTRACT_CORPUS is not set");
        return None;
    };
    let path = PathBuf::from(corpus).join("recordings").join(name);
    let limits = Limits::default();
    let redactor = Redactor::default();
    let reader = HarReader::open(&path, &limits).unwrap_or_else(|error| panic!("{error}"));
    let parsed = reader.map(|entry| entry?.parse(&redactor, &limits)).collect::<Result<_, _>>();
    Some(parsed.unwrap_or_else(|error| panic!("{error}")))
}

fn recordings() -> Vec<Exchange> {
    let mut all = exchanges("dify-1.14.2.har").unwrap_or_default();
    all.extend(exchanges("dify-1.14.2-fuzzed-chat.har.gz").unwrap_or_default());
    all
}

fn media_type(headers: &dify_contract::exchange::Headers) -> Option<MediaType> {
    headers.get("content-type").and_then(|value| MediaType::parse(value).ok())
}

#[test]
fn every_entry_of_the_recordings_is_read() {
    if let Some(all) = exchanges("dify-1.14.2.har") {
        assert_eq!(all.len(), 238);
        assert!(all.iter().enumerate().all(|(at, exchange)| exchange.index == at as u64));
        assert!(all.iter().all(|exchange| exchange.response.is_some()));
        let missing = all.iter().filter(|e| matches!(e.request.body, Body::Missing { .. })).count();
        assert_eq!(missing, 3, "GET requests whose body the recorder left out");
    }
    if let Some(all) = exchanges("dify-1.14.2-fuzzed-chat.har.gz") {
        assert_eq!(all.len(), 2_988);
        let errors =
            all.iter().filter(|e| e.response.as_ref().is_some_and(|r| r.status == 500)).count();
        assert_eq!(errors, 106);
    }
}

#[test]
fn a_picture_written_as_latin1_is_a_picture_again() {
    let Some(all) = exchanges("dify-1.14.2.har") else { return };
    let pictures: Vec<_> = all
        .iter()
        .filter_map(|exchange| {
            let bytes = exchange.request.body.bytes()?;
            let parts =
                multipart::parse(exchange.request.headers.get("content-type")?, bytes).ok()?;
            let picture = parts.iter().find(|p| p.content_type.as_deref() == Some("image/png"))?;
            bytes.get(picture.content.clone()).map(<[u8]>::to_vec)
        })
        .collect();
    assert!(!pictures.is_empty());
    for picture in pictures {
        assert!(picture.starts_with(b"\x89PNG\r\n\x1a\n"), "{picture:02x?}");
        // It ends with the chunk IEND and its checksum.
        assert!(picture.ends_with(b"IEND\xaeB`\x82"), "{picture:02x?}");
    }
}

#[test]
fn every_multipart_body_comes_apart() {
    let Some(all) = exchanges("dify-1.14.2-fuzzed-chat.har.gz") else { return };
    let (mut parts, mut broken) = (0, Vec::new());
    for exchange in &all {
        let content_type = exchange.request.headers.get("content-type").unwrap_or_default();
        let Some(bytes) = exchange.request.body.bytes() else { continue };
        if content_type.starts_with("multipart/form-data; boundary") {
            match multipart::parse(content_type, bytes) {
                Ok(found) => parts += found.len(),
                Err(error) => broken.push((exchange.index, error)),
            }
        }
    }
    assert!(parts > 100, "{parts}");
    // The fuzzer sent one in which no line end stands before the closing delimiter.
    assert_eq!(broken, [(1903, multipart::MultipartError::Unterminated { offset: 36 })]);
}

#[test]
fn every_event_stream_is_framed() {
    let (mut streams, mut total) = (0, 0);
    for exchange in &recordings() {
        let Some(response) = &exchange.response else { continue };
        if !media_type(&response.headers).is_some_and(|media_type| media_type.is_event_stream()) {
            continue;
        }
        let Some(stream) = response.body.bytes() else { continue };
        streams += 1;
        let all = frames(stream);
        total += all.len();
        let mut end = 0;
        for frame in &all {
            assert_eq!(frame.offset, end, "there are no bytes between frames");
            end = frame.offset + frame.length;
            assert_eq!(frame.line_end, Some(LineEnd::Lf));
            assert!(!frame.invalid_utf8() && !frame.byte_order_mark);
            assert_ne!(frame.cut, Some(Cut::TooLarge));
            if let Some(data) = frame.data() {
                assert!(serde_json::from_str::<serde_json::Value>(&data).is_ok(), "{data}");
            } else {
                assert_eq!(frame.event(), Some("ping"));
            }
        }
        assert_eq!(end, stream.len() as u64);
    }
    assert!(streams >= 44 || std::env::var_os("DIFY_CONTRACT_CORPUS").is_none(), "{streams}");
    eprintln!("{streams} streams, {total} frames");
}

#[test]
fn what_was_recorded_is_written_and_read_again() {
    let mut all = recordings();
    let mut writer = HarWriter::new(Vec::new(), ("test", "1")).expect("memory can be written");
    for (index, exchange) in (0..).zip(&mut all) {
        exchange.index = index;
        // The last digit of a fraction may change.
        exchange.times.total_ms = exchange.times.total_ms.round();
        writer.write(exchange).expect("memory can be written");
    }
    let har = Cursor::new(writer.finish().expect("memory can be written"));
    let limits = Limits::default();
    let reader = HarReader::new(har, "again.har", &limits).expect("memory can be read");
    let mut count = 0;
    for (entry, exchange) in reader.zip(&all) {
        let again = entry.and_then(|entry| entry.parse(&Redactor::default(), &limits));
        assert_eq!(&again.unwrap_or_else(|error| panic!("{error}")), exchange);
        count += 1;
    }
    assert_eq!(count, all.len());
}
