//! Answers on the wire.

use std::convert::Infallible;
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};
use bytes::Bytes;
use futures_util::stream::{self, StreamExt};
use tokio::sync::watch;

use super::reply::{Payload, Reply, View};
use super::server::Shared;
use super::state::{Frame, Next, World};

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
        Payload::Feed(view) => feed(Arc::clone(shared), view),
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
fn feed(shared: Arc<Shared>, view: View) -> Body {
    let lead: Vec<_> = view.lead.iter().map(|frame| Ok::<_, Infallible>(written(frame))).collect();
    let listener = Listener::new(shared, view.name);
    let next = move |seen: usize| {
        let listener = Arc::clone(&listener);
        async move {
            if view.to == Some(seen) {
                return None;
            }
            let silent = Instant::now() + PING;
            loop {
                let mut changed = listener.shared.changed.subscribe();
                let next = listener.world().feeds.next(&listener.name, seen);
                match next {
                    Next::Frame(frame) => {
                        return Some((Ok::<_, Infallible>(written(&frame)), seen + 1));
                    }
                    Next::End => return None,
                    Next::Wait(_) | Next::Idle if silent <= Instant::now() => {
                        return Some((Ok(written(&Frame::Ping)), seen));
                    }
                    Next::Wait(due) => wait(&mut changed, due.min(silent)).await,
                    Next::Idle => wait(&mut changed, silent).await,
                }
            }
        }
    };
    Body::from_stream(stream::iter(lead).chain(stream::unfold(view.from, next)))
}

/// Waits until then, or until feeds have changed.
async fn wait(changed: &mut watch::Receiver<u64>, until: Instant) {
    tokio::select! {
        () = tokio::time::sleep_until(until.into()) => {}
        _ = changed.changed() => {}
    }
}

/// A stream that reads a feed, for as long as it does.
struct Listener {
    shared: Arc<Shared>,
    name: String,
}

impl Listener {
    fn new(shared: Arc<Shared>, name: String) -> Arc<Self> {
        let listener = Self { shared, name };
        listener.world().feeds.listen(&listener.name);
        Arc::new(listener)
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.shared.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.world().feeds.leave(&self.name);
    }
}

/// A frame as it is on the wire. A ping has no data.
fn written(frame: &Frame) -> Bytes {
    match frame {
        Frame::Ping => Bytes::from_static(b"event: ping\n\n"),
        Frame::Event(value) => Bytes::from(format!("data: {value}\n\n")),
    }
}
