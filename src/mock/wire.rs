//! Answers on the wire.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::io;
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};
use bytes::Bytes;
use futures_util::{StreamExt, stream};

use super::faults::{Filter, Piece};
use super::reply::{Break, Payload, Reply, View};
use super::server::Shared;
use super::state::{Frame, Next, World};

/// The version that the mock behaves like.
const VERSION: &str = "1.14.2";

/// A silent stream says so often that it is alive.
const PING: Duration = Duration::from_secs(10);

/// What an endless body goes on with.
static SPACES: [u8; 1 << 16] = [b' '; 1 << 16];

/// So long it takes at most to write down what comes before a connection is cut.
const LAST: Duration = Duration::from_millis(20);

/// The answer as a response, with the headers that every answer has.
pub fn response(shared: &Arc<Shared>, reply: Reply) -> Response<Body> {
    let mut length = None;
    let body = match reply.payload {
        Payload::Empty => Body::empty(),
        // A value that is made of values can be written.
        Payload::Json(value) => {
            broken(serde_json::to_vec(&value).unwrap_or_default().into(), reply.breaks, &mut length)
        }
        Payload::Bytes(bytes) => broken(bytes, reply.breaks, &mut length),
        Payload::Chunks(chunks) => {
            Body::from_stream(stream::iter(chunks.into_iter().map(Ok::<_, Infallible>)))
        }
        Payload::Feed(view) => {
            let filters = match reply.breaks {
                Some(Break::Truncate) => vec![super::faults::cut()],
                _ => reply.filters,
            };
            Feed::new(Arc::clone(shared), view, filters).body()
        }
    };
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or_default();
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_maybe_shared(Bytes::from(reply.media_type.into_owned())) {
        headers.insert(header::CONTENT_TYPE, value);
    }
    let shared_with_all = [
        ("access-control-allow-origin", "*"),
        ("access-control-expose-headers", "X-Env, X-Trace-Id, X-Version"),
    ];
    let of_all = [("x-version", VERSION), ("x-env", "PRODUCTION"), ("vary", "Cookie")];
    let shared_with_all = shared_with_all.into_iter().filter(|_| !reply.same_origin);
    for (name, value) in shared_with_all.chain(of_all) {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    if let Some(length) = length {
        headers.insert(header::CONTENT_LENGTH, length.into());
    }
    for (name, value) in reply.headers {
        if let (Ok(name), Ok(value)) =
            (HeaderName::try_from(name), HeaderValue::try_from(value.as_ref()))
        {
            headers.insert(name, value);
        }
    }
    if let Some(name) = reply.without {
        headers.remove(name);
    }
    response
}

/// The bytes, or what a break leaves of them.
fn broken(bytes: Bytes, breaks: Option<Break>, length: &mut Option<u64>) -> Body {
    match breaks {
        Some(Break::Truncate) => {
            *length = Some(bytes.len() as u64);
            let half = bytes.slice(..bytes.len() / 2);
            Body::from_stream(stream::once(async { Ok(half) }).chain(stream::once(cut())))
        }
        Some(Break::Endless) => {
            let rest = stream::repeat(Bytes::from_static(&SPACES));
            Body::from_stream(stream::once(async { bytes }).chain(rest).map(Ok::<_, Infallible>))
        }
        _ => Body::from(bytes),
    }
}

/// The end of a connection. What was sent before gets through: the server throws away what it has not
/// written yet.
async fn cut() -> Result<Bytes, io::Error> {
    tokio::time::sleep(LAST).await;
    Err(io::Error::other("cut"))
}

/// A feed on its way to a listener.
struct Feed {
    shared: Arc<Shared>,
    name: String,
    /// What comes ahead of the feed's own frames.
    lead: VecDeque<Frame>,
    /// How many frames were seen.
    seen: usize,
    /// The number of the frame before which the stream ends.
    to: Option<usize>,
    /// When a listener to nothing is sent away.
    idle: Option<Instant>,
    filters: Vec<Box<dyn Filter>>,
    ready: VecDeque<Piece>,
}

impl Feed {
    fn new(shared: Arc<Shared>, view: View, filters: Vec<Box<dyn Filter>>) -> Self {
        let View { name, lead, from, to } = view;
        let ready = VecDeque::new();
        let feed =
            Self { shared, name, lead: lead.into(), seen: from, to, idle: None, filters, ready };
        feed.world().feeds.listen(&feed.name);
        feed
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.shared.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn body(self) -> Body {
        Body::from_stream(stream::unfold(Some(self), |feed| async {
            let mut feed = feed?;
            loop {
                match feed.ready.pop_front() {
                    Some(Piece::Frame(frame)) => return Some((Ok(written(&frame)), Some(feed))),
                    Some(Piece::Raw(bytes)) => return Some((Ok(bytes), Some(feed))),
                    Some(Piece::Silence) => std::future::pending().await,
                    Some(Piece::Cut) => return Some((cut().await, None)),
                    None => {}
                }
                let frame = feed.next().await;
                let over = frame.is_none();
                feed.ready = filtered(&mut feed.filters, frame);
                if over && feed.ready.is_empty() {
                    return None;
                }
            }
        }))
    }

    /// The next frame, when it is due.
    async fn next(&mut self) -> Option<Frame> {
        if let Some(frame) = self.lead.pop_front() {
            return Some(frame);
        }
        if self.to == Some(self.seen) {
            return None;
        }
        let mut changed = self.shared.changed.subscribe();
        let silent = Instant::now() + PING;
        loop {
            // A listener to something that waits for a person is sent away after a while.
            let idle =
                self.idle.get_or_insert_with(|| Instant::now() + self.shared.options.idle_limit);
            let given_up = *idle;
            let next = self.world().feeds.next(&self.name, self.seen);
            let until = match next {
                Next::Frame(frame) => {
                    self.seen += 1;
                    self.idle = None;
                    return Some(frame);
                }
                Next::End => return None,
                Next::Idle if given_up <= Instant::now() => return None,
                Next::Wait(_) | Next::Idle if silent <= Instant::now() => return Some(Frame::Ping),
                Next::Wait(due) => due.min(silent),
                Next::Idle => silent.min(given_up),
            };
            tokio::select! {
                () = tokio::time::sleep_until(until.into()) => {}
                _ = changed.changed() => {}
            }
        }
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        self.world().feeds.leave(&self.name);
    }
}

/// What the filters, one after the other, make of a frame, or of the end.
fn filtered(filters: &mut [Box<dyn Filter>], frame: Option<Frame>) -> VecDeque<Piece> {
    let over = frame.is_none();
    let mut pieces: Vec<Piece> = frame.into_iter().map(Piece::Frame).collect();
    for filter in filters {
        let mut after: Vec<Piece> = pieces
            .into_iter()
            .flat_map(|piece| match piece {
                Piece::Frame(frame) => filter.frame(frame),
                other => vec![other],
            })
            .collect();
        if over {
            after.extend(filter.end());
        }
        pieces = after;
    }
    pieces.into()
}

/// A frame as it is on the wire. A ping has no data.
fn written(frame: &Frame) -> Bytes {
    match frame {
        Frame::Ping => Bytes::from_static(b"event: ping\n\n"),
        Frame::Event(value) => Bytes::from(format!("data: {value}\n\n")),
    }
}
