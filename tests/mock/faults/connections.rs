//! Faults of connections, which a client hides from those who use it.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{Trial, probe, question};
use crate::api::Api;

/// What does not come within so long does not come.
const PATIENCE: Duration = Duration::from_secs(1);

pub const TRIALS: &[Trial] = &[
    (
        "truncated-body:GET /info",
        probe!(|api| {
            let (text, ended) = raw_info(api).await;
            let (head, body) = text.split_once("\r\n\r\n").unwrap();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            ended && body.len() < length.unwrap().parse().unwrap()
        }),
    ),
    (
        "truncated-body:POST /chat-messages",
        probe!(|api| {
            let (text, ended) = raw_stream(api).await;
            ended && text.contains("data: ") && !text.ends_with("\r\n0\r\n\r\n")
        }),
    ),
    ("reset:GET /info", probe!(|api| raw_info(api).await == (String::new(), true))),
    ("hang:GET /info", probe!(|api| raw_info(api).await == (String::new(), false))),
    ("slow:GET /info=600000", probe!(|api| raw_info(api).await == (String::new(), false))),
    (
        "endless-body:GET /info",
        probe!(|api| {
            let (text, ended) = raw_info(api).await;
            !ended && text.len() > 1 << 20
        }),
    ),
    (
        "silent-stream:POST /chat-messages",
        probe!(|api| {
            let (text, ended) = raw_stream(api).await;
            !ended && text.matches("data: ").count() == 1
        }),
    ),
    (
        "cut-stream:POST /chat-messages",
        probe!(|api| {
            let (text, ended) = raw_stream(api).await;
            ended && text.contains("data: ") && !text.ends_with("\r\n0\r\n\r\n")
        }),
    ),
];

/// What came over the wire in answer to a request with the chatbot's key, and whether it ended.
pub async fn raw(api: &Api, method: &str, path: &str, body: &str) -> (String, bool) {
    let base = api.base_url();
    let (address, _) = base.trim_start_matches("http://").split_once('/').unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!(
        "{method} /v1{path} HTTP/1.1\r\nHost: mock\r\nConnection: close\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        api.key("chat"),
        body.len(),
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut got = Vec::new();
    let reading = async {
        let mut piece = vec![0; 1 << 16];
        // A connection that is reset has ended as well.
        while let Ok(length @ 1..) = stream.read(&mut piece).await {
            got.extend_from_slice(&piece[..length]);
            if got.len() > 4 << 20 {
                return false;
            }
        }
        true
    };
    let ended = tokio::time::timeout(PATIENCE, reading).await.unwrap_or(false);
    (String::from_utf8_lossy(&got).into_owned(), ended)
}

/// What came of `GET /info`, and whether it ended.
pub async fn raw_info(api: &Api) -> (String, bool) {
    raw(api, "GET", "/info", "").await
}

/// What came of a stream, and whether it ended.
pub async fn raw_stream(api: &Api) -> (String, bool) {
    let body = question("alice", "streaming").to_string();
    raw(api, "POST", "/chat-messages", &body).await
}

#[tokio::test]
async fn each_shows() {
    super::each_shows(TRIALS).await;
}
