//! Disagreements gathered into findings.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Disagreement, Finding, Fingerprint, Sample};

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
    count: u64,
    exchanges: u64,
    last_exchange: Option<Order>,
    /// The first occurrences, one for each exchange, in order.
    samples: Vec<(Order, Sample)>,
    curl: Option<Arc<str>>,
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
            let sample =
                Sample { exchange: witness.name.to_owned(), seen: disagreement.seen.clone() };
            let curl = witness.curl;
            let group = self.groups.entry(key).or_insert_with(|| Group {
                first: disagreement,
                count: 0,
                exchanges: 0,
                last_exchange: None,
                samples: Vec::new(),
                curl: Some(curl()),
            });
            group.count += 1;
            if group.last_exchange != Some(witness.order) {
                group.exchanges += 1;
                group.last_exchange = Some(witness.order);
                if group.samples.len() < SAMPLES {
                    group.samples.push((witness.order, sample));
                }
            }
        }
    }

    /// Adds what was seen over all exchanges together, in none in particular.
    pub fn add_overall(&mut self, disagreement: Disagreement, count: u64) {
        self.total += 1;
        let key = key_of(&disagreement);
        self.groups.entry(key).or_insert_with(|| Group {
            first: disagreement,
            count,
            exchanges: count,
            last_exchange: None,
            samples: Vec::new(),
            curl: None,
        });
    }

    /// Adds another one's findings; the two must stem from different exchanges.
    pub fn merge(&mut self, other: Self) {
        self.total += other.total;
        for (key, mut theirs) in other.groups {
            match self.groups.entry(key) {
                std::collections::btree_map::Entry::Vacant(entry) => {
                    entry.insert(theirs);
                }
                std::collections::btree_map::Entry::Occupied(mut entry) => {
                    let ours = entry.get_mut();
                    let first = |group: &Group| group.samples.first().map(|(order, _)| *order);
                    if first(&theirs) < first(ours) {
                        std::mem::swap(ours, &mut theirs);
                    }
                    ours.count += theirs.count;
                    ours.exchanges += theirs.exchanges;
                    ours.samples.extend(theirs.samples);
                    ours.samples.sort_by_key(|(order, _)| *order);
                    ours.samples.truncate(SAMPLES);
                }
            }
        }
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
        mut source: impl FnMut(usize, &str) -> Option<super::Source>,
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
                    source: first.promise.and_then(|(document, at)| source(document, &at)),
                    count: group.count,
                    exchanges: group.exchanges,
                    samples: group.samples.into_iter().map(|(_, sample)| sample).collect(),
                    curl: group.curl,
                }
            })
            .collect()
    }
}
