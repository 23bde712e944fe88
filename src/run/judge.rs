//! Exchanges judged one after the other, and what came of them added up.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crate::check::episode::{Chronicle, Episode, Known, Read};
use crate::check::evidence::{Answer, Evidence};
use crate::check::{self, CHECKS, FAILURE_CHECKS, LAWS, evidence};
use crate::contract::{Contract, Hit};
use crate::exchange::{Exchange, Response, curl, query};
use crate::finding::{Disagreement, Findings, Order, Part, Severity, Witness};
use crate::observe::OperationShape;

/// Judges exchanges. Several judges can share the work: what they found adds up, in any order.
pub struct Judge<'c> {
    contract: &'c Contract,
    /// What was found in exchanges with documented operations.
    pub(super) findings: Findings,
    /// What was found in exchanges with undocumented ones, by host: a host that serves no documented
    /// operation at all is not the API's.
    pub(super) unknown: BTreeMap<String, (u64, Findings)>,
    /// Exchanges with undocumented ones whose findings are among the others already.
    pub(super) undocumented: u64,
    /// What was found in exchanges that no answer came to, by host: a host that answers nothing at
    /// all is not there.
    pub(super) failed: BTreeMap<String, Findings>,
    /// The hosts that serve a documented operation.
    pub(super) hosts: BTreeSet<String>,
    /// Exchanges that do not concern the API, by host.
    pub(super) outside: BTreeMap<String, u64>,
    /// What was learned of each operation.
    pub(super) operations: HashMap<String, Learned>,
    pub(super) total: u64,
    pub(super) judged: u64,
    pub(super) unanswered: u64,
}

/// What was learned of an operation.
#[derive(Debug, Default)]
pub(super) struct Learned {
    pub(super) shape: OperationShape,
    /// How many exchanges each check looked at, beyond those of `looked`.
    pub(super) checks: BTreeMap<&'static str, u64>,
    /// Which of all checks looked at exchanges, and at how many. There are few different sets.
    looked: Vec<(Looked, u64)>,
    /// What could not be judged: in how many exchanges, and the first of them.
    pub(super) unjudged: BTreeMap<String, (u64, Order, String)>,
}

/// A set of checks: a bit for each, by its place among all.
type Looked = u128;
const _: () = assert!(CHECKS.len() <= Looked::BITS as usize);

/// One exchange, and where it comes from.
pub struct Item<'e> {
    /// The exchange.
    pub exchange: &'e Exchange,
    /// Its place in all recordings.
    pub order: Order,
    /// Its name in reports: `recording.har#17`.
    pub name: &'e str,
    /// The recorder is known to cut event streams after this many events.
    pub cuts_streams_after: Option<usize>,
}

/// A disagreement in a few words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// How bad it is.
    pub severity: Severity,
    /// The check that reports it.
    pub check: &'static str,
    /// Where, what was promised, and what was seen.
    pub text: String,
    /// The place in the body of the answer, if it is one.
    pub(super) pointer: Option<String>,
}

/// What came of judging an exchange by itself.
#[derive(Debug, Default)]
pub struct Judged {
    /// What was found, the gravest first.
    pub said: Vec<Said>,
    /// What was read of it, for those who judge it together with others.
    pub read: Option<Read>,
}

impl From<Vec<Said>> for Judged {
    fn from(said: Vec<Said>) -> Self {
        Self { said, read: None }
    }
}

impl Said {
    fn of(found: &[Disagreement]) -> Vec<Self> {
        let said = |d: &Disagreement| Self {
            severity: d.severity,
            check: d.check,
            text: format!("{} in {}: {}; seen {}", d.check, d.place, d.promised, d.seen),
            pointer: match &d.place.part {
                Part::Response { .. } if !d.place.pointer.is_empty() => {
                    Some(d.place.pointer.clone())
                }
                _ => None,
            },
        };
        let mut all: Vec<Self> = found.iter().map(said).collect();
        all.sort_by_key(|said| std::cmp::Reverse(said.severity));
        all
    }
}

impl<'c> Judge<'c> {
    /// A judge that has not judged anything yet.
    #[must_use]
    pub fn new(contract: &'c Contract) -> Self {
        Self {
            contract,
            findings: Findings::default(),
            unknown: BTreeMap::new(),
            undocumented: 0,
            failed: BTreeMap::new(),
            hosts: BTreeSet::new(),
            outside: BTreeMap::new(),
            operations: HashMap::new(),
            total: 0,
            judged: 0,
            unanswered: 0,
        }
    }

    /// Judges an exchange; tells the gravest disagreements first.
    pub fn judge(&mut self, item: &Item<'_>) -> Judged {
        self.total += 1;
        let request = &item.exchange.request;
        let host = query::split(&request.url).authority.unwrap_or("no host");
        let hit = self.contract.find(&request.method, &request.url);
        if hit == Hit::Outside {
            *self.outside.entry(host.to_owned()).or_default() += 1;
            return Judged::default();
        }
        let curl = || Arc::from(curl::curl(item.exchange));
        let witness = Witness { order: item.order, name: item.name, curl: &curl };
        let Some(response) = &item.exchange.response else {
            self.unanswered += 1;
            let found = self.unanswered(item.exchange, &hit);
            let said = Said::of(&found);
            self.failed.entry(host.to_owned()).or_default().add(found, &witness);
            return said.into();
        };
        match &hit {
            Hit::Operation(variants) => {
                self.judged += 1;
                if !self.hosts.contains(host) {
                    self.hosts.insert(host.to_owned());
                }
                let verdict = self.best_variant(item, response, variants);
                self.learn(&verdict, item);
                let said = Said::of(&verdict.found);
                self.findings.add(verdict.found, &witness);
                // Of several documents, others go by the first.
                let read = match variants.as_slice() {
                    [(number, _)] => Some(Read::of(*number, verdict.evidence)),
                    _ => None,
                };
                Judged { said, read }
            }
            Hit::Method { .. } | Hit::Path(_) => {
                let evidence = Evidence::of_unknown(self.contract, item.exchange, response, &hit);
                let (found, _) = run_checks(&evidence);
                let (count, findings) = self.unknown.entry(host.to_owned()).or_default();
                *count += 1;
                let said = Said::of(&found);
                findings.add(found, &witness);
                said.into()
            }
            Hit::Outside => Judged::default(),
        }
    }

    /// Adds what is to be said of an exchange that was judged before it was known that a journey ended
    /// there.
    pub fn judge_unmet(&mut self, item: &Item<'_>) -> Vec<Said> {
        let request = &item.exchange.request;
        let Hit::Operation(variants) = self.contract.find(&request.method, &request.url) else {
            return Vec::new();
        };
        let operation = variants.first().and_then(|(n, _)| self.contract.operations.get(*n));
        let (Some(operation), Some(unmet)) = (operation, &item.exchange.unmet) else {
            return Vec::new();
        };
        let found = vec![check::unmet(&operation.id, unmet)];
        let learned = self.operations.entry(operation.id.clone()).or_default();
        for disagreement in &found {
            *learned.checks.entry(disagreement.check).or_default() += 1;
        }
        let curl = || Arc::from(curl::curl(item.exchange));
        let witness = Witness { order: item.order, name: item.name, curl: &curl };
        let said = Said::of(&found);
        self.findings.add(found, &witness);
        said
    }

    /// Judges the exchanges of one case together, each of which was judged alone already; tells the
    /// gravest disagreements first. With each goes what is known of it since then.
    pub fn judge_episode(&mut self, items: &[(Item<'_>, &Known)]) -> Vec<Said> {
        let exchanges: Vec<(&Exchange, &Known)> =
            items.iter().map(|(item, known)| (item.exchange, *known)).collect();
        let episode = Episode::new(self.contract, &exchanges);
        if episode.acts.len() < 2 {
            return Vec::new();
        }
        let mut found = Vec::new();
        let chronicle = Chronicle::of(&episode);
        for law in LAWS {
            (law.judge)(&chronicle, &mut found);
        }
        found.sort_by_key(|(act, _)| *act);
        let mut said = Vec::new();
        for found in found.chunk_by(|(one, _), (other, _)| one == other) {
            let Some((item, _)) =
                found.first().and_then(|(act, _)| items.get(episode.number(*act)))
            else {
                continue;
            };
            let curl = || Arc::from(curl::curl(item.exchange));
            let witness = Witness { order: item.order, name: item.name, curl: &curl };
            let found: Vec<Disagreement> = found.iter().map(|(_, found)| found.clone()).collect();
            said.extend(Said::of(&found));
            self.findings.add_of_law(found, &witness);
        }
        said.sort_by_key(|said| std::cmp::Reverse(said.severity));
        said
    }

    /// The checks that have found something so far, whatever the host turns out to be.
    pub fn found(&self) -> impl Iterator<Item = &'static str> {
        let unknown = self.unknown.values().map(|(_, findings)| findings);
        std::iter::once(&self.findings)
            .chain(unknown)
            .chain(self.failed.values())
            .flat_map(Findings::checks)
    }

    /// What is to be said of an exchange that no answer came to.
    fn unanswered(&self, exchange: &Exchange, hit: &Hit) -> Vec<Disagreement> {
        let mut found = Vec::new();
        if let Hit::Operation(variants) = hit
            && let Some(failure) = &exchange.failure
            && let Some((number, _)) = variants.first()
            && let Some(operation) = self.contract.operations.get(*number)
        {
            for check in FAILURE_CHECKS {
                (check.judge)(operation, failure, &mut found);
            }
        }
        found
    }

    /// Where several documents describe the operation, the exchange keeps the contract if it keeps
    /// any of them: the one it fits best is the one that meant it.
    fn best_variant<'e>(
        &self,
        item: &Item<'e>,
        response: &'e Response,
        variants: &[(usize, Vec<(String, String)>)],
    ) -> Verdict<'e>
    where
        'c: 'e,
    {
        let mut best: Option<(Fit, Verdict<'e>)> = None;
        for (number, parameters) in variants {
            let Some(operation) = self.contract.operations.get(*number) else { continue };
            let mut evidence = Evidence::of_operation(
                self.contract,
                item.exchange,
                response,
                operation,
                parameters,
            );
            evidence.cut |= item.cuts_streams_after.is_some_and(|cut| {
                evidence.stream.as_ref().is_some_and(|stream| stream.events.len() == cut)
            });
            let (found, looked_at) = run_checks(&evidence);
            let fit = Fit::of(&evidence, &found);
            if best.as_ref().is_none_or(|(so_far, _)| fit < *so_far) {
                best = Some((fit, Verdict { evidence, found, looked_at }));
            }
        }
        match best {
            Some((_, verdict)) => verdict,
            // The router only finds operations that are there.
            None => unreachable!("an operation has at least one variant"),
        }
    }

    fn learn(&mut self, verdict: &Verdict<'_>, item: &Item<'_>) {
        let operation = &*verdict.evidence.operation;
        // Nearly always it is known.
        if let Some(learned) = self.operations.get_mut(operation) {
            learned.learn(verdict, item);
        } else {
            let mut learned = Learned::default();
            learned.learn(verdict, item);
            self.operations.insert(operation.to_owned(), learned);
        }
    }

    /// Adds what another judge found; the two must have judged different exchanges.
    pub fn merge(&mut self, other: Self) {
        self.findings.merge(other.findings);
        for (host, (count, findings)) in other.unknown {
            let ours = self.unknown.entry(host).or_default();
            ours.0 += count;
            ours.1.merge(findings);
        }
        for (host, findings) in other.failed {
            self.failed.entry(host).or_default().merge(findings);
        }
        self.hosts.extend(other.hosts);
        for (host, count) in other.outside {
            *self.outside.entry(host).or_default() += count;
        }
        for (operation, theirs) in other.operations {
            match self.operations.entry(operation) {
                Entry::Occupied(ours) => ours.into_mut().merge(theirs),
                Entry::Vacant(none) => {
                    none.insert(theirs);
                }
            }
        }
        self.undocumented += other.undocumented;
        self.total += other.total;
        self.judged += other.judged;
        self.unanswered += other.unanswered;
    }
}

impl Learned {
    /// What was learned, as a report has it.
    pub(super) fn new(
        shape: OperationShape,
        checks: BTreeMap<&'static str, u64>,
        unjudged: BTreeMap<String, (u64, Order, String)>,
    ) -> Self {
        Self { shape, checks, looked: Vec::new(), unjudged }
    }

    fn learn(&mut self, verdict: &Verdict<'_>, item: &Item<'_>) {
        self.look(verdict.looked_at, 1);
        for what in &verdict.evidence.unjudged {
            let entry = self
                .unjudged
                .entry(what.clone())
                .or_insert_with(|| (0, item.order, item.name.to_owned()));
            entry.0 += 1;
            if item.order < entry.1 {
                (entry.1, entry.2) = (item.order, item.name.to_owned());
            }
        }
        observe(&mut self.shape, &verdict.evidence);
    }

    /// How many exchanges each check looked at.
    pub(super) fn counts(&self) -> BTreeMap<&'static str, u64> {
        let mut counts = self.checks.clone();
        for (looked, count) in &self.looked {
            for (number, check) in CHECKS.iter().enumerate() {
                if looked >> number & 1 == 1 {
                    *counts.entry(check.meta.id).or_default() += count;
                }
            }
        }
        counts
    }

    fn look(&mut self, looked: Looked, count: u64) {
        match self.looked.iter_mut().find(|(own, _)| *own == looked) {
            Some((_, own)) => *own += count,
            None => self.looked.push((looked, count)),
        }
    }

    fn merge(&mut self, other: Self) {
        self.shape.merge(other.shape);
        for (check, count) in other.checks {
            *self.checks.entry(check).or_default() += count;
        }
        for (looked, count) in other.looked {
            self.look(looked, count);
        }
        for (what, (count, order, name)) in other.unjudged {
            let ours = self.unjudged.entry(what).or_insert_with(|| (0, order, name.clone()));
            ours.0 += count;
            if (order, &name) < (ours.1, &ours.2) {
                (ours.1, ours.2) = (order, name);
            }
        }
    }
}

struct Verdict<'e> {
    evidence: Evidence<'e>,
    found: Vec<Disagreement>,
    looked_at: Looked,
}

/// How badly an exchange fits one description of its operation; less is better. A description that
/// does not know the status, the media type or the events at all would hide everything else.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Fit {
    unknown_status: bool,
    unknown_media_type: bool,
    unknown_events: usize,
    disagreements: usize,
}

impl Fit {
    fn of(evidence: &Evidence<'_>, found: &[Disagreement]) -> Self {
        let events = found.iter().filter(|d| d.check == "undocumented-event");
        Self {
            unknown_status: evidence.own.is_none(),
            unknown_media_type: evidence.promised.is_none()
                && !evidence.generally_typed
                && !evidence.answer.is_empty(),
            unknown_events: events.count(),
            disagreements: found.len(),
        }
    }
}

/// Runs all checks that apply; tells which did.
fn run_checks(evidence: &Evidence<'_>) -> (Vec<Disagreement>, Looked) {
    let (mut found, mut looked_at) = (Vec::new(), 0);
    for (number, check) in CHECKS.iter().enumerate() {
        if (check.applies)(evidence) {
            looked_at |= 1 << number;
            (check.judge)(evidence, &mut found);
        }
    }
    (found, looked_at)
}

fn observe(shape: &mut OperationShape, evidence: &Evidence<'_>) {
    shape.exchanges += 1;
    let status = shape.statuses.entry(evidence.response.status).or_default();
    status.count += 1;
    let name = match &evidence.media_type {
        Some(media_type) if !evidence.answer.is_empty() => media_type.essence(),
        _ => "",
    };
    if !status.bodies.contains_key(name) {
        status.bodies.insert(name.to_owned(), crate::observe::BodyShape::default());
    }
    let Some(body) = status.bodies.get_mut(name) else { return };
    body.count += 1;
    if let Answer::Json(value) = &evidence.answer {
        body.value.add(value);
    }
    for event in evidence.stream.iter().flat_map(|stream: &evidence::Stream| &stream.events) {
        if let (Some(name), Some(data)) = (&event.name, &event.data) {
            body.events.entry(name.clone()).or_default().add(data);
        }
    }
}
