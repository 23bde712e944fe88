//! One road for every request of a run: paced, sent, judged, recorded, and what it made written down.

use std::collections::BTreeMap;
use std::io::BufWriter;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;

use super::answered::Answered;
use super::budget::Budget;
use super::calls::Calls;
use super::crew;
use super::drafts::Drafts;
use super::episodes::{self, Kept};
use super::judge::{Item, Judge, Judged, Said};
use super::judges::Judges;
use super::patience::Patience;
use super::reveal::revealed;
use super::serve::FileServer;
use crate::check::episode::Read;
use crate::contract::Contract;
use crate::error::Problem;
use crate::exchange::sse::Frame;
use crate::exchange::{
    Client, Exchange, Expects, HarWriter, Next, Pace, PaceOptions, Progress, Watch,
};
use crate::generate::{Draft, Spot};
use crate::plan::{self, Entry, Form, Guide, Ledger, Need, Resources, Twist};
use crate::shards::Shards;
use crate::target::probe::report::KeyReport;
use crate::target::{Target, Vocabulary};

/// Where exchanges are recorded.
pub type Recording = HarWriter<BufWriter<std::fs::File>>;

/// How many times faster than servers our own mock gets ready.
const HASTE: u32 = 100;

/// The shortest rest.
const LEAST_REST: Duration = Duration::from_millis(5);

/// What all cases of a run share.
pub struct Session {
    /// What is promised.
    pub contract: &'static Contract,
    /// How deployments are addressed.
    pub vocabulary: Vocabulary,
    /// How operations are called.
    pub guide: Guide,
    /// Which operation makes which id.
    pub resources: Resources,
    /// Who is called.
    pub target: Target,
    /// What its keys turned out to open.
    pub keys: Vec<KeyReport>,
    /// What the app of each key takes.
    pub forms: Vec<Form>,
    /// How operations are called.
    pub calls: Calls,
    /// The requests that are the same for every case.
    pub drafts: Drafts,
    /// What was made.
    pub ledger: Ledger,
    /// A word that marks everything this run makes.
    pub mark: String,
    /// Where files are served to the server.
    pub files: Option<Arc<FileServer>>,
    /// Whether the user has asked to end: nothing is waited for any more.
    pub stop: Arc<AtomicBool>,
    /// What is not waited for any more.
    pub patience: Patience,
    client: Client,
    pace: Pace,
    judges: Judges,
    /// Nothing where nothing is recorded.
    recording: Option<Mutex<Option<Recording>>>,
    problems: Mutex<Vec<String>>,
    /// The episodes that have begun, by the numbers of their cases.
    episodes: Shards<usize, Begun>,
    names: AtomicU64,
    /// The calls of models.
    pub budget: Budget,
}

/// An episode that has begun.
struct Begun {
    name: Arc<str>,
    kept: Vec<Kept>,
}

/// A request on its way.
pub struct Step<'s> {
    /// The name of its case.
    pub case: &'s str,
    /// The number of its case, and of its exchange in the case.
    pub order: (usize, u64),
    /// Whether it is about nothing but what its case has for itself: it is judged together with the others
    /// of its case.
    pub together: bool,
    /// The number of the key.
    pub key: Option<usize>,
    /// The request.
    pub draft: &'s Draft,
    /// The ids that it needs.
    pub needs: &'s [Need],
    /// Where they come from.
    pub ids: &'s BTreeMap<String, String>,
    /// What has to come of it.
    pub expects: Option<Expects>,
    /// How it differs from an ordinary call.
    pub twist: &'s Twist,
}

impl Step<'_> {
    /// The number of the key that is sent, where it is one of the target's.
    pub fn sent_key(&self) -> Option<usize> {
        match self.twist {
            Twist::OtherKey(other) => Some(*other),
            _ => self.key,
        }
    }
}

impl Session {
    /// A session that has not called anybody yet. It marks nothing, records nothing, may call no models
    /// and knows nothing of its target's keys until it is told.
    ///
    /// # Errors
    /// Where what the documents say of targets and plans cannot be read.
    pub fn new(
        contract: &'static Contract,
        target: Target,
        client: Client,
        ledger: Ledger,
    ) -> Result<Self, Problem> {
        let known = (Vocabulary::of(contract)?, Guide::of(contract)?, Resources::of(contract));
        Ok(Self::fresh(contract, known, target, client, ledger))
    }

    /// The same at another target; nothing has been called there yet.
    pub fn at(&self, target: Target, ledger: Ledger) -> Self {
        let known = (self.vocabulary.clone(), self.guide.clone(), self.resources.clone());
        Self {
            keys: self.keys.clone(),
            forms: self.forms.clone(),
            mark: self.mark.clone(),
            files: self.files.clone(),
            budget: Budget::of(u32::MAX),
            ..Self::fresh(self.contract, known, target, self.client.clone(), ledger)
        }
    }

    fn fresh(
        contract: &'static Contract,
        (vocabulary, guide, resources): (Vocabulary, Guide, Resources),
        target: Target,
        client: Client,
        ledger: Ledger,
    ) -> Self {
        let calls = Calls::of(contract, &guide, &resources);
        let pace = PaceOptions { rate: target.limits.rate, ..PaceOptions::default() };
        Self {
            contract,
            vocabulary,
            guide,
            resources,
            target,
            keys: Vec::new(),
            forms: Vec::new(),
            calls,
            drafts: Drafts::default(),
            ledger,
            mark: String::new(),
            files: None,
            stop: Arc::default(),
            patience: Patience::default(),
            client,
            pace: Pace::new(pace),
            judges: Judges::new(contract),
            recording: None,
            problems: Mutex::default(),
            episodes: Shards::default(),
            names: AtomicU64::new(0),
            budget: Budget::of(0),
        }
    }

    /// Whether one of these checks has found something so far.
    pub fn has_found(&self, checks: &[&str]) -> bool {
        self.judges.any(|judge| judge.found().any(|check| checks.contains(&check)))
    }

    /// The same, with so many calls of models, and a place where exchanges are recorded.
    pub fn with(mut self, model_calls: u32, recording: Option<Recording>) -> Self {
        self.budget = Budget::of(model_calls);
        self.recording = recording.map(|recording| Mutex::new(Some(recording)));
        self
    }

    /// The user in whose name calls are made.
    pub fn user(&self) -> String {
        self.target.user.clone().unwrap_or_else(|| self.mark.clone())
    }

    /// A name that nothing has yet.
    pub fn new_name(&self) -> String {
        let number = self.names.fetch_add(1, Ordering::Relaxed);
        // Of one width, so that no name is found in another.
        format!("{}-{number:05}", self.mark)
    }

    /// Sends a request, and waits for the end of the answer.
    pub async fn call(&self, step: Step<'_>) -> Answered {
        let mut watch = self.until_asked_to_end(&step);
        self.call_watched(step, &mut watch).await
    }

    /// Sends a request, and reads the answer, if it is a stream, up to an event that is enough; not longer
    /// than anything is waited for to get ready.
    pub async fn call_until(
        &self,
        step: Step<'_>,
        enough: &(dyn Fn(&Value) -> bool + Sync),
    ) -> Answered {
        let patience = self.target.limits.ready.as_secs_f64() * 1e3;
        let mut waits = self.until_asked_to_end(&step);
        let is_enough = |frame: &Frame| {
            let event = frame.data().and_then(|data| serde_json::from_str(&data).ok());
            event.is_some_and(|event| enough(&event))
        };
        let mut watch = |progress: Progress<'_>| match &progress {
            Progress::Frame { frame, ms } if is_enough(frame) || *ms > patience => Next::Stop,
            _ => waits(progress),
        };
        self.call_watched(step, &mut watch).await
    }

    /// Sends a request, and tells of its answer as it comes.
    pub async fn call_watched(&self, step: Step<'_>, watch: &mut Watch<'_>) -> Answered {
        let case = step.order.0;
        let (_, answered) = self.judged(step, watch).await;
        if !self.patience.has_left(case) {
            self.record(&answered.exchange);
        }
        answered
    }

    /// Sends a request, judges the answer and writes down what it made, but leaves the recording to the
    /// caller. Also gives back what was sent.
    pub async fn call_unrecorded(&self, step: Step<'_>) -> (Draft, Answered) {
        let mut watch = self.until_asked_to_end(&step);
        self.judged(step, &mut watch).await
    }

    /// Waits for an answer until the user asks to end; what may have changed something is waited for
    /// nevertheless.
    fn until_asked_to_end(&self, step: &Step<'_>) -> impl FnMut(Progress<'_>) -> Next + use<'_> {
        let (reads, case) = (self.reads(step), step.order.0);
        move |progress| {
            let waits = matches!(progress, Progress::Waiting { .. });
            if waits && reads && self.stop.load(Ordering::Relaxed) {
                self.patience.leave(case);
                return Next::Stop;
            }
            Next::Read
        }
    }

    /// Whether a request leaves everything as it is, as its operation is meant.
    fn reads(&self, step: &Step<'_>) -> bool {
        self.contract.operations.get(step.draft.operation).is_some_and(plan::reads)
    }

    async fn judged(&self, step: Step<'_>, watch: &mut Watch<'_>) -> (Draft, Answered) {
        let (draft, exchange, begun) = self.send(&step, watch).await;
        let exchange = Arc::new(exchange);
        // It was us who did not wait. Only what reads is given up: what others have made is written down.
        if self.patience.has_left(step.order.0) && self.reads(&step) {
            return (draft, Answered::new(exchange, Vec::new()));
        }
        self.patience.note(draft.operation, &exchange);
        let Judged { said, read } = self.judge(&exchange, step.case, step.order);
        let events = read.as_ref().map(Read::events);
        if step.together {
            self.keep(step.order.0, || Kept::new(&exchange, step.order, step.case, &said, read));
        }
        let answered = Answered::new(exchange, said).with(events);
        self.write_down(step.sent_key(), &draft, &answered);
        self.heard(begun);
        (draft, answered)
    }

    /// Sends a request; also gives back what was sent, and the number under which it was announced.
    async fn send(&self, step: &Step<'_>, watch: &mut Watch<'_>) -> (Draft, Exchange, Option<u64>) {
        let draft = self.filled(step);
        let mut request = draft.request(self.contract, self.target.base_url.as_str());
        if let Twist::Method(method) = step.twist {
            request.method.clone_from(method);
        }
        if let Twist::Path(path) = step.twist {
            // The ids are those of the documented path; what follows them is not documented.
            let documented = self.contract.operations.get(draft.operation).map(|o| o.path.as_str());
            let more = documented.and_then(|documented| path.strip_prefix(documented));
            let (head, query) = match request.url.split_once('?') {
                Some((head, query)) => (head.to_owned(), format!("?{query}")),
                None => (request.url.clone(), String::new()),
            };
            request.url = format!("{head}{}{query}", more.unwrap_or_default());
        }
        let secret = self.secret(step);
        let begun = self.announce(step, &draft);
        let mut exchange =
            Box::pin(self.pace.send_watched(&self.client, &request, secret.as_deref(), watch))
                .await;
        exchange.expects = step.expects;
        exchange.index = step.order.1;
        exchange.variable = self.variable(step);
        exchange.case = self.episode(step);
        (draft, exchange, begun)
    }

    /// The name of the episode that a request is part of.
    fn episode(&self, step: &Step<'_>) -> Option<Arc<str>> {
        let case = step.order.0;
        let begun = || self.episodes.of(&case).get(&case).map(|begun| Arc::clone(&begun.name));
        step.together.then(|| begun().unwrap_or_else(|| step.case.into()))
    }

    /// Keeps an exchange that is part of an episode, to be judged together with its others.
    fn keep(&self, case: usize, keep: impl FnOnce() -> Kept) {
        if let Some(begun) = self.episodes.of(&case).get_mut(&case) {
            begun.kept.push(keep());
        }
    }

    /// Waits as long as a journey asks for. Our own mock is made to get ready faster than servers do.
    pub async fn rest(&self, time: Duration) {
        let time = if self.target.embedded { (time / HASTE).max(LEAST_REST) } else { time };
        crew::rest(time).await;
    }

    fn judge(&self, exchange: &Exchange, case: &str, order: (usize, u64)) -> Judged {
        let item = Item { exchange, order, name: case, cuts_streams_after: None };
        self.judges.with(|judge| judge.judge(&item))
    }

    /// From now on the exchanges of the case of this number are kept, to be judged together. In a recording
    /// they go by the name of the episode.
    pub fn begin(&self, case: usize, name: Arc<str>) {
        self.episodes.of(&case).insert(case, Begun { name, kept: Vec::new() });
    }

    /// The episode of the case of this number is over: its exchanges are judged together.
    pub fn close(&self, case: usize) -> Vec<Said> {
        let begun = self.episodes.of(&case).remove(&case);
        let Some(Begun { kept, .. }) = begun else { return Vec::new() };
        self.judges.with(|judge| episodes::judge(judge, &kept))
    }

    /// Judges what a journey asked in vain of an answer that was judged before.
    pub fn judge_unmet(&self, exchange: &Exchange, case: &str, order: (usize, u64)) -> Vec<Said> {
        self.judges.with(|judge| {
            let item = Item { exchange, order, name: case, cuts_streams_after: None };
            judge.judge_unmet(&item)
        })
    }

    /// Records an exchange.
    pub fn record(&self, exchange: &Exchange) {
        let Some(recording) = &self.recording else { return };
        let mut recording = recording.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(writer) = recording.as_mut()
            && let Err(error) = writer.write(exchange)
        {
            *recording = None;
            drop(recording);
            self.problem(format!("the recording is not complete: {error}"));
        }
    }

    /// Notes something that the user should know.
    pub fn problem(&self, problem: String) {
        let mut problems = self.problems.lock().unwrap_or_else(PoisonError::into_inner);
        if !problems.contains(&problem) {
            problems.push(problem);
        }
    }

    /// Writes down what an answer says was made, and what is gone.
    fn write_down(&self, key: Option<usize>, draft: &Draft, answered: &Answered) {
        let (makes, removes) =
            (self.calls.makes(draft.operation), self.calls.removes(draft.operation));
        if !answered.succeeded() || !makes && removes.is_empty() {
            return;
        }
        let known = self.calls.known_ids(draft);
        for provider in self.calls.revealed(draft.operation).iter().filter(|p| p.makes) {
            let Some(undo) = &provider.undo else { continue };
            for id in revealed(provider, answered) {
                let mut ids = known.clone();
                ids.insert(provider.resource.clone(), id);
                let key = key.and_then(|key| self.target.keys.get(key));
                let entry = Entry {
                    resource: provider.resource.clone(),
                    undo: undo.clone(),
                    ids,
                    key: key.map(|key| key.name.clone()).unwrap_or_default(),
                    user: self.signed(draft).unwrap_or_else(|| self.user()),
                };
                self.told(self.ledger.made(entry));
            }
        }
        for (resource, id) in known.iter().filter(|(resource, _)| removes.contains(resource)) {
            self.told(self.ledger.gone(resource, id));
        }
    }

    /// The user in whose name a request is made.
    fn signed(&self, draft: &Draft) -> Option<String> {
        let name = self.guide.user()?;
        let spots = [Spot::body(&format!("/{name}")), Spot::query(name)];
        let user = spots.iter().find_map(|spot| draft.get(spot))?;
        user.as_str().filter(|user| !user.is_empty()).map(str::to_owned)
    }

    pub(super) fn told(&self, result: Result<(), Problem>) {
        if let Err(problem) = result {
            self.problem(problem.to_string());
        }
    }

    /// Ends the session: everything that was judged, and what went wrong on our side.
    ///
    /// # Errors
    /// Where the recording cannot be completed.
    pub fn end(&self) -> (Judge<'static>, Vec<String>) {
        let all = self.judges.take();
        let recording = self
            .recording
            .as_ref()
            .and_then(|recording| recording.lock().unwrap_or_else(PoisonError::into_inner).take());
        if let Some(Err(error)) = recording.map(HarWriter::finish) {
            self.problem(format!("the recording is not complete: {error}"));
        }
        let problems = self.problems.lock().unwrap_or_else(PoisonError::into_inner).clone();
        (all, problems)
    }
}
