//! No answer at all: why, in words, and what to do.

use dify_contract::exchange::{
    Body, Client, ClientOptions, FailureKind, Pace, PaceOptions, Proxy, Request,
};
use std::fmt::Write as _;
use std::time::Duration;

use super::server::{Act, Server};
use super::{SHORT, client, get, headers, request};

/// The failure of a GET, with the port as it is different each time left out.
async fn failure(client: &Client, url: &str) -> (FailureKind, String) {
    let exchange = get(client, url).await;
    assert!(exchange.response.is_none(), "{exchange:?}");
    let failure = exchange.failure.expect("there is neither answer nor failure");
    let port = url.rsplit(':').next().unwrap_or_default();
    let port: String = port.chars().take_while(char::is_ascii_digit).collect();
    let words = failure.to_string();
    (failure.kind, if port.is_empty() { words } else { words.replace(&port, "PORT") })
}

/// A port at which nothing listens.
async fn nobody() -> u16 {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("loopback is there");
    listener.local_addr().expect("it is bound").port()
}

#[tokio::test]
async fn every_failure_says_what_happened_and_what_to_do() {
    let mut told = String::new();
    let mut tell = |name: &str, (kind, words): (FailureKind, String)| {
        writeln!(told, "{name} ({}): {words}\n", kind.word()).expect("memory can be written");
    };
    let plain = client(|_| {});
    let url = format!("http://127.0.0.1:{}/v1/info", nobody().await);
    tell("nobody listens", failure(&plain, &url).await);
    let server = Server::start(vec![Act::Reset]).await;
    tell("reset", failure(&plain, &server.url()).await);
    let server = Server::start(Vec::new()).await;
    tell("closed", failure(&plain, &server.url()).await);
    let server = Server::sends("HTTP/1.1 200 OK\r\nContent-").await;
    tell("closed in the head", failure(&plain, &server.url()).await);
    let server = Server::start(vec![Act::Hang]).await;
    let quick = client(|options| options.timeout = SHORT);
    tell("hangs", failure(&quick, &server.url()).await);
    let server = Server::sends("SSH-2.0-OpenSSH_9.6\r\n").await;
    tell("no HTTP", failure(&plain, &server.url()).await);
    let server = Server::sends("HTTP/1.1 200 OK\r\nno header\r\n\r\n").await;
    tell("no header", failure(&plain, &server.url()).await);
    let server = Server::start(vec![
        Act::Send(b"HTTP/1.1 200 OK\r\nx: ".to_vec()),
        Act::Endless(vec![b'x'; 9999]),
    ])
    .await;
    tell("an endless head", failure(&plain, &server.url()).await);
    let server = Server::sends("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n").await;
    let encrypted = server.url().replace("http:", "https:");
    tell("no TLS", failure(&plain, &encrypted).await);
    let server = Server::start(Vec::new()).await;
    let encrypted = server.url().replace("http:", "https:");
    tell("closed before TLS", failure(&plain, &encrypted).await);
    insta::assert_snapshot!("failures", told);
}

#[tokio::test]
async fn a_name_without_an_address_is_told() {
    // A label of more than 63 characters cannot be looked up anywhere.
    let url = format!("http://{}.test/v1/info", "a".repeat(64));
    let (kind, words) = failure(&client(|_| {}), &url).await;
    assert_eq!(kind, FailureKind::Unresolved, "{words}");
    assert!(words.contains("has no address") && words.contains("base URL"), "{words}");
}

#[tokio::test]
async fn a_proxy_in_the_way_is_told() {
    let refusing = Server::sends("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n").await;
    let gone = nobody().await;
    for (port, target) in [(refusing.port, "https"), (gone, "https"), (gone, "http")] {
        let proxied =
            client(|options| options.proxy = Proxy::Url(format!("http://127.0.0.1:{port}")));
        let (kind, words) = failure(&proxied, &format!("{target}://shop.example/v1/info")).await;
        assert_eq!(kind, FailureKind::Proxy, "{words}");
        assert!(words.contains("shop.example"), "{words}");
    }
    // What goes to this machine goes over a proxy that is named, too.
    let server = Server::sends("HTTP/1.1 204 No Content\r\n\r\n").await;
    let proxied = client(|options| options.proxy = Proxy::Url(format!("http://127.0.0.1:{gone}")));
    let (kind, words) = failure(&proxied, &server.url()).await;
    assert_eq!(kind, FailureKind::Proxy, "{words}");
}

#[tokio::test]
async fn what_is_no_request_is_not_sent() {
    let server = Server::sends("HTTP/1.1 204 No Content\r\n\r\n").await;
    let url = server.url();
    let with = |change: &dyn Fn(&mut Request)| {
        let mut request = request("GET", &url);
        change(&mut request);
        request
    };
    let missing = Body::Missing { size: None, reason: "not recorded".to_owned() };
    for broken in [
        with(&|r| r.method = "GE T".to_owned()),
        with(&|r| r.url = "/v1/info".to_owned()),
        with(&|r| r.url = "ftp://127.0.0.1/".to_owned()),
        with(&|r| r.url = "http://".to_owned()),
        with(&|r| r.headers = headers(&[("a b", "c")])),
        with(&|r| r.headers = headers(&[("a", "b\r\nc: d")])),
        with(&|r| r.body = missing.clone()),
    ] {
        let exchange = client(|_| {}).send(&broken, None).await;
        let failure = exchange.failure.unwrap_or_else(|| panic!("{broken:?} was sent"));
        assert_eq!(failure.kind, FailureKind::NotSent, "{failure}");
    }
    assert!(server.requests().is_empty());
}

#[test]
fn options_that_cannot_be_used_are_told() {
    let refused = |options: ClientOptions| match Client::new(options) {
        Ok(_) => panic!("they were taken"),
        Err(problem) => problem.to_string(),
    };
    let proxy =
        |url: &str| ClientOptions { proxy: Proxy::Url(url.to_owned()), ..Default::default() };
    let mut told: Vec<String> = ["shop.example:80", "ftp://a:secret@b", "http://"]
        .into_iter()
        .map(|url| refused(proxy(url)))
        .collect();
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    for (name, text) in [
        ("empty.pem", ""),
        ("no.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
        ("cut.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n"),
        ("bad.pem", "-----BEGIN CERTIFICATE-----\n?\n-----END CERTIFICATE-----\n"),
    ] {
        let path = folder.join(name);
        std::fs::write(&path, text).expect("the folder for tests can be written");
        told.push(refused(ClientOptions { ca_file: Some(path), ..Default::default() }));
    }
    let path = Some(folder.join("not-there.pem"));
    told.push(refused(ClientOptions { ca_file: path, ..Default::default() }));
    let told = told.join("\n\n").replace(&format!("{}/", folder.display()), "");
    assert!(!told.contains("secret"), "{told}");
    insta::assert_snapshot!("options", told);
}

#[tokio::test]
async fn only_what_changes_nothing_is_sent_again() {
    let server = Server::start(vec![Act::Reset]).await;
    let failing = Server::sends("HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n").await;
    let pace =
        Pace::new(PaceOptions { backoff: Duration::from_millis(1), ..PaceOptions::default() });
    let client = client(|_| {});
    for (method, server, expected) in
        [("GET", &server, 3), ("POST", &server, 1), ("DELETE", &server, 1), ("GET", &failing, 1)]
    {
        let before = server.requests().len();
        let exchange = pace.send(&client, &request(method, &server.url()), None).await;
        assert!(exchange.failure.is_some() || exchange.response.is_some());
        assert_eq!(server.requests().len() - before, expected, "{method}");
    }
}
