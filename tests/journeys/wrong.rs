//! Suites that are wrong: what is told of them.

use std::fmt::Write as _;

use proptest::prelude::*;
use serde::Deserialize;

use super::{CONTRACT, read};

/// The suite that is changed.
const SOUND: &str = "tests/fixtures/suites/sound.arazzo.yaml";

/// A change.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    about: String,
    find: String,
    put: String,
    /// Which of them, counted from 1.
    #[serde(default = "first")]
    nth: usize,
}

fn first() -> usize {
    1
}

impl Change {
    fn of(&self, text: &str) -> String {
        let found = text.match_indices(&self.find).nth(self.nth - 1);
        let (at, _) = found.ok_or(&self.about).unwrap();
        format!("{}{}{}", &text[..at], self.put, &text[at + self.find.len()..])
    }
}

/// What is told of a text.
fn told(name: &str, text: &str) -> String {
    let path = format!("{}/{name}", env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(&path, text).unwrap();
    let told = read(&path).err().unwrap_or_default();
    told.replace(&path, "suite.yaml")
}

#[test]
fn the_sound_one_is_sound() {
    assert_eq!(read(SOUND).err(), None);
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let sound = std::fs::read_to_string(SOUND).unwrap();
    let (_, changes) =
        dify_contract::document::TextFile::read("tests/fixtures/suites/wrong.yaml").unwrap();
    let changes: Vec<Change> = serde_json::from_value(changes).unwrap();
    let mut texts = String::new();
    for change in changes {
        let text = told("wrong.arazzo.yaml", &change.of(&sound));
        assert!(text.starts_with("error: "), "nothing is told of {}", change.about);
        writeln!(texts, "# {}\n{text}", change.about).unwrap();
    }
    insta::assert_snapshot!(texts);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    /// Whatever stands in a suite: it is read, or something is told.
    #[test]
    fn no_text_is_too_odd(at in 0usize..4096, put in "\\PC{0,8}|[$#{}\\[\\]:/.&|=<>'\"()-]{1,12}") {
        let _ = &*CONTRACT;
        let mut text = std::fs::read_to_string(SOUND).unwrap();
        let mut at = at % text.len();
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        text.insert_str(at, &put);
        let name = format!("odd-{:?}.yaml", std::thread::current().id());
        let told = told(&name, &text);
        prop_assert!(told.is_empty() || told.starts_with("error: "), "{}", told);
    }
}
