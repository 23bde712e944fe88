//! The client against servers that do what they like, each written as the bytes that it sends.

#![expect(clippy::expect_used, clippy::panic, reason = "a test may fail, and says why")]

mod answers;
mod failures;
mod secrets;
mod server;
mod streams;
mod tls;

use std::time::Duration;

use dify_contract::exchange::{
    Body, Client, ClientOptions, Exchange, Header, Headers, Proxy, Request, Response,
};

/// A client with small limits, so that waiting for one of them takes no time.
fn client(options: impl FnOnce(&mut ClientOptions)) -> Client {
    let mut own = ClientOptions { proxy: Proxy::None, ..ClientOptions::default() };
    options(&mut own);
    Client::new(own).expect("the options are right")
}

fn request(method: &str, url: &str) -> Request {
    Request {
        method: method.to_owned(),
        url: url.to_owned(),
        headers: Headers::default(),
        body: Body::Empty,
    }
}

fn headers(list: &[(&str, &str)]) -> Headers {
    let header = |(name, value): &(&str, &str)| Header {
        name: (*name).to_owned(),
        value: (*value).to_owned(),
    };
    Headers(list.iter().map(header).collect())
}

/// What comes of a GET.
async fn get(client: &Client, url: &str) -> Exchange {
    client.send(&request("GET", url), None).await
}

/// The answer, which must be there.
fn answer(exchange: &Exchange) -> &Response {
    exchange.response.as_ref().unwrap_or_else(|| panic!("no answer: {:?}", exchange.failure))
}

/// The body as text.
fn text(exchange: &Exchange) -> String {
    String::from_utf8_lossy(answer(exchange).body.bytes().unwrap_or_default()).into_owned()
}

/// So short that a test which waits for it is quick; nothing else must take longer than this.
const SHORT: Duration = Duration::from_millis(80);
