//! What texts have in common.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Words that say nothing of what a text is about.
const STOPWORDS: &[&str] = &[
    "a", "about", "again", "all", "also", "an", "and", "any", "are", "as", "at", "be", "been",
    "but", "by", "can", "do", "does", "for", "from", "had", "has", "have", "he", "her", "his",
    "how", "i", "if", "in", "into", "is", "it", "its", "me", "my", "no", "not", "of", "on", "or",
    "our", "she", "so", "that", "the", "their", "them", "then", "there", "these", "they", "this",
    "to", "was", "we", "were", "what", "when", "where", "which", "who", "why", "will", "with",
    "you", "your",
];

/// How many keywords a chunk has at most.
const KEYWORDS: usize = 10;

/// The words of a text as they are written there. Scripts without spaces give pairs of characters.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|w| !w.is_empty()).flat_map(
        |word| {
            let pairs = if word.chars().any(is_ideograph) { pairs(word) } else { Vec::new() };
            let whole = pairs.is_empty().then_some(word);
            pairs.into_iter().chain(whole)
        },
    )
}

fn pairs(word: &str) -> Vec<&str> {
    let ends: Vec<usize> = word.char_indices().map(|(at, _)| at).chain([word.len()]).collect();
    ends.windows(3).map(|ends| &word[ends[0]..ends[2]]).collect()
}

fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

/// The keywords of a text: the words that it has most often, as they are written there.
pub fn keywords(text: &str) -> Vec<String> {
    let mut counted: Vec<(&str, usize)> = Vec::new();
    for word in words(text).filter(|word| word.chars().nth(1).is_some()) {
        if STOPWORDS.contains(&word.to_lowercase().as_str()) {
            continue;
        }
        match counted.iter_mut().find(|(own, _)| *own == word) {
            Some((_, count)) => *count += 1,
            None => counted.push((word, 1)),
        }
    }
    counted.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counted.into_iter().take(KEYWORDS).map(|(word, _)| word.to_owned()).collect()
}

/// How many words that say something two lists have in common, in whatever case, and what part
/// of all they are: from 0 to 1.
pub fn shared_words(query: &str, text: &str) -> f64 {
    let set = |text: &str| -> HashSet<String> {
        let words = words(text).map(str::to_lowercase);
        words.filter(|word| !STOPWORDS.contains(&word.as_str())).collect()
    };
    cosine(&set(query), &set(text))
}

/// How alike two texts are, from 0 to 1: it stands for what an embedding model would say.
pub fn likeness(query: &str, text: &str) -> f64 {
    let set = |text: &str| -> HashSet<String> {
        let characters: Vec<char> =
            words(text).collect::<Vec<_>>().join(" ").to_lowercase().chars().collect();
        characters.windows(3).map(|three| three.iter().collect()).collect()
    };
    let (letters, words) = (cosine(&set(query), &set(text)), shared_words(query, text));
    f64::midpoint(letters, words)
}

#[expect(clippy::cast_precision_loss, reason = "texts are not that long")]
fn cosine(one: &HashSet<String>, other: &HashSet<String>) -> f64 {
    if one.is_empty() || other.is_empty() {
        return 0.0;
    }
    let shared = one.intersection(other).count();
    shared as f64 / ((one.len() * other.len()) as f64).sqrt()
}

/// What an embedding model would count in a text.
pub fn tokens(text: &str) -> i64 {
    i64::try_from(text.chars().count() / 4).unwrap_or(i64::MAX)
}

/// A fingerprint of a text: 64 hexadecimal digits.
pub fn fingerprint(text: &str) -> String {
    let part = |salt: u8| {
        let mut hasher = DefaultHasher::new();
        (salt, text).hash(&mut hasher);
        format!("{:016x}", hasher.finish())
    };
    (0..4).map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::{fingerprint, keywords, likeness, shared_words};

    #[test]
    fn keywords_are_what_a_text_has_most_often() {
        let text = "The moss grows. Moss and moss: it is a moss of the bog, a peat bog.";
        assert_eq!(keywords(text), ["moss", "bog", "grows", "Moss", "peat"]);
        assert_eq!(keywords("苔藓植物"), ["苔藓", "藓植", "植物"]);
        assert!(keywords("it is a").is_empty());
    }

    #[test]
    fn texts_with_the_same_words_are_alike() {
        let (query, near, far) = ("peat moss?", "Moss makes peat.", "Ravens fly.");
        assert!(shared_words(query, near) > 0.7 && shared_words(query, far) < 0.01);
        assert!(likeness(query, near) > likeness(query, far));
        assert!(likeness(near, near) > 0.99);
        assert_eq!(fingerprint("a").len(), 64);
        assert_ne!(fingerprint("a"), fingerprint("b"));
    }
}
