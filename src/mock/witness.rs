//! Who looks on: every exchange as it was on the wire, and a gate before all handlers.

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::http::{HeaderMap, Response, request};
use bytes::Bytes;
use futures_util::StreamExt;

use crate::exchange::{self, Exchange, Header, Headers, Request, Times};

/// Sees every exchange once it is over.
pub trait Witness: Debug + Send + Sync {
    /// An exchange is over.
    fn saw(&self, exchange: Exchange);
}

/// Decides whether a request may come in.
pub trait Gate: Debug + Send + Sync {
    /// Why it may not; `None` if it may.
    fn refuse(&self, request: &Request) -> Option<String>;
}

/// The request as it was on the wire.
pub fn request(head: &request::Parts, body: &Bytes, origin: &str) -> Request {
    Request {
        method: head.method.to_string(),
        url: format!("{origin}{}", head.uri),
        headers: headers(&head.headers),
        body: exchange::Body::from_bytes(body.to_vec()),
    }
}

fn headers(map: &HeaderMap) -> Headers {
    let header = |(name, value): (&axum::http::HeaderName, &axum::http::HeaderValue)| Header {
        name: name.to_string(),
        value: String::from_utf8_lossy(value.as_bytes()).into_owned(),
    };
    Headers(map.iter().map(header).collect())
}

/// The same response, which tells the witness what it was when it is over, or nobody reads on.
pub fn watched(
    witness: Arc<dyn Witness>,
    request: Request,
    begun: (Instant, String),
    response: Response<Body>,
) -> Response<Body> {
    let (head, body) = response.into_parts();
    let mut record = Record {
        witness,
        exchange: Some(Exchange {
            index: 0,
            request,
            response: Some(exchange::Response {
                status: head.status.as_u16(),
                headers: headers(&head.headers),
                body: exchange::Body::Empty,
                end: None,
            }),
            failure: None,
            expects: None,
            unmet: None,
            case: None,
            variable: None,
            times: Times { started: begun.1, ..Times::default() },
        }),
        begun: begun.0,
        seen: Vec::new(),
    };
    let body = body.into_data_stream().map(move |piece| {
        if let Ok(piece) = &piece {
            record.seen.extend_from_slice(piece);
        }
        piece
    });
    Response::from_parts(head, Body::from_stream(body))
}

/// What is known of an exchange so far. It is told when it is dropped.
struct Record {
    witness: Arc<dyn Witness>,
    exchange: Option<Exchange>,
    begun: Instant,
    seen: Vec<u8>,
}

impl Drop for Record {
    fn drop(&mut self) {
        let Some(mut exchange) = self.exchange.take() else { return };
        if let Some(response) = &mut exchange.response {
            response.body = exchange::Body::from_bytes(std::mem::take(&mut self.seen));
        }
        exchange.times.total_ms = self.begun.elapsed().as_secs_f64() * 1e3;
        self.witness.saw(exchange);
    }
}
