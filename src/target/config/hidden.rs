//! The text of a configuration file, fit to be shown: what may be a key is hidden.

use std::sync::LazyLock;

use regex::{Captures, Regex};

/// Words in a line, or in the head of its table, that tell that its values may be secret.
static SUSPECT: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)key|token|secret|passw|auth|bearer|credential").ok());

/// What may be shown of such a line: names, punctuation, and names of variables and files.
static SHOWN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let name = r"(?:^|[{,])\s*(?:[A-Za-z0-9_-]{1,24}\s*\.\s*)*[A-Za-z0-9_-]{1,24}\s*=";
    let source =
        r#"(?:[{,]\s*)?\b(?:env\s*=\s*"[A-Za-z_][A-Za-z0-9_]*"|file\s*=\s*"[^"]*[./][^"]*")"#;
    Regex::new(&format!(r"{source}|{name}|^\s*\[+[^\]]*\]+|[\s{{}}=,]")).ok()
});

/// What stands between the scheme and the host of a URL.
static USER: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r#"://[^"'\s]*@"#).ok());

/// The text with `*` in place of all that may be secret. Offsets in bytes stay the same.
#[must_use]
pub fn hidden(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut suspect_table = false;
    for line in text.split_inclusive('\n') {
        if line.trim_start().starts_with('[') {
            suspect_table = is_suspect(line);
        }
        let line = match USER.as_ref() {
            Some(user) => user.replace_all(line, |user: &Captures<'_>| {
                let user = user.get(0).map_or(0, |user| user.len()).saturating_sub("://@".len());
                format!("://{}@", stars(user))
            }),
            None => stars(line.len()).into(),
        };
        if suspect_table || is_suspect(&line) {
            hide(&line, &mut shown);
        } else {
            shown.push_str(&line);
        }
    }
    without_keys(&shown)
}

fn is_suspect(line: &str) -> bool {
    SUSPECT.as_ref().is_none_or(|suspect| suspect.is_match(line))
}

/// Adds a line, and in it only what may be shown.
fn hide(line: &str, shown: &mut String) {
    let mut done = 0;
    for part in SHOWN.as_ref().into_iter().flat_map(|regex| regex.find_iter(line)) {
        shown.push_str(&stars(part.start() - done));
        shown.push_str(part.as_str());
        done = part.end();
    }
    shown.push_str(&stars(line.len() - done));
}

fn stars(count: usize) -> String {
    "*".repeat(count)
}

/// Whether there is something in a text that looks like a key: letters and digits, many of them in a row.
#[must_use]
pub fn looks_like_key(text: &str) -> bool {
    words(text).any(|(_, word)| is_random(word))
}

/// The text with `*` in place of everything that looks like a key. Offsets in bytes stay the same.
#[must_use]
pub fn without_keys(text: &str) -> String {
    let mut shown = text.to_owned();
    for (at, word) in words(text).filter(|(_, word)| is_random(word)) {
        shown.replace_range(at..at + word.len(), &stars(word.len()));
    }
    shown
}

/// The runs of letters and digits of a text, with their offsets.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut end = 0;
    text.split_inclusive(|c: char| !c.is_ascii_alphanumeric()).map(move |word| {
        end += word.len();
        (end - word.len(), word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric()))
    })
}

fn is_random(word: &str) -> bool {
    word.len() >= 12
        && word.contains(|c: char| c.is_ascii_digit())
        && word.contains(|c: char| c.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::{hidden, looks_like_key};

    #[test]
    fn what_may_be_a_key_is_hidden() {
        for (text, shown) in [
            ("base-url = \"https://a/v1\"\n", "base-url = \"https://a/v1\"\n"),
            ("base-url = \"https://a:b@c/v1\"", "base-url = \"https://***@c/v1\""),
            ("keys = { chat = { env = \"CHAT\" } }", "keys = { chat = { env = \"CHAT\" } }"),
            ("chatapp-abcdefghijk12345", "chatapp-****************"),
            (
                "keys = { chat = \"app-1\", x = {env = \"E\"} }",
                "keys = { chat = *******, x = {env = \"E\"} }",
            ),
            ("keys.chat = \"app-1", "keys.chat = ******"),
            ("api-key = app-1", "api-key = *****"),
            ("[a.keys]\nchat = \"app-1\" # app-2", "[a.keys]\nchat = ******* * *****"),
            (
                "[a.keys]\nchat = \"ü\"\n[b]\nuser = \"u\"",
                "[a.keys]\nchat = ****\n[b]\nuser = \"u\"",
            ),
            ("keys = { chat = { env = \"app-1\" } }", "keys = { chat = { env = ******* } }"),
            ("keys = { chat = { file = \"app-1\" } }", "keys = { chat = { file = ******* } }"),
            ("keys = { chat = { file = \"../a\" } }", "keys = { chat = { file = \"../a\" } }"),
        ] {
            assert_eq!(hidden(text), shown);
            assert_eq!(hidden(text).len(), text.len());
        }
    }

    #[test]
    fn keys_look_like_keys() {
        assert!(looks_like_key("app-abcdefghijk12345"));
        assert!(!looks_like_key("DIFFERENT_CHATFLOW_KEY_2"));
        assert!(!looks_like_key("staging-server-01"));
        assert!(!looks_like_key("secrets/chat-key-2.txt"));
    }
}
