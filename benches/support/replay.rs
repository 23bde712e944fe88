//! The requests of a run, sent once more to another server, as a load and nothing else.
//!
//! The other server gives other ids to what is made there. So where a request names an id that an earlier
//! answer told, it waits for the answer of this time, and names the id that stands at the same place.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use dify_contract::exchange::{Body, Exchange, Header};
use regex::bytes::Regex;
use reqwest::{Client, Method};
use tokio::sync::SetOnce;

/// The requests, in the order in which their answers ended.
pub struct Replay {
    steps: Vec<Step>,
    ids: Regex,
}

struct Step {
    method: Method,
    /// Without the slash at the beginning.
    path: Text,
    headers: Vec<Header>,
    body: Text,
    /// The status of its answer in the run.
    status: u16,
    /// Whether a later request names an id of its answer.
    tells: bool,
}

/// Bytes in which ids are to be replaced.
struct Text {
    bytes: Vec<u8>,
    /// Where an id stands, the number of the step that tells it, and how many ids its answer tells before.
    ids: Vec<(Range<usize>, usize, usize)>,
}

/// What came of a replay.
#[derive(Debug, Clone, Copy)]
pub struct Played {
    /// How many requests were sent.
    pub sent: usize,
    /// How many were answered with the status of the run.
    pub same: usize,
}

impl Replay {
    /// Finds out which request names an id of which answer.
    pub fn of(exchanges: &[Exchange]) -> Self {
        // UUIDs, the times that batches are called by, and the tokens of forms.
        let ids = Regex::new(
            r"\b(?:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9]{20}|[0-9A-Za-z]{22})\b",
        );
        let ids = ids.unwrap();
        let mut told: HashMap<Vec<u8>, (usize, usize)> = HashMap::new();
        let mut steps: Vec<Step> = Vec::with_capacity(exchanges.len());
        for (number, Exchange { request, response, .. }) in exchanges.iter().enumerate() {
            let path = request.url.splitn(4, '/').nth(3).unwrap();
            let path = Text::of(path.as_bytes(), &ids, &told);
            let body = Text::of(bytes(&request.body), &ids, &told);
            for (_, teller, _) in path.ids.iter().chain(&body.ids) {
                steps[*teller].tells = true;
            }
            // The client writes these itself.
            let own = |name: &str| matches!(name, "host" | "content-length");
            steps.push(Step {
                method: request.method.parse().unwrap(),
                path,
                headers: request.headers.0.iter().filter(|h| !own(&h.name)).cloned().collect(),
                body,
                status: response.as_ref().map_or(0, |response| response.status),
                tells: false,
            });
            if let Some(response) = response {
                for (place, id) in ids.find_iter(bytes(&response.body)).enumerate() {
                    told.entry(id.as_bytes().to_owned()).or_insert((number, place));
                }
            }
        }
        Self { steps, ids }
    }

    /// How many requests there are.
    pub fn len(&self) -> usize {
        self.steps.len()
    }

    /// Sends all requests, so many at the same time, and reads the answers.
    pub async fn play(self: &Arc<Self>, base_url: &str, jobs: usize) -> Played {
        let origin: Arc<str> = base_url.trim_end_matches("/v1").into();
        let client = Client::builder().no_proxy().build().unwrap();
        let answers: Arc<Vec<SetOnce<Vec<String>>>> =
            Arc::new(self.steps.iter().map(|_| SetOnce::new()).collect());
        let (next, same) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..jobs {
            let (this, client, origin) = (Arc::clone(self), client.clone(), Arc::clone(&origin));
            let (answers, next, same) =
                (Arc::clone(&answers), Arc::clone(&next), Arc::clone(&same));
            tasks.spawn(async move {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some(step) = this.steps.get(number) else { return };
                    let (status, ids) = step.send(&client, &origin, &answers, &this.ids).await;
                    same.fetch_add(usize::from(status == step.status), Ordering::Relaxed);
                    answers[number].set(ids).unwrap();
                }
            });
        }
        while let Some(ended) = tasks.join_next().await {
            ended.unwrap();
        }
        Played { sent: self.len(), same: same.load(Ordering::Relaxed) }
    }
}

impl Step {
    /// Gives the status, and the ids that the answer tells if anybody wants to know.
    async fn send(
        &self,
        client: &Client,
        origin: &str,
        answers: &[SetOnce<Vec<String>>],
        ids: &Regex,
    ) -> (u16, Vec<String>) {
        let path = String::from_utf8(self.path.now(answers).await).unwrap();
        let mut builder = client.request(self.method.clone(), format!("{origin}/{path}"));
        for header in &self.headers {
            builder = builder.header(&header.name, &header.value);
        }
        if !self.body.bytes.is_empty() {
            builder = builder.body(self.body.now(answers).await);
        }
        let answer = builder.send().await.unwrap();
        let status = answer.status().as_u16();
        let body = answer.bytes().await.unwrap();
        let all = ids.find_iter(&body).map(|id| String::from_utf8_lossy(id.as_bytes()).into());
        (status, if self.tells { all.collect() } else { Vec::new() })
    }
}

impl Text {
    fn of(bytes: &[u8], ids: &Regex, told: &HashMap<Vec<u8>, (usize, usize)>) -> Self {
        let known = ids.find_iter(bytes).filter_map(|id| {
            let (teller, place) = told.get(id.as_bytes())?;
            Some((id.range(), *teller, *place))
        });
        Self { bytes: bytes.to_owned(), ids: known.collect() }
    }

    /// With the ids of this time; where there is none, with that of the run.
    async fn now(&self, answers: &[SetOnce<Vec<String>>]) -> Vec<u8> {
        let mut bytes = self.bytes.clone();
        for (range, teller, place) in &self.ids {
            // The teller was begun before, so it waits for nobody who waits for this one.
            let id = answers[*teller].wait().await.get(*place);
            if let Some(id) = id.filter(|id| id.len() == range.len()) {
                bytes[range.clone()].copy_from_slice(id.as_bytes());
            }
        }
        bytes
    }
}

fn bytes(body: &Body) -> &[u8] {
    match body {
        Body::Bytes(bytes) => bytes,
        _ => &[],
    }
}
