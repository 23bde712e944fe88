//! Texts before they are cut.

use std::sync::LazyLock;

use regex::Regex;

/// Many empty lines.
static LINES: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\n{3,}").ok());

/// Many spaces of any kind.
static SPACES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"[\t\f\r \u{a0}\u{1680}\u{180e}\u{2000}-\u{200a}\u{202f}\u{205f}\u{3000}]{2,}").ok()
});

/// Addresses of mail.
static MAIL: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"[a-zA-Z0-9_.+-]+@[a-zA-Z0-9-]+\.[a-zA-Z0-9-.]+").ok());

/// Links of Markdown, which stay, and other addresses of pages, which go.
static PAGES: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(!?\[[^\]]*\]\(https?://[^)]+\))|https?://\S+").ok());

/// A text without what cannot be shown, and cleaned by the rules that are on.
pub fn clean(text: &str, rules: &[(String, bool)]) -> String {
    let mut text = text.replace("<|", "<").replace("|>", ">");
    text.retain(|c| !is_unwanted(c));
    for (rule, _) in rules.iter().filter(|(_, enabled)| *enabled) {
        text = match rule.as_str() {
            "remove_extra_spaces" => replaced(&SPACES, &replaced(&LINES, &text, "\n\n"), " "),
            "remove_urls_emails" => replaced(&PAGES, &replaced(&MAIL, &text, ""), "$1"),
            _ => text,
        };
    }
    text
}

fn is_unwanted(c: char) -> bool {
    matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{7f}' | '\u{fffe}')
}

fn replaced(pattern: &LazyLock<Option<Regex>>, text: &str, by: &str) -> String {
    match &**pattern {
        Some(pattern) => pattern.replace_all(text, by).into_owned(),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::clean;

    #[test]
    fn only_the_rules_that_are_on_are_followed() {
        let text = "a  b\n\n\n\nc\u{0}\u{fffe} <|x|> me@example.org http://e.org [e](http://e.org)";
        let on = |rule: &str| vec![(rule.to_owned(), true)];
        assert_eq!(clean(text, &[]), text.replace(['\0', '\u{fffe}'], "").replace("<|x|>", "<x>"));
        let spaces = clean(text, &on("remove_extra_spaces"));
        assert_eq!(spaces, "a b\n\nc <x> me@example.org http://e.org [e](http://e.org)");
        let links =
            clean("me@example.org, http://e.org/a [e](http://e.org)", &on("remove_urls_emails"));
        assert_eq!(links, ",  [e](http://e.org)");
    }
}
