//! HAR files as recorders write them, and as they break.

#![expect(clippy::expect_used, reason = "it fails by panicking, and says so")]

use std::io::{Cursor, Read, Write};

use dify_contract::exchange::har::{HarErrorKind, HarReader, Limits};
use dify_contract::exchange::{Body, Exchange, HarError};
use dify_contract::finding::Redactor;

/// Reads and parses everything; an error takes the place of its exchange.
fn read(har: impl AsRef<[u8]>) -> Vec<Result<Exchange, HarError>> {
    read_with(har, &Limits::default())
}

fn read_with(har: impl AsRef<[u8]>, limits: &Limits) -> Vec<Result<Exchange, HarError>> {
    HarReader::new(Cursor::new(har.as_ref().to_vec()), "r.har", limits)
        .expect("memory can be read")
        .map(|entry| entry?.parse(&Redactor::default(), limits))
        .collect()
}

/// The exchanges' URLs, and the messages of errors.
fn told(results: Vec<Result<Exchange, HarError>>) -> Vec<String> {
    results.into_iter().map(|r| r.map_or_else(|e| e.to_string(), |e| e.request.url)).collect()
}

fn entry(url: &str) -> String {
    format!(r#"{{"request":{{"method":"GET","url":"{url}"}},"response":{{"status":204}}}}"#)
}

fn har(entries: &[&str]) -> String {
    format!(r#"{{"log":{{"entries":[{}]}}}}"#, entries.join(","))
}

fn one(entry: &str) -> Exchange {
    let mut all = read(har(&[entry]));
    assert_eq!(all.len(), 1);
    all.remove(0).expect("the entry is right")
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("memory can be written")
}

#[test]
fn members_stand_in_any_order_and_names_may_have_escapes() {
    let text = format!(
        "\u{feff} {{\"a\":[1,{{\"entries\":[]}}], \"log\" : {{\"pages\":[{{}}],\n\
         \"ent\\u0072ies\" : [ {} ,\n {} ] , \"version\":\"1.2\"}},\"z\":null}}\n ",
        entry("1"),
        entry("2")
    );
    assert_eq!(told(read(&text)), ["1", "2"]);
    let raw: Vec<_> = HarReader::new(Cursor::new(text.into_bytes()), "r", &Limits::default())
        .expect("memory can be read")
        .map(|entry| entry.expect("the entry is whole").spot.to_string())
        .collect();
    assert_eq!(raw, ["2:20", "3:2"]);
}

#[test]
fn what_is_no_har_is_told_apart() {
    for (text, message) in [
        ("", "r.har:1:1: the file is empty; record the traffic again"),
        (" \n", "r.har:2:1: the file is empty; record the traffic again"),
        ("hello", "r.har:1:1: this is no JSON; give a HAR 1.2 file, plain or gzip"),
        ("\u{1f}\0", "r.har:1:1: this is no JSON; give a HAR 1.2 file, plain or gzip"),
        (
            "[1]",
            "r.har:1:1: this is JSON, but no HAR: it is an array, a HAR is an object; \
             give a HAR 1.2 file",
        ),
        ("12", "r.har:1:1: this is JSON, but no HAR: it is a single value; give a HAR 1.2 file"),
        ("{}", "r.har:1:3: this is JSON, but no HAR: it has no `log`; give a HAR 1.2 file"),
        (
            r#"{"log":{"version":"1.2"}}"#,
            "r.har:1:26: this is JSON, but no HAR: it has no `log.entries`; give a HAR 1.2 file",
        ),
        (
            r#"{"log":[]}"#,
            "r.har:1:8: this is JSON, but no HAR: its `log` is no object; give a HAR 1.2 file",
        ),
        (
            r#"{"log":{"entries":{}}}"#,
            "r.har:1:19: this is JSON, but no HAR: its `log.entries` is no array; \
             give a HAR 1.2 file",
        ),
        (
            r#"{"log":{entries:[]}}"#,
            "r.har:1:9: the JSON is broken: expected a member's name in double quotes, \
             found 'e'; what came before was read; export the recording again",
        ),
    ] {
        assert_eq!(told(read(text)), [message], "{text}");
    }
    assert_eq!(
        told(read(gzip(b"garbage"))),
        ["r.har:1:1: this is no JSON; give a HAR 1.2 file, plain or gzip"]
    );
}

#[test]
fn what_follows_the_entries_is_judged_too() {
    let whole = har(&[&entry("1")]);
    assert_eq!(
        told(read(format!("{whole}\n{whole}"))),
        [
            "1",
            "r.har:2:1: something follows the end of the recording; it was not read; \
             give several recordings as several files"
        ]
    );
    let twice = format!(r#"{{"log":{{"entries":[{}],"entries":[{}]}}}}"#, entry("1"), entry("2"));
    let results = told(read(&twice));
    assert_eq!(results.len(), 2, "{results:?}");
    assert!(results[1].contains("`log.entries` stands here again"), "{results:?}");
    assert!(told(read(har(&[&entry("1"), "]}"])))[1].contains("expected an entry, found ']'"));
    assert!(told(read(har(&[&entry("1"), "{},,{}"])))[2].contains("expected an entry, found ','"));
    assert!(told(read(har(&[&format!("{0} {0}", entry("1"))])))[1].contains("expected `,` or `]`"));
}

#[test]
fn a_file_cut_at_any_byte_gives_what_is_whole() {
    let whole = har(&[&entry("1"), &entry("\u{e9}2"), &entry("3")]).replace(',', ",\n ");
    let ends: Vec<usize> = whole.match_indices("204}}").map(|(at, text)| at + text.len()).collect();
    for length in 0..whole.len() {
        let complete = ends.iter().filter(|end| **end <= length).count();
        let results = read(&whole.as_bytes()[..length]);
        assert_eq!(results.len(), complete + 1, "{length}");
        let mut errors = results.into_iter().filter_map(Result::err);
        let error = errors.next().expect("a file that is cut off has an error");
        assert!(errors.next().is_none());
        let spot = error.spot.expect("the error has a place");
        assert_eq!(spot.offset, length as u64);
        let line = whole.as_bytes()[..length].split(|byte| *byte == b'\n').count();
        assert_eq!(spot.line, line);
        match error.kind {
            HarErrorKind::Empty => assert_eq!(length, 0),
            HarErrorKind::CutInEntry { entry } => assert_eq!(entry, complete as u64),
            HarErrorKind::CutOff { entries } => assert_eq!(entries, complete as u64),
            other => panic!("{length}: {other}"),
        }
    }
    assert_eq!(read(&whole).len(), 3);
}

#[test]
fn a_gzip_file_cut_at_any_byte_never_panics() {
    let plain = har(&vec![entry("same").as_str(); 200]);
    let whole = gzip(plain.as_bytes());
    assert_eq!(read(&whole).len(), 200);
    let mut most = 0;
    for length in 2..whole.len() {
        let mut results = read(&whole[..length]);
        let last = results.pop().and_then(Result::err).expect("the last item is an error");
        assert!(matches!(last.kind, HarErrorKind::Gzip(_)), "{length}: {last}");
        assert!(results.iter().all(Result::is_ok));
        most = most.max(results.len());
    }
    assert!(most > 100, "{most}");
    // Two members, one behind the other, are one file.
    let (first, second) = plain.as_bytes().split_at(plain.len() / 2);
    assert_eq!(read([gzip(first), gzip(second)].concat()).len(), 200);
}

#[test]
fn a_broken_entry_is_an_error_of_its_own() {
    let bad =
        "{\"request\":{\"method\":\"GET\",\n  \"url\": \"\u{e9}\", \"headers\": \"sk-secret\"}}";
    let results =
        told(read(har(&[&entry("1"), bad, "null", "{\"request\":{\"method\":", &entry("2")])));
    assert_eq!(
        results[..3],
        [
            "1",
            "r.har:2:36: entry 1 is not what HAR 1.2 says: invalid type: string, \
             expected a sequence; it was skipped",
            "r.har:2:43: entry 2 is not what HAR 1.2 says: invalid type: null, \
             expected an object; it was skipped",
        ]
    );
    assert!(results[3].contains("entry 3 is not what HAR 1.2 says: expected value"), "{results:?}");
    assert!(results[4].contains("expected `,` or `]`, found '}'"), "{results:?}");
}

#[test]
fn entries_without_request_or_answer() {
    let results = told(read(har(&["{}", r#"{"request":{"method":"GET"}}"#])));
    assert!(results[0].contains("missing field `request`"), "{results:?}");
    assert!(results[1].contains("missing field `url`"), "{results:?}");
    for answer in ["", r#","response":null"#, r#","response":{"status":0,"_error":"net::ERR"}"#] {
        let entry = format!(r#"{{"request":{{"method":"GET","url":"u"}}{answer}}}"#);
        assert_eq!(one(&entry).response, None, "{entry}");
    }
}

#[test]
fn large_entries_are_skipped_and_told() {
    let large = format!(r#"{{"x":"{}"}}"#, "\u{e9}".repeat(500_000));
    let limits = Limits { max_entry: 1 << 10, ..Limits::default() };
    let results = told(read_with(har(&[&entry("1"), &large, &entry("2")]), &limits));
    let problem = format!(
        "r.har:1:{}: entry 1 has 1000008 bytes, more than the limit of 1 KiB; it was skipped",
        har(&[&entry("1")]).find(']').unwrap_or_default() + 2
    );
    assert_eq!(results, ["1".to_owned(), problem, "2".to_owned()]);
}

/// A HAR whose single body is as long as one likes, made while it is read.
struct Endless {
    head: Cursor<Vec<u8>>,
    body: usize,
    tail: Cursor<Vec<u8>>,
    largest: std::sync::Arc<std::sync::atomic::AtomicUsize>,
}

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.largest.fetch_max(buffer.len(), std::sync::atomic::Ordering::Relaxed);
        let count = self.head.read(buffer)?;
        if count > 0 {
            return Ok(count);
        }
        if self.body == 0 {
            return self.tail.read(buffer);
        }
        let count = self.body.min(buffer.len());
        buffer[..count].fill(b'a');
        self.body -= count;
        Ok(count)
    }
}

#[test]
fn a_hundred_megabytes_are_read_over() {
    let largest = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let source = Endless {
        head: Cursor::new(
            format!(r#"{{"log":{{"entries":[{},"#, entry("1"))
                .into_bytes()
                .into_iter()
                .chain(br#"{"x":""#.iter().copied())
                .collect(),
        ),
        body: 100 << 20,
        tail: Cursor::new(format!(r#""}},{}]}}}}"#, entry("2")).into_bytes()),
        largest: std::sync::Arc::clone(&largest),
    };
    let limits = Limits { max_entry: 4 << 20, ..Limits::default() };
    let results: Vec<_> =
        HarReader::new(source, "r.har", &limits).expect("it can be read").collect();
    let sizes: Vec<_> = results
        .iter()
        .map(|result| match result {
            Ok(entry) => entry.bytes.len() as u64,
            Err(error) => match error.kind {
                HarErrorKind::TooLarge { size, .. } => size,
                _ => 0,
            },
        })
        .collect();
    assert_eq!(sizes, [entry("1").len() as u64, (100 << 20) + 8, entry("2").len() as u64]);
    // The buffer never grew beyond a small multiple of the limit.
    assert!(largest.load(std::sync::atomic::Ordering::Relaxed) <= 8 << 20, "{largest:?}");
}

#[test]
fn bodies_larger_than_the_limit_are_missing() {
    let limits = Limits { max_body: 1 << 10, ..Limits::default() };
    let content = |text: &str, more: &str| {
        let entry = format!(
            r#"{{"request":{{"method":"GET","url":"u"}},"response":{{"status":200,"content":{{"text":"{text}"{more}}}}}}}"#
        );
        let exchange = read_with(har(&[&entry]), &limits).remove(0).expect("the entry is right");
        exchange.response.expect("there is an answer").body
    };
    let missing = |size| Body::Missing { size: Some(size), reason: "larger than 1 KiB".to_owned() };
    assert_eq!(content(&"a".repeat(1024), ""), Body::from_bytes(vec![b'a'; 1024]));
    assert_eq!(content(&"a".repeat(1025), ""), missing(1025));
    assert_eq!(content(&"AAAA".repeat(342), r#","encoding":"base64""#), missing(1026));
    assert_eq!(content("AA==", r#","encoding":"base64""#), Body::from_bytes(vec![0]));
}

#[test]
fn deep_nesting_in_members_nobody_reads_does_no_harm() {
    let deep = format!(
        r#"{{"request":{{"method":"GET","url":"u"}},"_x":{}{}}}"#,
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    assert_eq!(told(read(har(&[&deep]))), ["u"]);
    let url = format!(r#"{{"request":{{"method":"GET","url":{}}}}}"#, "[".repeat(1_000));
    assert_eq!(read(har(&[&url])).len(), 1);
}
