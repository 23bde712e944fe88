//! Tests of the commands for curl.

use insta::assert_snapshot;

use super::{curl, curl_request};
use crate::exchange::record::{Body, Exchange, Header, Headers, Request, Response, Times};

fn request(method: &str, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Request {
    let header =
        |(name, value): &(&str, &str)| Header { name: (*name).to_owned(), value: (*value).into() };
    Request {
        method: method.to_owned(),
        url: url.to_owned(),
        headers: Headers(headers.iter().map(header).collect()),
        body: Body::from_bytes(body.to_vec()),
    }
}

#[test]
fn a_plain_request() {
    let headers = [("Host", "h"), ("Accept", "*/*"), ("user-agent", "dify-contract/1.0")];
    let request = request("GET", "http://h/v1/info?a=b&c", &headers, b"");
    assert_snapshot!(curl_request(&request), @"curl 'http://h/v1/info?a=b&c'");
}

#[test]
fn a_post_that_streams() {
    let headers = [
        ("Authorization", "Bearer ***"),
        ("Content-Type", "application/json"),
        ("content-length", "5"),
    ];
    let request = request("POST", "http://h/v1/chat-messages", &headers, br#"{"query":"it's"}"#);
    let content_type = Header {
        name: "content-type".to_owned(),
        value: "text/event-stream; charset=utf-8".into(),
    };
    let response = Response {
        status: 200,
        headers: Headers(vec![content_type]),
        body: Body::Empty,
        end: None,
    };
    let times = Times::default();
    let exchange = Exchange {
        index: 0,
        request,
        response: Some(response),
        failure: None,
        expects: None,
        unmet: None,
        case: None,
        variable: None,
        times,
    };
    assert_snapshot!(curl(&exchange), @r#"curl -N http://h/v1/chat-messages -H "Authorization: Bearer $API_KEY" -H 'Content-Type: application/json' --data-raw '{"query":"it'\''s"}'"#);
}

#[test]
fn masked_headers_become_variables() {
    let headers = [
        ("X-Api-Key", "***"),
        ("Cookie", "***"),
        ("X-Note", "a$b***c `\"\\ ***"),
        ("X-Empty", ""),
        (":path", "/"),
    ];
    assert_snapshot!(curl_request(&request("GET", "http://h/", &headers, b"")), @r#"curl http://h/ -H "X-Api-Key: $API_KEY" -H "Cookie: $COOKIE" -H "X-Note: a\$b${SECRET}c \`\"\\ $SECRET" -H 'X-Empty;'"#);
}

#[test]
fn odd_methods_and_urls() {
    let lines = [
        request("DELETE", "http://h/{a}/[b]", &[], b""),
        request("GET", "http://h/../x", &[], b"{}"),
        request("POST", "http://h/", &[], b""),
        request("HEAD", "http://h/", &[], b""),
        request("PRI *", "-o", &[], b""),
    ]
    .map(|request| curl_request(&request));
    assert_snapshot!(lines.join("\n"), @r"
curl -g -X DELETE 'http://h/{a}/[b]'
curl --path-as-is -X GET http://h/../x -H Content-Type: --data-raw '{}'
curl -X POST http://h/
curl -I http://h/
curl -X 'PRI *' --url -o
");
}

#[test]
fn bodies_that_are_no_text_or_not_there() {
    let mut missing = request("PUT", "http://h/", &[("Content-Type", "a/b")], b"");
    missing.body =
        Body::Missing { size: Some(20_000_000), reason: "larger than\n16 MiB".to_owned() };
    let lines = [
        request("POST", "http://h/", &[("Content-Type", "image/png")], b"\x89PNG\0"),
        request("POST", "http://h/", &[("Content-Type", "text/plain")], &vec![b'a'; 16_385]),
        missing,
    ]
    .map(|request| curl_request(&request));
    assert_snapshot!(lines.join("\n"), @r"
printf %s 'iVBORwA=' | base64 -d | curl http://h/ -H 'Content-Type: image/png' --data-binary @-
curl http://h/ -H 'Content-Type: text/plain' --data-binary @BODY # BODY: the body of the request, 16385 bytes, too long for a command line
curl -X PUT http://h/ -H 'Content-Type: a/b' --data-binary @BODY # BODY: the body of the request, 20000000 bytes, larger than 16 MiB
");
}
