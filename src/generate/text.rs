//! Texts: in many scripts, of a length, after a pattern. No U+0000 and no surrogates.

use proptest::char::{CharStrategy, ranges};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::{SBoxedStrategy, Union};
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

/// Texts of a length, free otherwise.
pub fn free(min: u64, max: u64, alphabet: Alphabet) -> SBoxedStrategy<String> {
    let length = |length: u64| usize::try_from(length).unwrap_or(usize::MAX);
    let characters = match alphabet {
        Alphabet::Header => ranges(vec!['a'..='z', '0'..='9', '!'..='~'].into()).sboxed(),
        _ => Union::new_weighted(scripts()).sboxed(),
    };
    let texts = vec(characters, length(min)..=length(max))
        .prop_map(|characters| characters.into_iter().collect::<String>());
    match alphabet {
        Alphabet::Any => texts.sboxed(),
        _ => texts.prop_filter("the place", move |text| alphabet.carries(text)).sboxed(),
    }
}

/// Characters of many scripts; the first are those to which a failing text shrinks.
fn scripts() -> Vec<(u32, CharStrategy<'static>)> {
    vec![
        (12, ranges(vec!['a'..='z', 'a'..='z', 'A'..='Z', '0'..='9', ' '..=' '].into())),
        // Punctuation, much of which means something to one parser or another.
        (3, ranges(vec!['!'..='/', ':'..='@', '['..='`', '{'..='~'].into())),
        (
            2,
            ranges(
                vec!['\u{C0}'..='\u{17F}', '\u{1E00}'..='\u{1EFF}', 'Α'..='Ω', 'а'..='я'].into(),
            ),
        ),
        (
            3,
            ranges(
                vec!['一'..='龥', 'ぁ'..='ゖ', 'ァ'..='ヺ', '가'..='힣', '\u{20000}'..='\u{2A6DF}']
                    .into(),
            ),
        ),
        // From right to left.
        (2, ranges(vec!['ا'..='ي', 'א'..='ת', '٠'..='٩'].into())),
        (
            1,
            ranges(
                vec!['अ'..='ह', 'ก'..='ฮ', '\u{0E31}'..='\u{0E31}', '\u{0E34}'..='\u{0E3A}'].into(),
            ),
        ),
        // Pictures, some of which join to one: families, flags, tones of skin.
        (
            2,
            ranges(
                vec![
                    '\u{1F300}'..='\u{1F64F}',
                    '\u{1F1E6}'..='\u{1F1FF}',
                    '\u{1F3FB}'..='\u{1F3FF}',
                    '\u{200D}'..='\u{200D}',
                    '\u{FE0F}'..='\u{FE0F}',
                ]
                .into(),
            ),
        ),
        (1, ranges(vec!['\u{300}'..='\u{36F}', '\u{64B}'..='\u{652}'].into())),
        // White space of other kinds, marks of direction, a byte order mark.
        (
            1,
            ranges(
                vec![
                    '\n'..='\n',
                    '\t'..='\t',
                    '\u{A0}'..='\u{A0}',
                    '\u{2028}'..='\u{2028}',
                    '\u{202A}'..='\u{202E}',
                    '\u{3000}'..='\u{3000}',
                    '\u{FEFF}'..='\u{FEFF}',
                ]
                .into(),
            ),
        ),
    ]
}

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
