//! Answers on the wire.

use std::convert::Infallible;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};
use bytes::Bytes;
use futures_util::stream;

use super::reply::{Payload, Reply};
use super::server::Shared;
use super::state::{Frame, Next};

/// The version that the mock behaves like.
const VERSION: &str = "1.14.2";

/// A silent stream says so often that it is alive.
const PING: Duration = Duration::from_secs(10);

/// The answer as a response, with the headers that every answer has.
pub fn response(shared: &Arc<Shared>, reply: Reply) -> Response<Body> {
    let body = match reply.payload {
        Payload::Empty => Body::empty(),
        // A value that is made of values can be written.
        Payload::Json(value) => Body::from(serde_json::to_vec(&value).unwrap_or_default()),
        Payload::Bytes(bytes) => Body::from(bytes),
        Payload::Chunks(chunks) => {
            Body::from_stream(stream::iter(chunks.into_iter().map(Ok::<_, Infallible>)))
        }
        Payload::Feed { name, from } => feed(Arc::clone(shared), name, from),
    };
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or_default();
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_maybe_shared(Bytes::from(reply.media_type.into_owned())) {
        headers.insert(header::CONTENT_TYPE, value);
    }
    for (name, value) in [
        ("access-control-allow-origin", "*"),
        ("access-control-expose-headers", "X-Env, X-Trace-Id, X-Version"),
        ("x-version", VERSION),
        ("x-env", "PRODUCTION"),
        ("vary", "Cookie"),
    ] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    for (name, value) in reply.headers {
        if let (Ok(name), Ok(value)) =
            (HeaderName::try_from(name), HeaderValue::try_from(value.as_ref()))
        {
            headers.insert(name, value);
        }
    }
    response
}

/// The events of a feed, each when it is due.
fn feed(shared: Arc<Shared>, name: String, from: usize) -> Body {
    let next = move |seen: usize| {
        let (shared, name) = (Arc::clone(&shared), name.clone());
        async move {
            loop {
                let mut changed = shared.changed.subscribe();
                let next = {
                    let mut world = shared.world.lock().unwrap_or_else(PoisonError::into_inner);
                    let next = world.feeds.next(&name, seen);
                    if next == Next::End {
                        world.feeds.forget(&name);
                    }
                    next
                };
                match next {
                    Next::Frame(frame) => {
                        return Some((Ok::<_, Infallible>(written(&frame)), seen + 1));
                    }
                    Next::End => return None,
                    Next::Wait(due) => {
                        tokio::select! {
                            () = tokio::time::sleep_until(due.into()) => {}
                            _ = changed.changed() => {}
                        }
                    }
                    Next::Idle => {
                        let woken = tokio::time::timeout(PING, changed.changed()).await;
                        if woken.is_err() {
                            return Some((Ok(written(&Frame::Ping)), seen));
                        }
                    }
                }
            }
        }
    };
    Body::from_stream(stream::unfold(from, next))
}

/// A frame as it is on the wire. A ping has no data.
fn written(frame: &Frame) -> Bytes {
    match frame {
        Frame::Ping => Bytes::from_static(b"event: ping\n\n"),
        Frame::Event(value) => Bytes::from(format!("data: {value}\n\n")),
    }
}
