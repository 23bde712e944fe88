//! Odd input: what a fuzzer sent to the real server, sent to the mock. What a fuzzer does hangs on
//! state that it did not record, so here only the class of the status and the error code are compared,
//! and it is the rate of agreement that is held.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use uuid::Uuid;

use super::differences::Rule;
use super::ids::Ids;
use super::recording::{Answer, Recorded};
use super::replay::{Server, learn, send};

/// What the recorder put in the place of values that it took for secrets.
const HIDDEN: &str = "[Filtered]";

/// Why an exchange is not compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Left {
    /// The recorder hid a value of the request.
    Hidden,
    /// The real server failed: whether the mock copies that fault is its own affair.
    ServerFailed,
    /// The answer hangs on something that was made before the recording began.
    MadeBefore,
}

/// What came of a fuzzed recording.
#[derive(Debug, Default)]
pub struct Fuzzed {
    /// How many answers agree.
    pub agree: usize,
    /// How many do not.
    pub differ: usize,
    /// By the number of the rule that lists them, how many do not and are not meant to.
    pub deliberate: BTreeMap<usize, usize>,
    /// By operation and both outcomes, the numbers of the exchanges that do not agree.
    pub groups: BTreeMap<(String, String, String), Vec<u64>>,
    /// How many were not compared, and why.
    pub left: BTreeMap<Left, usize>,
    /// Where the mock failed, or did not answer.
    pub failed: Vec<String>,
}

impl Fuzzed {
    /// The part of the answers that agree, of those that are meant to; from 0 to 1.
    #[expect(clippy::cast_precision_loss, reason = "they are few thousand")]
    pub fn rate(&self) -> f64 {
        self.agree as f64 / (self.agree + self.differ).max(1) as f64
    }

    /// A table of what does not agree, the most frequent first.
    pub fn table(&self) -> String {
        let mut groups: Vec<_> = self.groups.iter().collect();
        groups.sort_by_key(|(_, exchanges)| std::cmp::Reverse(exchanges.len()));
        let mut text = format!(
            "{} compared, {} agree, {} with a deliberate difference, {} differ: {:.1} %; not compared: {:?}\n",
            self.agree + self.differ + self.deliberate.values().sum::<usize>(),
            self.agree,
            self.deliberate.values().sum::<usize>(),
            self.differ,
            self.rate() * 100.0,
            self.left
        );
        for ((operation, recorded, seen), exchanges) in groups {
            let some: Vec<String> = exchanges.iter().take(4).map(|n| format!("#{n}")).collect();
            let (count, some) = (exchanges.len(), some.join(" "));
            let _ = writeln!(text, "{count:5}  {operation:52} {recorded:28} {seen:28} {some}");
        }
        for failed in &self.failed {
            let _ = writeln!(text, "FAILED {failed}");
        }
        text
    }
}

/// Sends a fuzzed recording. The keys are hidden in it: those that were refused are replaced by one
/// that is no key, all others by `key`.
pub fn replay(recording: &[Recorded], server: &Server, key: &str, rules: &[Rule]) -> Fuzzed {
    let mut ids = Ids::default();
    let mut fuzzed = Fuzzed::default();
    for recorded in recording {
        let mut request = recorded.clone();
        for (name, value) in &mut request.headers {
            if name.eq_ignore_ascii_case("authorization") && value == HIDDEN {
                let key = if recorded.answer.status == 401 { "app-that-is-no-key" } else { key };
                *value = format!("Bearer {key}");
            }
        }
        let name = format!("#{} {} {}", recorded.index, recorded.method, recorded.target);
        let seen = match send(&request, &request.body, server, &ids) {
            Ok(seen) if seen.status < 500 || recorded.answer.status >= 500 => seen,
            Ok(seen) => {
                fuzzed.failed.push(format!("{name}: {}", outcome(&seen)));
                continue;
            }
            Err(error) => {
                fuzzed.failed.push(format!("{name}: {error}"));
                continue;
            }
        };
        learn(&mut ids, &recorded.answer, &seen);
        let left = if is_hidden(recorded) {
            Some(Left::Hidden)
        } else if recorded.answer.status >= 500 {
            Some(Left::ServerFailed)
        } else {
            let found = recorded.answer.status < 400;
            let is_new = |id: &String| !ids.knows(id);
            (found && uuids(recorded.target.as_bytes()).any(|id| is_new(&id)))
                .then_some(Left::MadeBefore)
        };
        if let Some(left) = left {
            *fuzzed.left.entry(left).or_default() += 1;
        } else if agree(&recorded.answer, &seen) {
            fuzzed.agree += 1;
        } else if let Some(rule) = rules.iter().position(|rule| covers(rule, recorded, &seen)) {
            *fuzzed.deliberate.entry(rule).or_default() += 1;
        } else {
            fuzzed.differ += 1;
            let group = (operation(recorded), outcome(&recorded.answer), outcome(&seen));
            fuzzed.groups.entry(group).or_default().push(recorded.index);
        }
    }
    fuzzed
}

/// Whether the recorder hid something that counts.
fn is_hidden(recorded: &Recorded) -> bool {
    let hidden = |bytes: &[u8]| memchr::memmem::find(bytes, HIDDEN.as_bytes()).is_some();
    let target = percent_encoding::percent_decode_str(&recorded.target).collect::<Vec<u8>>();
    hidden(&target) || hidden(&recorded.body) || recorded.body_lost
}

/// The UUIDs in a text.
fn uuids(text: &[u8]) -> impl Iterator<Item = String> {
    let is_uuid = |window: &&[u8]| {
        std::str::from_utf8(window).is_ok_and(|text| Uuid::try_parse(text).is_ok())
    };
    text.windows(36).filter(is_uuid).map(|uuid| String::from_utf8_lossy(uuid).into_owned())
}

fn covers(rule: &Rule, recorded: &Recorded, seen: &Answer) -> bool {
    let holds = |bytes: &[u8]| memchr::memmem::find(bytes, rule.containing.as_bytes()).is_some();
    rule.operation == operation(recorded)
        && rule.recorded == outcome(&recorded.answer)
        && rule.mock == outcome(seen)
        && (holds(recorded.target.as_bytes()) || holds(&recorded.body))
}

fn agree(recorded: &Answer, seen: &Answer) -> bool {
    recorded.status / 100 == seen.status / 100
        && (recorded.status < 400 || recorded.code() == seen.code())
}

fn outcome(answer: &Answer) -> String {
    format!("{} {}", answer.status, answer.code().unwrap_or_default()).trim_end().to_owned()
}

/// The method and the path, with a star for what is no word.
fn operation(recorded: &Recorded) -> String {
    let word =
        |segment: &str| segment.bytes().all(|b| b.is_ascii_lowercase() || b == b'-' || b == b'_');
    let segments = recorded.path().split('/').skip(2);
    let path: Vec<&str> = segments.map(|s| if word(s) { s } else { "*" }).collect();
    format!("{} /{}", recorded.method, path.join("/"))
}
