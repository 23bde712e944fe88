//! Answers that come, whole or not.

use std::io::Write as _;

use dify_contract::exchange::{Body, End};
use flate2::Compression;
use flate2::write::GzEncoder;

use super::server::{Act, Server, last_chunk, plain};
use super::{SHORT, answer, client, get, headers, request, text};

#[tokio::test]
async fn an_answer_is_kept_as_it_came() {
    let server = Server::sends(plain("application/json", r#"{"name":"Ä"}"#)).await;
    let mut request = request("POST", &format!("{}?a=b%20c#part", server.url()));
    request.headers =
        headers(&[("X-Trace", "1"), ("Content-Length", "99"), ("Content-Type", "text/plain")]);
    request.body = Body::from_bytes(b"hello".to_vec());
    let exchange = client(|_| {}).send(&request, None).await;
    assert_eq!(text(&exchange), r#"{"name":"Ä"}"#);
    let kept = answer(&exchange);
    assert_eq!((kept.status, &kept.end), (200, &Some(End::Complete)));
    assert_eq!(kept.headers.get("X-Version"), Some("1.14.2"));
    assert!(exchange.times.total_ms >= exchange.times.first_byte_ms.expect("an answer came"));
    assert!(exchange.times.started.ends_with('Z'), "{}", exchange.times.started);
    // The request is kept as it went out.
    assert_eq!(exchange.request.url, format!("{}?a=b%20c", server.url()));
    let wire = server.requests().concat();
    assert!(wire.starts_with("POST /v1/info?a=b%20c HTTP/1.1\r\n"), "{wire}");
    assert!(wire.ends_with("\r\n\r\nhello") && wire.contains("content-length: 5\r\n"), "{wire}");
    for header in &exchange.request.headers.0 {
        assert!(wire.contains(&format!("{}: {}\r\n", header.name, header.value)), "{header:?}");
    }
    let agent = exchange.request.headers.get("user-agent").unwrap_or_default();
    assert!(agent.starts_with("dify-contract/"), "{agent}");
}

#[tokio::test]
async fn bodies_of_every_framing_are_read() {
    let closed = "HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<html>";
    let chunked =
        "HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
    let none = "HTTP/1.1 204 No Content\r\n\r\n";
    let moved =
        "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/login\r\nContent-Length: 0\r\n\r\n";
    for (bytes, status, body) in
        [(closed, 200, "<html>"), (chunked, 404, "abc"), (none, 204, ""), (moved, 302, "")]
    {
        let server = Server::sends(bytes).await;
        let exchange = get(&client(|_| {}), &server.url()).await;
        assert_eq!((answer(&exchange).status, text(&exchange).as_str()), (status, body));
        assert_eq!(answer(&exchange).end, Some(End::Complete), "{bytes}");
        assert_eq!(server.requests().len(), 1);
    }
    let server =
        Server::sends("HTTP/1.1 200 OK\r\nContent-Length: 7\r\nContent-Encoding: gzip\r\n\r\n")
            .await;
    let exchange = client(|_| {}).send(&request("HEAD", &server.url()), None).await;
    assert_eq!(
        (&answer(&exchange).body, &answer(&exchange).end),
        (&Body::Empty, &Some(End::Complete))
    );
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text).expect("memory can be written");
    encoder.finish().expect("memory can be written")
}

fn coded(coding: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: {coding}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

#[tokio::test]
async fn a_compressed_body_is_kept_without_its_coding() {
    let whole = gzip(br#"{"a":1}"#);
    let server = Server::sends(coded("gzip", &whole)).await;
    let exchange = get(&client(|_| {}), &server.url()).await;
    assert_eq!(text(&exchange), r#"{"a":1}"#);
    assert_eq!(answer(&exchange).end, Some(End::Complete));
    // The headers are those of the wire.
    assert_eq!(answer(&exchange).headers.get("content-encoding"), Some("gzip"));
    assert!(server.requests().concat().contains("accept-encoding: gzip\r\n"));

    let server = Server::sends(coded("gzip", &whole[..whole.len() - 9])).await;
    let exchange = get(&client(|_| {}), &server.url()).await;
    assert!(matches!(&answer(&exchange).end, Some(End::CutOff { .. })), "{exchange:?}");

    let server = Server::sends(coded("gzip", b"this is no gzip")).await;
    let exchange = get(&client(|_| {}), &server.url()).await;
    assert!(matches!(&answer(&exchange).end, Some(End::CutOff { why }) if why.contains("gzip")));

    let server = Server::sends(coded("br", b"\x0b\x02\x80abc\x03")).await;
    let exchange = get(&client(|_| {}), &server.url()).await;
    assert!(
        matches!(&answer(&exchange).body, Body::Missing { reason, .. } if reason.contains("coding"))
    );
}

#[tokio::test]
async fn a_body_that_is_too_large_is_not_read_to_its_end() {
    let hundred =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000000\r\n\r\n";
    let endless = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n";
    for (head, size) in [(hundred, Some(100_000_000)), (endless, None)] {
        let acts = vec![Act::Send(head.into()), Act::Endless(vec![b'['; 8192])];
        let server = Server::start(acts).await;
        let exchange = get(&client(|options| options.max_body = 64 << 10), &server.url()).await;
        assert_eq!(answer(&exchange).end, Some(End::TooLarge));
        let missing = Body::Missing { size, reason: "larger than 64 KiB".to_owned() };
        assert_eq!(answer(&exchange).body, missing);
    }
    // What is small on the wire may be large without its coding.
    let server = Server::sends(coded("gzip", &gzip(&vec![0; 1 << 20]))).await;
    let exchange = get(&client(|options| options.max_body = 64 << 10), &server.url()).await;
    assert_eq!(answer(&exchange).end, Some(End::TooLarge));
    // A body of just the limit is not too large.
    let server = Server::sends(plain("text/plain", vec![b'a'; 64 << 10])).await;
    let exchange = get(&client(|options| options.max_body = 64 << 10), &server.url()).await;
    assert_eq!(answer(&exchange).end, Some(End::Complete));
}

#[tokio::test]
async fn a_body_that_breaks_off_is_kept_as_far_as_it_came() {
    let short =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{\"a\":";
    let no_last = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"a\":\r\n";
    let bad = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"a\":\r\nXY\r\n";
    let acts = |text: &str| vec![Act::Send(text.into()), Act::Pause];
    let reset = vec![Act::Send(short.into()), Act::Pause, Act::Reset];
    for (acts, words) in
        [(acts(short), "closed"), (acts(no_last), "closed"), (acts(bad), "chunk"), (reset, "reset")]
    {
        let server = Server::start(acts).await;
        let exchange = get(&client(|_| {}), &server.url()).await;
        assert_eq!(text(&exchange), "{\"a\":");
        let Some(End::CutOff { why }) = &answer(&exchange).end else { panic!("{exchange:?}") };
        assert!(why.contains(words), "{why}");
    }
}

#[tokio::test]
async fn a_body_that_hangs_is_given_up() {
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{";
    let server = Server::start(vec![Act::Send(head.into()), Act::Hang]).await;
    let exchange = get(&client(|options| options.silence = SHORT), &server.url()).await;
    assert_eq!(answer(&exchange).end, Some(End::Silent { seconds: SHORT.as_secs_f64() }));
    assert_eq!(text(&exchange), "{");
    let exchange = get(&client(|options| options.timeout = SHORT), &server.url()).await;
    assert_eq!(answer(&exchange).end, Some(End::TimedOut { seconds: SHORT.as_secs_f64() }));

    // One that goes on for ever, bit by bit.
    let mut acts = vec![Act::Send(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n".to_vec())];
    for _ in 0..1000 {
        acts.extend([Act::Send(b".".to_vec()), Act::Pause]);
    }
    acts.push(last_chunk());
    let server = Server::start(acts).await;
    let slow = client(|options| options.timeout = SHORT);
    let exchange = get(&slow, &server.url()).await;
    assert_eq!(answer(&exchange).end, Some(End::TimedOut { seconds: SHORT.as_secs_f64() }));
}
