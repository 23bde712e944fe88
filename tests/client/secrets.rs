//! A key goes out on the wire, and is kept nowhere.

use std::fmt::Write as _;
use std::sync::Mutex;

use dify_contract::exchange::{Body, HarReader, HarWriter, Limits, Next, Progress, Secret, curl};
use dify_contract::finding::Redactor;

use super::server::{Server, chunk, last_chunk, plain, stream_head};
use super::{answer, client, headers, request, text};

const KEY: &str = "app-0123456789abcdef";

fn secret() -> Secret {
    Secret::bearer(KEY).expect("it is a key")
}

#[tokio::test]
async fn a_key_is_sent_and_masked_also_where_it_comes_back() {
    let echo = format!(r#"{{"message":"wrong key {KEY}!","again":"{KEY}"}}"#);
    let server = Server::sends(plain("application/json", echo)).await;
    let exchange = client(|_| {}).send(&request("GET", &server.url()), Some(&secret())).await;
    assert!(server.requests().concat().contains(&format!("authorization: Bearer {KEY}\r\n")));
    assert_eq!(exchange.request.headers.get("authorization"), Some("Bearer ***"));
    assert_eq!(text(&exchange), r#"{"message":"wrong key ***!","again":"***"}"#);
    assert!(!format!("{exchange:?}{:?}", secret()).contains(KEY));
    assert!(curl::curl(&exchange).contains("$API_KEY"));
}

#[tokio::test]
async fn a_request_with_a_key_of_its_own_keeps_it() {
    let server = Server::sends(plain("text/plain", "")).await;
    let mut wrong = request("GET", &server.url());
    wrong.headers = headers(&[("Authorization", "Bearer app-another-key")]);
    let exchange = client(|_| {}).send(&wrong, Some(&secret())).await;
    let wire = server.requests().concat();
    assert!(wire.contains("Bearer app-another-key\r\n") && !wire.contains(KEY), "{wire}");
    assert_eq!(exchange.request.headers.get("authorization"), Some("Bearer ***"));

    let named = Secret::in_header("X-Shop-Key", KEY).expect("it is a key");
    let exchange = client(|_| {}).send(&request("GET", &server.url()), Some(&named)).await;
    assert_eq!(exchange.request.headers.get("x-shop-key"), Some("***"));
    assert!(server.requests().concat().contains(&format!("x-shop-key: {KEY}\r\n")));
}

/// What is kept is as it would be if it were read from a recording, so both are judged alike.
#[tokio::test]
async fn what_is_kept_is_masked_as_recordings_are() {
    let event = format!("data: {{\"token\":\"t-1234\",\"number\":7}}\n\n: {KEY}\n\n");
    let server = Server::start(vec![stream_head(), chunk(&event), last_chunk()]).await;
    let redactor =
        || Redactor::new(["token".to_owned()], &["app-[0-9a-f]+".to_owned()]).expect("right");
    let mut sent = request("POST", &format!("{}?token=t-1234&q={KEY}", server.url()));
    sent.headers =
        headers(&[("Content-Type", "application/json"), ("Token", "t-1234"), ("Cookie", "a=b")]);
    sent.body = Body::from_bytes(br#"{"token":"t-1234"}"#.to_vec());
    let told = Mutex::new(String::new());
    let mut watch = |progress: Progress<'_>| {
        write!(told.lock().expect("nobody panics"), "{progress:?}").expect("memory can be written");
        Next::Read
    };
    let client = client(|options| options.redactor = redactor());
    let exchange = client.send_watched(&sent, Some(&secret()), &mut watch).await;
    assert_eq!(text(&exchange), "data: {\"token\":\"***\",\"number\":7}\n\n: ***\n\n");
    let shown =
        format!("{exchange:?}{}{}", curl::curl(&exchange), told.into_inner().expect("whole"));
    for secret in [KEY, "t-1234", "a=b"] {
        assert!(!shown.contains(secret), "{secret}: {shown}");
    }
    assert!(server.requests().concat().contains("t-1234"));
    assert_eq!(exchange.times.events_ms.len(), 2);
    assert!(answer(&exchange).end.is_some());

    let mut writer = HarWriter::new(Vec::new(), ("test", "1")).expect("memory can be written");
    writer.write(&exchange).expect("memory can be written");
    let har = std::io::Cursor::new(writer.finish().expect("memory can be written"));
    let limits = Limits::default();
    let mut reader = HarReader::new(har, "r.har", &limits).expect("memory can be read");
    let entry = reader.next().expect("there is one").expect("it can be read");
    assert_eq!(entry.parse(&redactor(), &limits).expect("it is right"), exchange);
}

#[test]
fn what_is_no_key_is_refused_and_not_shown() {
    for key in ["", "  ", "app-\n1234567", "app 1234567", "app-ä1234567"] {
        let problem = Secret::bearer(key).expect_err("it is no key").to_string();
        assert!(!problem.contains("1234567"), "{problem}");
    }
    assert!(Secret::bearer(" app-1234567\n").is_ok());
    assert!(Secret::in_header("a b", "1234567").is_err());
}
