//! A listener, and how it ends.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, RawPathParams, Request, State};
use axum::http::request::Parts;
use axum::http::{Method, Response};
use axum::routing::any;
use bytes::Bytes;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::dispatch::{self, Group, Served};
use super::line::{Line, Lines};
use super::options::MockOptions;
use super::refusal::{Refusal, page_not_found};
use super::reply::{Break, Payload, Reply};
use super::state::World;
use super::{routes, wire, witness};
use crate::error::Problem;

/// The path below which the API is served.
const BASE: &str = "/v1";

/// The largest body that is read, in bytes.
const BODY_LIMIT: usize = 32 << 20;

/// After it was told to stop, the server finishes what it is doing for so long.
const GRACE: Duration = Duration::from_secs(2);

/// What all requests share.
pub struct Shared {
    pub world: Mutex<World>,
    pub options: MockOptions,
    /// Scheme, host and port, for the URLs of requests.
    pub origin: String,
    /// How often feeds that streams may wait for have changed.
    pub changed: watch::Sender<u64>,
}

/// A running mock. It stops when it is dropped.
#[derive(Debug)]
pub struct Mock {
    address: SocketAddr,
    keys: Vec<MockKey>,
    stop: watch::Sender<bool>,
    task: Option<JoinHandle<()>>,
}

/// A key that the mock takes.
#[derive(Clone, PartialEq, Eq)]
pub struct MockKey {
    /// What targets call it: `chatflow`, `knowledge`.
    pub name: &'static str,
    /// The kind of app that it opens: `advanced-chat`; empty for the knowledge key.
    pub mode: &'static str,
    /// The key itself.
    pub key: String,
}

impl std::fmt::Debug for MockKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MockKey").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Mock {
    /// Starts listening. It has to be called within a tokio runtime.
    ///
    /// # Errors
    /// Where the address cannot be had: it is in use, or not this machine's.
    pub async fn start(options: MockOptions) -> Result<Self, Problem> {
        let listener = TcpListener::bind(options.listen).await.map_err(|error| {
            Problem::new(format!("cannot listen on {}: {error}", options.listen))
                .help("choose another port; port 0 takes a free one")
        })?;
        let address = listener
            .local_addr()
            .map_err(|error| Problem::new(format!("cannot tell where we listen: {error}")))?;
        let world = World::new(&options);
        let keys = keys(&world);
        let shared = Arc::new(Shared {
            world: Mutex::new(world),
            options,
            origin: format!("http://{address}"),
            changed: watch::Sender::new(0),
        });
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(serve(listener, router(shared), stopped));
        Ok(Self { address, keys, stop, task: Some(task) })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The base URL of the API: `http://127.0.0.1:5001/v1`.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}{BASE}", self.address)
    }

    /// The keys.
    #[must_use]
    pub fn keys(&self) -> &[MockKey] {
        &self.keys
    }

    /// The key of this name; empty if there is none.
    #[must_use]
    pub fn key(&self, name: &str) -> &str {
        self.keys.iter().find(|key| key.name == name).map_or("", |key| &key.key)
    }

    /// Stops listening, finishes what is under way, and ends.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        if let Some(task) = self.task.take() {
            let abort = task.abort_handle();
            if tokio::time::timeout(GRACE, task).await.is_err() {
                abort.abort();
            }
        }
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

fn keys(world: &World) -> Vec<MockKey> {
    let app = |app: &super::state::App| MockKey {
        name: app.key_name,
        mode: app.mode.word(),
        key: app.key.clone(),
    };
    let mut keys: Vec<MockKey> = world.apps.iter().map(app).collect();
    keys.push(MockKey { name: "knowledge", mode: "", key: world.knowledge.key.clone() });
    keys
}

async fn serve(listener: TcpListener, router: Router, mut stopped: watch::Receiver<bool>) {
    let end = async move {
        // An error means that the mock was dropped, which ends it as well.
        let _ = stopped.wait_for(|stopped| *stopped).await;
    };
    // It only ends when it is told to: errors of single connections are theirs.
    let _ = axum::serve(Lines(listener), router.into_make_service_with_connect_info::<Line>())
        .with_graceful_shutdown(end)
        .await;
}

fn router(shared: Arc<Shared>) -> Router {
    let mut groups: BTreeMap<String, Group> = BTreeMap::new();
    for route in routes::all() {
        let (template, uuids) = routes::template(route.path);
        let group = groups.entry(template).or_insert_with(|| Group { uuids, routes: Vec::new() });
        group.routes.push(Served::new(route, &shared.options.faults));
    }
    let mut router = Router::new().fallback(unknown);
    for (template, group) in groups {
        let group = Arc::new(group);
        let handle = move |state: State<Arc<Shared>>,
                           ConnectInfo(line): ConnectInfo<Line>,
                           path: RawPathParams,
                           request: Request| {
            answer(state.0, Arc::clone(&group), line, path, request)
        };
        router = router.route(&format!("{BASE}{template}"), any(handle));
    }
    router.with_state(shared)
}

async fn unknown(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(line): ConnectInfo<Line>,
    request: Request,
) -> Response<Body> {
    let answer = |_: &Shared, head: &Parts, _: &Bytes| {
        let mut reply = page_not_found();
        // The API's root belongs to it, although nothing is there.
        reply.same_origin = head.uri.path().strip_prefix(BASE) != Some("/");
        reply
    };
    handle(shared, line, request, answer).await
}

async fn answer(
    shared: Arc<Shared>,
    group: Arc<Group>,
    line: Line,
    path: RawPathParams,
    request: Request,
) -> Response<Body> {
    let path = path.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let answer = |shared: &Shared, head: &Parts, body: &Bytes| {
        let request = dispatch::Request {
            method: &head.method,
            path,
            query: head.uri.query().unwrap_or_default(),
            headers: &head.headers,
            body,
        };
        let (reply, changes) = {
            let mut world = shared.world.lock().unwrap_or_else(PoisonError::into_inner);
            (group.answer(&mut world, request), world.feeds.changes())
        };
        shared.changed.send_if_modified(|seen| std::mem::replace(seen, changes) != changes);
        reply
    };
    handle(shared, line, request, answer).await
}

/// The way of every request around its handler.
async fn handle(
    shared: Arc<Shared>,
    line: Line,
    request: Request,
    answer: impl FnOnce(&Shared, &Parts, &Bytes) -> Reply,
) -> Response<Body> {
    let options = &shared.options;
    let begun = options.witness.as_ref().map(|_| (Instant::now(), clock()));
    let (head, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, BODY_LIMIT).await else {
        let message = "The body is larger than what is read.";
        let refusal = Refusal::new(413, "request_entity_too_large", message);
        return wire::response(&shared, refusal.reply());
    };
    let mut record = None;
    if options.witness.is_some() || options.gate.is_some() {
        record = Some(witness::request(&head, &body, &shared.origin));
    }
    let refused = options.gate.as_ref().zip(record.as_ref());
    let mut reply = match refused.and_then(|(gate, request)| gate.refuse(request)) {
        Some(why) => Refusal::new(400, "contract_broken", why).reply(),
        None => answer(&shared, &head, &body),
    };
    let delay = reply.after + options.latency;
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    match reply.breaks {
        Some(Break::Reset) => line.cut(),
        Some(Break::Hang) => std::future::pending::<()>().await,
        _ => {}
    }
    if head.method == Method::HEAD {
        reply.payload = Payload::Empty;
    }
    let response = wire::response(&shared, reply);
    match (&options.witness, record, begun) {
        (Some(witness), Some(record), Some(begun)) => {
            witness::watched(Arc::clone(witness), record, begun, response)
        }
        _ => response,
    }
}

/// The time of day, as recordings write it.
fn clock() -> String {
    jiff::Timestamp::now().to_string()
}
