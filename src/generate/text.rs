//! Texts: in many scripts, of a length, after a pattern. No U+0000 and no surrogates.

use std::ops::RangeInclusive;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::SBoxedStrategy;
use proptest::string::string_regex_parsed;
use regex_syntax::hir::{Capture, Hir, HirKind, Repetition};

use super::facts::Facts;
use super::format;

/// Which characters a place can carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alphabet {
    /// All.
    Any,
    /// Those of a segment of a path: no slash, and the segment is not empty, `.` or `..`.
    Path,
    /// Those of a header: visible ASCII, spaces within.
    Header,
    /// All but the character that separates values.
    Without(char),
}

impl Alphabet {
    /// Whether the place can carry the text.
    #[must_use]
    pub fn carries(self, text: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Path => !text.contains(['/', '\\']) && !matches!(text, "" | "." | ".."),
            Self::Header => {
                text.trim() == text && text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
            }
            Self::Without(mark) => !text.contains(mark),
        }
    }
}

/// How much longer than it must be a text becomes.
const SPREAD: u64 = 24;

/// Texts longer than this are not made.
pub const MAX_LENGTH: u64 = 200_000;

/// Texts that obey the facts of a string.
pub fn strings(facts: &Facts<'_>, alphabet: Alphabet) -> SBoxedStrategy<String> {
    let (min, max) = (facts.min_length, facts.max_length);
    let fits = move |text: &String| {
        let length = text.chars().count() as u64;
        length >= min && max.is_none_or(|max| length <= max) && alphabet.carries(text)
    };
    let known = facts.formats.iter().find_map(|format| format::strings(format));
    if let Some(strategy) = known {
        return strategy.prop_filter("the length", fits).sboxed();
    }
    if let Some(strategy) = facts.patterns.first().and_then(|pattern| matching(pattern)) {
        return strategy.prop_filter("the length", fits).sboxed();
    }
    let min = min.max(u64::from(alphabet == Alphabet::Path)).min(MAX_LENGTH);
    let max = max.unwrap_or(u64::MAX).min(min.saturating_add(SPREAD));
    free(min, max.max(min), alphabet)
}

/// Texts of a length, free otherwise. A text that fails shrinks to fewer characters, and these to the first
/// ones of the first script.
pub fn free(min: u64, max: u64, alphabet: Alphabet) -> SBoxedStrategy<String> {
    let length = |length: u64| usize::try_from(length).unwrap_or(usize::MAX);
    let scripts = if alphabet == Alphabet::Header { HEADER } else { SCRIPTS };
    // Numbers are drawn, and not characters: a union of scripts would have a source of chance for each
    // script of each character.
    let texts = vec(0..numbers(scripts), length(min)..=length(max)).prop_map(|numbers| {
        numbers.into_iter().filter_map(|number| character(scripts, number)).collect::<String>()
    });
    match alphabet {
        Alphabet::Any => texts.sboxed(),
        _ => texts.prop_filter("the place", move |text| alphabet.carries(text)).sboxed(),
    }
}

/// A script: how often it comes, and its characters, each range as often as the others.
type Script = (u32, &'static [RangeInclusive<char>]);

/// How many numbers stand for a script of weight 1: so many that each character has one at least.
const PARTS: u32 = 1 << 17;

/// How many numbers stand for characters of these scripts.
fn numbers(scripts: &[Script]) -> u32 {
    scripts.iter().map(|(weight, _)| weight * PARTS).sum()
}

/// The character that a number below [`numbers`] stands for: the smaller the number, the sooner the script.
fn character(scripts: &[Script], mut number: u32) -> Option<char> {
    let (weight, ranges) = scripts.iter().find(|(weight, _)| {
        let here = number < weight * PARTS;
        number -= if here { 0 } else { weight * PARTS };
        here
    })?;
    // A place among all ranges, as a fraction of which each range is a whole.
    let (place, whole) = (u64::from(number) * ranges.len() as u64, u64::from(weight * PARTS));
    let range = ranges.get(usize::try_from(place / whole).ok()?)?;
    let (first, last) = (u64::from(*range.start()), u64::from(*range.end()));
    let character = first + place % whole * (last - first + 1) / whole;
    char::from_u32(u32::try_from(character).ok()?)
}

/// What headers can carry.
const HEADER: &[Script] = &[(1, &['a'..='z', '0'..='9', '!'..='~'])];

/// Characters of many scripts; the first are those to which a failing text shrinks.
const SCRIPTS: &[Script] = &[
    (12, &['a'..='z', 'a'..='z', 'A'..='Z', '0'..='9', ' '..=' ']),
    // Punctuation, much of which means something to one parser or another.
    (3, &['!'..='/', ':'..='@', '['..='`', '{'..='~']),
    (2, &['\u{C0}'..='\u{17F}', '\u{1E00}'..='\u{1EFF}', 'Α'..='Ω', 'а'..='я']),
    (3, &['一'..='龥', 'ぁ'..='ゖ', 'ァ'..='ヺ', '가'..='힣', '\u{20000}'..='\u{2A6DF}']),
    // From right to left.
    (2, &['ا'..='ي', 'א'..='ת', '٠'..='٩']),
    (1, &['अ'..='ह', 'ก'..='ฮ', '\u{0E31}'..='\u{0E31}', '\u{0E34}'..='\u{0E3A}']),
    // Pictures, some of which join to one: families, flags, tones of skin.
    (
        2,
        &[
            '\u{1F300}'..='\u{1F64F}',
            '\u{1F1E6}'..='\u{1F1FF}',
            '\u{1F3FB}'..='\u{1F3FF}',
            '\u{200D}'..='\u{200D}',
            '\u{FE0F}'..='\u{FE0F}',
        ],
    ),
    (1, &['\u{300}'..='\u{36F}', '\u{64B}'..='\u{652}']),
    // White space of other kinds, marks of direction, a byte order mark.
    (
        1,
        &[
            '\n'..='\n',
            '\t'..='\t',
            '\u{A0}'..='\u{A0}',
            '\u{2028}'..='\u{2028}',
            '\u{202A}'..='\u{202E}',
            '\u{3000}'..='\u{3000}',
            '\u{FEFF}'..='\u{FEFF}',
        ],
    ),
];

/// Texts in which a pattern finds something; `None` if the pattern is beyond us.
pub fn matching(pattern: &str) -> Option<SBoxedStrategy<String>> {
    let pattern = ascii_classes(pattern);
    let hir = regex_syntax::Parser::new().parse(&pattern).ok()?;
    let strategy = string_regex_parsed(&without_anchors(&hir)).ok()?;
    Some(strategy.prop_filter("no U+0000", |text| !text.contains('\0')).sboxed())
}

/// `\d` and `\w` mean ASCII alone to JSON Schema.
fn ascii_classes(pattern: &str) -> String {
    let mut result = String::with_capacity(pattern.len());
    let mut characters = pattern.chars();
    while let Some(c) = characters.next() {
        if c != '\\' {
            result.push(c);
            continue;
        }
        match characters.next() {
            Some('d') => result.push_str("[0-9]"),
            Some('D') => result.push_str("[^0-9]"),
            Some('w') => result.push_str("[A-Za-z0-9_]"),
            Some('W') => result.push_str("[^A-Za-z0-9_]"),
            Some(other) => result.extend(['\\', other]),
            None => result.push('\\'),
        }
    }
    result
}

/// The expression without `^`, `$` and the like: what is made holds nothing else.
fn without_anchors(hir: &Hir) -> Hir {
    match hir.kind() {
        HirKind::Look(_) => Hir::empty(),
        HirKind::Repetition(repetition) => Hir::repetition(Repetition {
            sub: Box::new(without_anchors(&repetition.sub)),
            // Shorter than what the crate would make of it.
            max: repetition.max.or(Some(repetition.min.saturating_add(8))),
            ..repetition.clone()
        }),
        HirKind::Capture(capture) => Hir::capture(Capture {
            sub: Box::new(without_anchors(&capture.sub)),
            ..capture.clone()
        }),
        HirKind::Concat(parts) => Hir::concat(parts.iter().map(without_anchors).collect()),
        HirKind::Alternation(parts) => {
            Hir::alternation(parts.iter().map(without_anchors).collect())
        }
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) => hir.clone(),
    }
}

/// A plain text of this length.
#[must_use]
pub fn plain(length: u64) -> String {
    let length = usize::try_from(length.min(MAX_LENGTH)).unwrap_or(0);
    "text-".chars().cycle().take(length).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_stands_for_a_character_of_its_script() {
        for scripts in [SCRIPTS, HEADER] {
            let mut before = 0;
            for (weight, ranges) in scripts {
                let end = before + weight * PARTS;
                let mut seen: Vec<char> =
                    (before..end).map(|number| character(scripts, number).unwrap()).collect();
                seen.dedup();
                // Each range from its first to its last character, and nothing else.
                let all: Vec<char> = ranges.iter().cloned().flatten().collect();
                assert_eq!(seen, all);
                before = end;
            }
            assert_eq!(before, numbers(scripts));
            assert_eq!(character(scripts, 0), Some('a'));
            assert_eq!(character(scripts, before), None);
        }
    }
}
