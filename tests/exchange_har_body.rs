//! Bodies in the many ways in which recorders write them.

#![expect(clippy::expect_used, reason = "it fails by panicking, and says so")]

use std::io::Cursor;

use dify_contract::exchange::har::{HarReader, Limits};
use dify_contract::exchange::{Body, Exchange};
use dify_contract::finding::Redactor;

fn exchange(entry: &str) -> Result<Exchange, String> {
    let har = format!("{{\"log\":{{\"entries\":[\n{entry}]}}}}");
    let limits = Limits::default();
    HarReader::new(Cursor::new(har.into_bytes()), "r.har", &limits)
        .expect("memory can be read")
        .next()
        .expect("there is an entry")
        .and_then(|entry| entry.parse(&Redactor::default(), &limits))
        .map_err(|error| error.to_string())
}

/// The body of a request with this `Content-Type`, `bodySize` and `postData`.
fn sent(content_type: &str, size: i64, data: &str) -> Body {
    let headers = format!(r#"[{{"name":"Content-Type","value":"{content_type}"}}]"#);
    let entry = format!(
        r#"{{"request":{{"method":"POST","url":"u","headers":{headers},"bodySize":{size},"postData":{data}}}}}"#
    );
    exchange(&entry).expect("the entry is right").request.body
}

fn answered(content: &str) -> Result<Body, String> {
    let entry = format!(
        r#"{{"request":{{"method":"GET","url":"u"}},"response":{{"status":200,"content":{content}}}}}"#
    );
    exchange(&entry).map(|exchange| exchange.response.expect("there is an answer").body)
}

fn bytes(bytes: &[u8]) -> Body {
    Body::from_bytes(bytes.to_vec())
}

fn missing(size: Option<u64>) -> Body {
    Body::Missing { size, reason: "not recorded".to_owned() }
}

#[test]
fn latin1_is_undone_where_the_size_shows_it() {
    let png = r#"{"text":"\u0089PNG"}"#;
    let utf8 = "\u{89}PNG".as_bytes();
    // The recorder says four bytes, and there are four characters: each was a byte.
    assert_eq!(sent("multipart/form-data; boundary=b", 4, png), bytes(b"\x89PNG"));
    assert_eq!(sent("image/png", 4, png), bytes(b"\x89PNG"));
    // Five bytes: it was UTF-8. Unknown or other sizes: nothing is known.
    assert_eq!(sent("image/png", 5, png), bytes(utf8));
    assert_eq!(sent("image/png", -1, png), bytes(utf8));
    assert_eq!(sent("image/png", 9, png), bytes(utf8));
    // Text: the size may be the number of characters.
    assert_eq!(sent("text/plain", 4, png), bytes(utf8));
    assert_eq!(sent("application/json", 4, png), bytes(utf8));
    // Above U+00FF nothing can be restored.
    assert_eq!(sent("image/png", 4, r#"{"text":"\ufffdPNG"}"#), bytes("\u{fffd}PNG".as_bytes()));
    assert_eq!(
        sent("image/png", 4, r#"{"text":"iVBORw==","encoding":"base64"}"#),
        bytes(b"\x89PNG")
    );
}

#[test]
fn bytes_behind_surrogates_come_back() {
    assert_eq!(sent("application/json", 3, r#"{"text":"\udcffL\udc80"}"#), bytes(b"\xffL\x80"));
    assert_eq!(answered(r#"{"text":"a\udcff"}"#), Ok(bytes(b"a\xff")));
}

#[test]
fn forms_are_rebuilt_from_their_parameters() {
    let params = r#"{"mimeType":"x","params":[{"name":"a b","value":"c&d=é"},{"name":"e"}]}"#;
    let form = "application/x-www-form-urlencoded";
    assert_eq!(sent(form, 20, params), bytes(b"a+b=c%26d%3D%C3%A9&e="));
    let params = r#"{"params":[{"name":"a\"","value":"1"},
        {"name":"f","value":"2","fileName":"f.txt","contentType":"text/plain"}]}"#;
    assert_eq!(
        sent("multipart/form-data; boundary=b", -1, params),
        bytes(
            b"--b\r\nContent-Disposition: form-data; name=\"a%22\"\r\n\r\n1\r\n\
              --b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f.txt\"\r\n\
              Content-Type: text/plain\r\n\r\n2\r\n--b--\r\n"
        )
    );
    let file = r#"{"params":[{"name":"f","fileName":"f.txt"}]}"#;
    assert_eq!(sent("multipart/form-data; boundary=b", 90, file), missing(Some(90)));
    assert_eq!(sent("multipart/form-data", -1, params), missing(None));
}

#[test]
fn what_was_not_recorded_is_missing_and_not_empty() {
    assert_eq!(sent("a/b", 17, "null"), missing(Some(17)));
    assert_eq!(sent("a/b", 17, r#"{"text":"","params":[]}"#), missing(Some(17)));
    assert_eq!(sent("a/b", 0, r#"{"text":""}"#), Body::Empty);
    assert_eq!(sent("a/b", -1, "null"), Body::Empty);
    assert_eq!(answered(r#"{"size":9,"mimeType":"a/b"}"#), Ok(missing(Some(9))));
    assert_eq!(answered(r#"{"size":0,"mimeType":"a/b","text":""}"#), Ok(Body::Empty));
    assert_eq!(answered("null"), Ok(Body::Empty));
    let head =
        r#"{"request":{"method":"HEAD","url":"u"},"response":{"status":200,"content":{"size":9}}}"#;
    assert_eq!(exchange(head).expect("right").response.expect("there").body, Body::Empty);
}

#[test]
fn a_wrong_charset_changes_nothing() {
    let content = r#"{"mimeType":"text/plain; charset=utf-16","text":"é"}"#;
    assert_eq!(answered(content), Ok(bytes("é".as_bytes())));
    let content =
        r#"{"mimeType":"text/plain; charset=nonsense","text":"6Q==","encoding":"base64"}"#;
    assert_eq!(answered(content), Ok(bytes(b"\xe9")));
}

#[test]
fn broken_base64_is_an_error_with_its_place() {
    let problem = |text: &str| {
        answered(&format!(r#"{{"text":"{text}","encoding":"base64"}}"#))
            .expect_err("this is no base64")
            .replace("entry 0 is not what HAR 1.2 says: `response.content.text`: ", "")
            .replace("; it was skipped", "")
    };
    assert_eq!(problem("AA!A"), "r.har:2:83: the base64 is invalid at its character 3");
    assert_eq!(problem("AAAAA"), "r.har:2:83: the base64 is cut off after 5 characters");
    assert_eq!(problem("AA="), "r.har:2:83: the base64 has wrong padding");
}

#[test]
fn a_media_type_beside_the_body_stands_in_for_the_header() {
    let types = |entry: &str| {
        let exchange = exchange(entry).expect("the entry is right");
        let answer = exchange.response.map(|r| r.headers.get("content-type").map(str::to_owned));
        (exchange.request.headers.get("Content-Type").map(str::to_owned), answer.flatten())
    };
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(
        types(
            r#"{"request":{"method":"POST","url":"u","postData":{"mimeType":"a/b","text":"x"}},
            "response":{"status":200,"content":{"mimeType":"c/d","text":"x"}}}"#
        ),
        (text("a/b"), text("c/d"))
    );
    // Somebody recorded headers, and there was no such header.
    assert_eq!(
        types(
            r#"{"request":{"method":"POST","url":"u","headers":[{"name":"A","value":"b"}],
            "postData":{"mimeType":"a/b","text":"x"}},
            "response":{"status":200,"content":{"mimeType":"x-unknown","text":"x"}}}"#
        ),
        (None, None)
    );
}
