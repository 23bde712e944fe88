//! A target is asked: whether it is there, what its keys open, what it can do.
//!
//! Nothing but reads that cost nothing is sent, and no key goes out before something answers as an API.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;

use self::exercise::Known;
use self::report::{KeyState, OperationReport, ProbeReport, ServerReport, Trouble};
use super::base_url::BaseUrl;
use super::resolve::Target;
use super::vocabulary::{Ask, Vocabulary};
use crate::contract::Contract;
use crate::error::Problem;
use crate::exchange::{Client, ClientOptions, Exchange, Proxy, Secret};
use crate::finding::Redactor;

mod abilities;
mod answer;
pub mod exercise;
mod keys;
mod reach;
pub mod report;

/// How long an answer may take at most, where nobody says otherwise: who asks whether a server is well
/// does not wait for minutes.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// How often the time of an answer is taken.
const TIMES: usize = 3;

/// Clocks that differ by less are said to agree, in seconds.
const SAME_TIME: i64 = 60;

/// What is needed to ask.
pub(super) struct Prober<'p> {
    client: &'p Client,
    base_url: &'p BaseUrl,
    pub(super) vocabulary: &'p Vocabulary,
    /// The pointer to the code in error bodies.
    pub(super) code: String,
}

impl Prober<'_> {
    pub(super) async fn send(&self, ask: &Ask, key: Option<&Secret>) -> Exchange {
        self.client.send(&answer::request(self.base_url, ask), key).await
    }
}

/// A client for a target; time limits are no longer than `patience`.
///
/// # Errors
///
/// A file of certificates or a proxy that cannot be used.
pub fn client(
    target: &Target,
    redactor: Redactor,
    patience: Option<Duration>,
) -> Result<Client, Problem> {
    let usual = ClientOptions::default();
    let least = |limit: Duration| patience.map_or(limit, |patience| limit.min(patience));
    Client::new(ClientOptions {
        connect_timeout: least(usual.connect_timeout).min(target.limits.timeout),
        timeout: least(target.limits.timeout),
        silence: least(target.limits.silence),
        ca_file: target.ca_file.clone(),
        proxy: target.proxy.clone().map_or(usual.proxy.clone(), Proxy::Url),
        redactor,
        ..usual
    })
}

/// What may be said of a target without asking it: its keys are taken for what they are called, and
/// nothing is known of what it can do.
#[must_use]
pub fn unasked(contract: &Contract, vocabulary: &Vocabulary, target: &Target) -> ProbeReport {
    let keys: Vec<_> = target.keys.iter().map(keys::unknown).collect();
    let known = Known { target, vocabulary, keys: &keys, abilities: &[] };
    let operations = exercise::operations(contract, known);
    ProbeReport { keys, operations, ..empty(target) }
}

/// A report of nothing yet.
fn empty(target: &Target) -> ProbeReport {
    ProbeReport {
        target: target.name.clone(),
        base_url: target.base_url.to_string(),
        base_url_from: target.base_url_from.clone(),
        allow: target.allow,
        server: ServerReport { tls: target.base_url.is_tls(), ..ServerReport::default() },
        keys: Vec::new(),
        abilities: Vec::new(),
        operations: Vec::new(),
        troubles: Vec::new(),
        notes: target.notes.clone(),
    }
}

/// Asks a target everything: at most a request for each key and question, one after the other. An answer
/// is waited for no longer than `patience`, nor than the target's own limits.
///
/// # Errors
///
/// A file of certificates or a proxy that cannot be used. Whatever is wrong with the target itself is in
/// the report.
pub async fn probe(
    contract: &Contract,
    vocabulary: &Vocabulary,
    target: &Target,
    redactor: Redactor,
    patience: Duration,
) -> Result<ProbeReport, Problem> {
    let client = client(target, redactor, Some(patience))?;
    let mut report = empty(target);
    let code = answer::code_pointer(contract);
    let prober = Prober { client: &client, base_url: &target.base_url, vocabulary, code };
    let ask = first_question(contract, vocabulary);
    match prober.reach(&ask, contract, target).await {
        Ok(server) => report.server = server,
        Err(trouble) => {
            report.troubles.push(trouble);
            return Ok(report);
        }
    }
    note_the_connection(target, vocabulary, &mut report);
    for key in &target.keys {
        // A server that has stopped answering is not waited for again and again.
        let silent = report.keys.last().is_some_and(|last| last.state == KeyState::NoAnswer);
        let (key, trouble) =
            if silent { (keys::unanswered(key), None) } else { keys::identify(&prober, key).await };
        report.keys.push(key);
        report.troubles.extend(trouble);
    }
    let (keys, troubles) = (&mut report.keys, &mut report.troubles);
    report.abilities = abilities::ask(&prober, &target.keys, keys, troubles).await;
    let any = report.keys.iter().any(|key| key.state.is_usable());
    let known = Known { target, vocabulary, keys: &report.keys, abilities: &report.abilities };
    report.operations = exercise::operations(contract, known);
    let needed = report.operations.iter().any(OperationReport::lacks_key);
    if !any && target.keys.is_empty() && needed {
        report.troubles.push(no_key(vocabulary, target));
    }
    Ok(report)
}

/// A cheap read: how to identify a key, or the first read of the contract without parameters in its
/// path.
fn first_question(contract: &Contract, vocabulary: &Vocabulary) -> Ask {
    if let Some(rule) = vocabulary.identify.first() {
        return rule.ask.clone();
    }
    let plain = contract.operations.iter().find(|o| o.method == "GET" && !o.path.contains('{'));
    let operation = plain.map_or_else(|| "GET /".to_owned(), |operation| operation.id.clone());
    Ask { operation, with: BTreeMap::new() }
}

impl Prober<'_> {
    /// Whether the API answers, and how.
    async fn reach(
        &self,
        ask: &Ask,
        contract: &Contract,
        target: &Target,
    ) -> Result<ServerReport, Trouble> {
        let suffix = self.vocabulary.base_url.suffix.as_deref();
        let exchange = self.send(ask, None).await;
        if let Err(wrong) = reach::judge(&exchange, &self.code, self.base_url, suffix) {
            for other in &wrong.elsewhere {
                let request = answer::request(other, ask);
                let exchange = self.client.send(&request, None).await;
                if reach::judge(&exchange, &self.code, other, None).is_ok() {
                    let from = &target.base_url_from;
                    return Err(Trouble::server(
                        format!("the API is not at {}, but at {other}", self.base_url),
                        format!("set the base URL to `{other}` (it comes from {from})"),
                    ));
                }
            }
            return Err(wrong.trouble);
        }
        let open =
            answer::Answer::of(&exchange, &self.code).is_some_and(|answer| answer.is_success());
        let clock_ahead_s = clock_ahead(&exchange);
        let mut times = vec![exchange.times.total_ms];
        while times.len() < TIMES {
            times.push(self.send(ask, None).await.times.total_ms);
        }
        times.sort_by(f64::total_cmp);
        Ok(ServerReport {
            reachable: true,
            tls: self.base_url.is_tls(),
            version: version(contract, &exchange),
            latency_ms: times.get(TIMES / 2).copied(),
            clock_ahead_s,
            open,
        })
    }
}

/// The version that an answer tells, where the contract says by which header.
fn version(contract: &Contract, exchange: &Exchange) -> Option<String> {
    let documents = contract.documents.iter();
    let mut names = documents
        .filter_map(|document| document.bundle.value.get("x-contract-version-header")?.as_str());
    let headers = &exchange.response.as_ref()?.headers;
    names.find_map(|name| headers.get(name)).map(str::to_owned)
}

/// By how many seconds the clock of who answered is ahead.
fn clock_ahead(exchange: &Exchange) -> Option<i64> {
    let date = exchange.response.as_ref()?.headers.get("date")?;
    let theirs = rfc2822::parse(date).ok()?.timestamp();
    Some(theirs.as_second() - Timestamp::now().as_second())
}

fn no_key(vocabulary: &Vocabulary, target: &Target) -> Trouble {
    let table = target.keys_table();
    let variables: Vec<&str> = match &table {
        Some(_) => target.missing.iter().map(|key| key.variable.as_str()).collect(),
        None => vocabulary.keys.iter().filter_map(|key| key.env.as_deref()).collect(),
    };
    let set = match variables.split_last() {
        Some((last, [])) => Some(format!("set {last}")),
        Some((last, others)) => {
            Some(format!("set at least one of {} and {last}", others.join(", ")))
        }
        None => None,
    };
    let help = match (set, table) {
        (Some(set), None) => set,
        (Some(set), Some(table)) => {
            format!("{set}, or name another key in {table}: for this target, no others are read")
        }
        (None, Some(table)) => {
            format!("name a key in {table}: for this target, no others are read")
        }
        (None, None) => "name one in the configuration file".to_owned(),
    };
    Trouble::about("keys", "no key is given", Some(help))
}

fn note_the_connection(target: &Target, vocabulary: &Vocabulary, report: &mut ProbeReport) {
    if let Some(seconds) = report.server.clock_ahead_s.filter(|seconds| seconds.abs() >= SAME_TIME)
    {
        let (by, way) = (seconds.abs(), if seconds > 0 { "ahead of" } else { "behind" });
        report.notes.push(format!("the server's clock is {by} seconds {way} ours"));
    }
    if report.server.open && !vocabulary.identify.is_empty() {
        report.notes.push("the API answers without a key where it should ask for one".to_owned());
    }
    if !target.base_url.is_tls() && !target.base_url.is_local() && !target.keys.is_empty() {
        report.notes.push("keys are sent unencrypted: the base URL is `http://`".to_owned());
    }
    for key in &target.missing {
        report.notes.push(format!("no key `{}`: {} is not set", key.name, key.variable));
    }
}
