//! A part of a run, so that a run spreads over several machines.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::finding::Fingerprint;

/// The most parts that a run can have.
const MOST: u32 = 10_000;

/// A part of a run: `2/3` is the second of three.
///
/// Which part a case belongs to follows from its name alone, so a new case moves no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Shard {
    /// How many parts there are.
    of: u32,
    /// The number of this one, from 1.
    number: u32,
}

impl Shard {
    /// Whether a case of this name belongs to it.
    #[must_use]
    pub fn holds(self, name: &str) -> bool {
        let hash = Fingerprint::of(&[name]).number();
        hash % u64::from(self.of) == u64::from(self.number - 1)
    }

    /// How many parts there are.
    #[must_use]
    pub fn of(self) -> u32 {
        self.of
    }

    /// All parts of as many as this is one of.
    pub fn all(self) -> impl Iterator<Item = Self> {
        (1..=self.of).map(move |number| Self { of: self.of, number })
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once('/');
        let numbers = parts.and_then(|(number, of)| Some((number.parse().ok()?, of.parse().ok()?)));
        match numbers {
            Some((number, of)) if of > MOST => {
                Err(format!("{of} parts are too many for part {number}; {MOST} are the most"))
            }
            Some((_, 0)) => Err("a run has at least one part, as in `1/1`".to_owned()),
            Some((number, of)) if (1..=of).contains(&number) => Ok(Self { of, number }),
            Some((number, of)) => {
                Err(format!("there is no part {number} of {of}; they are 1/{of} to {of}/{of}"))
            }
            None => Err("a part of a run is I/N, as in `1/3` for the first of three".to_owned()),
        }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

impl From<Shard> for String {
    fn from(shard: Shard) -> Self {
        shard.to_string()
    }
}

impl TryFrom<String> for Shard {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::Shard;

    #[test]
    fn every_case_is_in_one_part_and_parts_are_of_like_size() {
        for of in [1_u32, 2, 3, 7] {
            let first: Shard = format!("1/{of}").parse().unwrap();
            let mut sizes = Vec::new();
            let names: Vec<String> =
                (0..2100).map(|n| format!("key::GET /things/{n}::boundary::most")).collect();
            for name in &names {
                assert_eq!(first.all().filter(|shard| shard.holds(name)).count(), 1, "{name}");
            }
            for shard in first.all() {
                sizes.push(names.iter().filter(|name| shard.holds(name)).count());
            }
            let fair = names.len() / sizes.len();
            assert!(sizes.iter().all(|size| size.abs_diff(fair) < fair / 4), "{sizes:?}");
        }
    }

    /// Where it stays is a promise: reports of parts are kept and compared.
    #[test]
    fn a_case_stays_where_it_is() {
        let shard: Shard = "1/3".parse().unwrap();
        let of = |name: &str| shard.all().find(|shard| shard.holds(name)).unwrap().to_string();
        assert_eq!(of("knowledge::GET /datasets::boundary::maximum-limit"), "3/3");
        assert_eq!(of("chat::GET /info::examples::plain"), "3/3");
    }

    #[test]
    fn what_is_no_part_is_told() {
        for (text, told) in [
            ("", "a part of a run is I/N, as in `1/3` for the first of three"),
            ("3", "a part of a run is I/N, as in `1/3` for the first of three"),
            ("-1/3", "a part of a run is I/N, as in `1/3` for the first of three"),
            ("0/3", "there is no part 0 of 3; they are 1/3 to 3/3"),
            ("4/3", "there is no part 4 of 3; they are 1/3 to 3/3"),
            ("1/99999", "99999 parts are too many for part 1; 10000 are the most"),
        ] {
            assert_eq!(text.parse::<Shard>().unwrap_err(), told);
        }
    }
}
