//! Sends a recording again, and compares what comes.

use std::collections::BTreeMap;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::compare::{Comparison, Difference, compare};
use super::differences::Listed;
use super::ids::Ids;
use super::recording::{Answer, Recorded};
use super::shape::Stream;
use super::wire;

/// Where a recording is sent.
#[derive(Debug, Clone)]
pub struct Server {
    /// Host and port.
    pub address: String,
    /// The path below which the API is.
    pub base: String,
    /// By recorded key, the key to be sent in its place.
    pub keys: BTreeMap<String, String>,
    /// How long to wait where the one who recorded waited for the server.
    pub settle: Duration,
    /// How long to ask again until a job is in the recorded state.
    pub patience: Duration,
}

/// What came of one exchange.
#[derive(Debug)]
pub struct Outcome {
    pub index: u64,
    /// The request as it was recorded.
    pub call: String,
    pub recorded: u16,
    /// What is not as recorded and not listed.
    pub open: Vec<Difference>,
    /// What is not as recorded, with the number of the entry that lists it.
    pub deliberate: Vec<(Difference, usize)>,
    /// Places that could not be compared.
    pub unseen: Vec<String>,
    /// Why it was not sent.
    pub skipped: Option<String>,
    /// Why there was no answer.
    pub broken: Option<String>,
}

/// Pauses that a person makes between two requests; longer ones wait for something.
const PAUSE: i64 = 300;

/// Sends a recording, one exchange after the other. Recordings in which they overlap are refused.
pub fn replay(recording: &[Recorded], server: &Server, listed: &Listed) -> Vec<Outcome> {
    let mut ids = Ids::default();
    let mut outcomes = Vec::new();
    let mut ended = None;
    for recorded in recording {
        let pause = ended.map_or(0, |ended| recorded.started - ended);
        assert!(pause >= -1, "exchange {} began before the one before had ended", recorded.index);
        ended = Some(recorded.started + recorded.took);
        if pause > PAUSE {
            sleep(server.settle);
        }
        let mut outcome = Outcome::of(recorded);
        if let Some(reason) = listed.unrepeatable(recorded.index) {
            outcome.skipped = Some(reason.to_owned());
        } else {
            let lost = listed.lost_bodies.get(&recorded.index).map(String::as_bytes);
            match exchange(recorded, lost, server, &ids) {
                Ok(seen) => {
                    learn(&mut ids, &recorded.answer, &seen);
                    let Comparison { differences, unseen } = compare(&recorded.answer, &seen);
                    outcome.unseen = unseen;
                    for found in differences {
                        match listed.covering(&server.base, recorded, &found) {
                            Some(entry) => outcome.deliberate.push((found, entry)),
                            None => outcome.open.push(found),
                        }
                    }
                }
                Err(error) => outcome.broken = Some(error.to_string()),
            }
        }
        outcomes.push(outcome);
    }
    outcomes
}

/// Entries of the list that nothing needed: they are wrong by now.
pub fn stale(outcomes: &[Outcome], listed: &Listed) -> Vec<String> {
    let used = |entry: usize| {
        outcomes.iter().any(|outcome| outcome.deliberate.iter().any(|(_, own)| *own == entry))
    };
    let differences = listed.differences.iter().enumerate().filter(|(entry, _)| !used(*entry));
    let mut stale: Vec<String> = differences.map(|(_, entry)| format!("{entry:?}")).collect();
    let known = |index: &u64| outcomes.iter().any(|outcome| outcome.index == *index);
    let indices = listed.not_repeatable.iter().flat_map(|entry| &entry.exchanges);
    let indices = indices.chain(listed.lost_bodies.keys()).filter(|index| !known(index));
    stale.extend(indices.map(|index| format!("there is no exchange {index}")));
    stale
}

impl Outcome {
    fn of(recorded: &Recorded) -> Self {
        Self {
            index: recorded.index,
            call: format!("{} {}", recorded.method, recorded.target),
            recorded: recorded.answer.status,
            open: Vec::new(),
            deliberate: Vec::new(),
            unseen: Vec::new(),
            skipped: None,
            broken: None,
        }
    }

    /// Whether the answer was as recorded, in all that is compared.
    pub fn is_equal(&self) -> bool {
        self.open.is_empty()
            && self.deliberate.is_empty()
            && self.skipped.is_none()
            && self.broken.is_none()
    }

    /// Whether it is a failure.
    pub fn is_failure(&self) -> bool {
        !self.open.is_empty() || self.broken.is_some()
    }
}

/// Sends one request; again and again where the recording waits for a job.
fn exchange(
    recorded: &Recorded,
    lost_body: Option<&[u8]>,
    server: &Server,
    ids: &Ids,
) -> std::io::Result<Answer> {
    assert!(
        !recorded.body_lost || lost_body.is_some(),
        "the recording lacks the body of exchange {}; list it under lost-bodies",
        recorded.index
    );
    let states = |answer: &Answer| answer.json().map(|value| states(&value)).unwrap_or_default();
    let wanted = if recorded.method == "GET" { states(&recorded.answer) } else { Vec::new() };
    let until = Instant::now() + server.patience;
    loop {
        let seen = send(recorded, lost_body.unwrap_or(&recorded.body), server, ids)?;
        let is = states(&seen);
        let is_over = is.iter().all(|state| state == "completed" || state == "error");
        if wanted.is_empty() || is == wanted || is_over || Instant::now() > until {
            return Ok(seen);
        }
        sleep(Duration::from_millis(5));
    }
}

/// Sends a request with the ids and keys that stand for the recorded ones.
pub fn send(
    recorded: &Recorded,
    body: &[u8],
    server: &Server,
    ids: &Ids,
) -> std::io::Result<Answer> {
    let target = ids.apply_to_text(&recorded.target);
    let headers: Vec<(String, String)> = recorded
        .headers
        .iter()
        .map(|(name, value)| {
            let mut value = value.clone();
            if name.eq_ignore_ascii_case("authorization") {
                let own = server.keys.iter().find(|(key, _)| value.contains(key.as_str()));
                if let Some((key, own)) = own {
                    value = value.replace(key.as_str(), own);
                }
            }
            (name.clone(), value)
        })
        .collect();
    wire::send(&server.address, &recorded.method, &target, &headers, &ids.apply(body))
}

/// The states of all jobs that an answer tells of, in order.
fn states(value: &Value) -> Vec<String> {
    match value {
        Value::Object(members) => members
            .iter()
            .flat_map(|(name, member)| match member {
                Value::String(state) if name == "indexing_status" || name == "job_status" => {
                    vec![state.clone()]
                }
                member => states(member),
            })
            .collect(),
        Value::Array(elements) => elements.iter().flat_map(states).collect(),
        _ => Vec::new(),
    }
}

/// Notes the ids of an answer; those of a stream event by event, by name.
pub fn learn(ids: &mut Ids, recorded: &Answer, seen: &Answer) {
    if recorded.status != seen.status {
        return;
    }
    if let (Some(recorded), Some(seen)) = (recorded.json(), seen.json()) {
        ids.learn(&recorded, &seen);
    } else if recorded.essence() == "text/event-stream" && seen.essence() == recorded.essence() {
        let (recorded, seen) = (Stream::read(&recorded.body), Stream::read(&seen.body));
        let mut times: BTreeMap<&str, usize> = BTreeMap::new();
        for (name, data) in recorded.names.iter().zip(&recorded.data) {
            let nth = times.entry(name).or_default();
            let mut same = seen.names.iter().zip(&seen.data).filter(|(own, _)| *own == name);
            if let (Some(recorded), Some((_, Some(seen)))) = (data, same.nth(*nth)) {
                ids.learn(recorded, seen);
            }
            *nth += 1;
        }
    }
}
