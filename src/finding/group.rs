//! Disagreements gathered into findings.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use super::{Disagreement, Finding, Fingerprint, Sample, Source};

/// At most this many occurrences of a finding are kept.
const SAMPLES: usize = 3;

/// The place of an exchange in the recordings, by which the first occurrences are found: the number
/// of the recording, and the number of the exchange in it.
pub type Order = (usize, u64);

/// Gathers disagreements into findings, one for each cause.
///
/// Two of them can be merged, in any order and grouping, with the same result.
#[derive(Debug, Default)]
pub struct Findings {
    groups: BTreeMap<Key, Group>,
    total: u64,
}

/// What makes two disagreements one finding; sorted by operation, then check, then place.
type Key = (String, &'static str, String, String);

fn key_of(disagreement: &Disagreement) -> Key {
    let Disagreement { operation, check, place, kind, .. } = disagreement;
    (operation.clone(), check, place.to_string(), kind.clone())
}

#[derive(Debug)]
struct Group {
    /// The first disagreement.
    first: Disagreement,
    /// Where the documents promise it, where a report has told that.
    source: Option<Source>,
    count: u64,
    exchanges: u64,
    last_exchange: Option<Order>,
    /// The first occurrences, one for each exchange, in order.
    samples: Vec<Sample>,
    curl: Option<Arc<str>>,
}

impl Group {
    /// Keeps an occurrence, if it is among the first.
    fn keep(&mut self, sample: Sample) {
        let at = self.samples.partition_point(|known| *known <= sample);
        if at < SAMPLES {
            self.samples.insert(at, sample);
            self.samples.truncate(SAMPLES);
        }
    }

    /// What comes first: the occurrence, and whatever tells it from another one in the same place.
    fn rank(&self) -> (Option<&Sample>, &str, Option<&str>) {
        (self.samples.first(), &self.first.promised, self.curl.as_deref())
    }
}

/// The exchange in which a disagreement was seen.
pub struct Witness<'w> {
    /// Its place in the recordings.
    pub order: Order,
    /// Its name in reports: `recording.har#17`.
    pub name: &'w str,
    /// Makes the command that repeats it.
    pub curl: &'w dyn Fn() -> Arc<str>,
}

impl Findings {
    /// Adds the disagreements of one exchange.
    pub fn add(&mut self, disagreements: Vec<Disagreement>, witness: &Witness<'_>) {
        for disagreement in disagreements {
            self.total += 1;
            let key = key_of(&disagreement);
            let curl = witness.curl;
            let sample = Sample {
                order: witness.order,
                exchange: witness.name.to_owned(),
                seen: disagreement.seen.clone(),
            };
            match self.groups.entry(key) {
                Entry::Vacant(entry) => drop(entry.insert(Group {
                    first: disagreement,
                    source: None,
                    count: 1,
                    exchanges: 1,
                    last_exchange: Some(witness.order),
                    samples: vec![sample],
                    curl: Some(curl()),
                })),
                Entry::Occupied(entry) => {
                    let group = entry.into_mut();
                    group.count += 1;
                    if group.last_exchange != Some(witness.order) {
                        group.exchanges += 1;
                        group.last_exchange = Some(witness.order);
                        // Cases run side by side, and the first one need not be judged first.
                        // What comes first is told by the same rank as where findings are merged.
                        let ours = (group.samples.first(), group.first.promised.as_str());
                        let first = (Some(&sample), disagreement.promised.as_str()) < ours;
                        group.keep(sample);
                        if first {
                            (group.first, group.curl) = (disagreement, Some(curl()));
                        }
                    }
                }
            }
        }
    }

    /// Adds what a law disagrees with in one exchange, which was judged alone already, by this or by
    /// another one: it counts for itself.
    pub fn add_of_law(&mut self, disagreements: Vec<Disagreement>, witness: &Witness<'_>) {
        for disagreement in &disagreements {
            if let Some(group) = self.groups.get_mut(&key_of(disagreement)) {
                group.last_exchange = None;
            }
        }
        self.add(disagreements, witness);
    }

    /// Adds what was seen over all exchanges together, in none in particular.
    pub fn add_overall(&mut self, disagreement: Disagreement, count: u64) {
        self.total += 1;
        let key = key_of(&disagreement);
        self.groups.entry(key).or_insert_with(|| Group {
            first: disagreement,
            source: None,
            count,
            exchanges: count,
            last_exchange: None,
            samples: Vec::new(),
            curl: None,
        });
    }

    /// Adds findings that a report tells, and the number of disagreements that they were.
    pub fn resume(&mut self, findings: Vec<Finding>, total: u64) {
        self.total += total;
        for finding in findings {
            let first = Disagreement {
                check: finding.check,
                severity: finding.severity,
                basis: finding.basis,
                operation: finding.operation,
                place: finding.place,
                kind: finding.kind,
                promised: finding.promised,
                seen: finding.seen,
                promise: None,
            };
            let mut samples = finding.samples;
            samples.sort();
            samples.truncate(SAMPLES);
            let group = Group {
                source: finding.source,
                count: finding.count,
                exchanges: finding.exchanges,
                last_exchange: None,
                samples,
                curl: finding.curl,
                first,
            };
            self.merge_group(key_of(&group.first), group);
        }
    }

    /// Adds another one's findings; the two must stem from different exchanges.
    pub fn merge(&mut self, other: Self) {
        self.total += other.total;
        for (key, group) in other.groups {
            self.merge_group(key, group);
        }
    }

    fn merge_group(&mut self, key: Key, mut theirs: Group) {
        match self.groups.entry(key) {
            Entry::Vacant(entry) => drop(entry.insert(theirs)),
            Entry::Occupied(mut entry) => {
                let ours = entry.get_mut();
                if theirs.rank() < ours.rank() {
                    std::mem::swap(ours, &mut theirs);
                }
                ours.count += theirs.count;
                ours.exchanges += theirs.exchanges;
                for sample in theirs.samples {
                    ours.keep(sample);
                }
            }
        }
    }

    /// The checks that have found something.
    pub fn checks(&self) -> impl Iterator<Item = &'static str> {
        self.groups.keys().map(|(_, check, ..)| *check)
    }

    /// The number of disagreements, before they were gathered.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.total
    }

    /// The findings, sorted by operation, check, place and kind; `source` looks up the file and line
    /// of a promise.
    pub fn into_findings(
        self,
        mut source: impl FnMut(usize, &str) -> Option<Source>,
    ) -> Vec<Finding> {
        self.groups
            .into_iter()
            .map(|((operation, check, place, kind), group)| {
                let first = group.first;
                Finding {
                    fingerprint: Fingerprint::of(&[&operation, check, &place, &kind]),
                    check,
                    severity: first.severity,
                    basis: first.basis,
                    operation,
                    place: first.place,
                    kind,
                    promised: first.promised,
                    seen: first.seen,
                    source: match (group.source, first.promise) {
                        (None, Some((document, at))) => source(document, &at),
                        (told, _) => told,
                    },
                    count: group.count,
                    exchanges: group.exchanges,
                    samples: group.samples,
                    curl: group.curl,
                }
            })
            .collect()
    }
}
