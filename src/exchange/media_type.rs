//! Media types as the `Content-Type` header writes them (RFC 9110, section 8.3), and the ranges by
//! which API documents name them (`image/*`, `*/*`).

use std::borrow::Cow;
use std::fmt;

/// Those that most messages have: they need not be looked at, or copied.
const COMMON: [&str; 4] =
    ["application/json", "text/event-stream", "multipart/form-data", "text/html"];

/// A media type: type, subtype and parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaType {
    essence: Cow<'static, str>,
    slash: usize,
    parameters: Vec<(String, String)>,
}

/// The text is no media type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaTypeError {
    text: String,
}

impl MediaType {
    /// Reads a media type or a range.
    ///
    /// Type, subtype and the names of parameters become lower case. A parameter that is broken
    /// (no `=`) is left out: servers send `text/html; ` and worse.
    ///
    /// # Errors
    /// Where there is no `type/subtype` of token characters.
    pub fn parse(text: &str) -> Result<Self, MediaTypeError> {
        let (essence, rest) = text.split_once(';').unwrap_or((text, ""));
        let essence = essence.trim();
        let essence = match COMMON.iter().find(|common| **common == essence) {
            Some(common) => Cow::Borrowed(*common),
            None => Cow::Owned(essence.to_ascii_lowercase()),
        };
        let parts = essence.split_once('/');
        let is_common = matches!(essence, Cow::Borrowed(_));
        let valid = parts.filter(|(main, sub)| is_common || is_token(main) && is_token(sub));
        let Some(slash) = valid.map(|(main, _)| main.len()) else {
            return Err(MediaTypeError { text: text.to_owned() });
        };
        let parameters = if rest.is_empty() { Vec::new() } else { parameters(rest) };
        Ok(Self { essence, slash, parameters })
    }

    /// Type and subtype in lower case, without parameters: `application/json`.
    #[must_use]
    pub fn essence(&self) -> &str {
        &self.essence
    }

    /// The part before the slash.
    #[must_use]
    pub fn main(&self) -> &str {
        self.essence.get(..self.slash).unwrap_or_default()
    }

    /// The part behind the slash.
    #[must_use]
    pub fn sub(&self) -> &str {
        self.essence.get(self.slash + 1..).unwrap_or_default()
    }

    /// The parameters, in order: names in lower case, values without quotes.
    #[must_use]
    pub fn parameters(&self) -> &[(String, String)] {
        &self.parameters
    }

    /// The first value of the named parameter (`charset`, `boundary`); the name in lower case.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Whether the content is JSON: `application/json`, `text/json`, and `+json` (RFC 6839).
    #[must_use]
    pub fn is_json(&self) -> bool {
        matches!(&*self.essence, "application/json" | "text/json") || self.sub().ends_with("+json")
    }

    /// Whether the content is a stream of server-sent events.
    #[must_use]
    pub fn is_event_stream(&self) -> bool {
        self.essence == "text/event-stream"
    }

    /// Whether the content is characters rather than bytes.
    #[must_use]
    pub fn is_text(&self) -> bool {
        self.main() == "text"
            || self.is_json()
            || self.sub().ends_with("+xml")
            || self.sub().ends_with("+yaml")
            || matches!(
                &*self.essence,
                "application/xml"
                    | "application/yaml"
                    | "application/javascript"
                    | "application/graphql"
                    | "application/x-ndjson"
                    | "application/x-www-form-urlencoded"
            )
    }

    /// Whether the range, a key of a `content` object, takes in this media type.
    ///
    /// Parameters of the range must be there with the same value; values of `charset` are compared
    /// without regard to case.
    #[must_use]
    pub fn matches(&self, range: &str) -> bool {
        self.specificity(range).is_some()
    }

    /// The most specific of the ranges that take in this media type: `application/json;
    /// charset=utf-8` before `application/json` before `application/*` before `*/*`; the first of
    /// equals.
    #[must_use]
    pub fn best<'a>(&self, ranges: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
        let mut best: Option<(Specificity, &str)> = None;
        for range in ranges {
            if let Some(specificity) = self.specificity(range)
                && best.is_none_or(|(so_far, _)| specificity > so_far)
            {
                best = Some((specificity, range));
            }
        }
        best.map(|(_, range)| range)
    }

    fn specificity(&self, range: &str) -> Option<Specificity> {
        // Most ranges are plain types.
        if !range.contains(['*', ';']) {
            return range.trim().eq_ignore_ascii_case(&self.essence).then_some((2, 0));
        }
        let range = Self::parse(range).ok()?;
        let level = match (range.main(), range.sub()) {
            ("*", "*") => 0,
            (main, "*") if main == self.main() => 1,
            _ if range.essence == self.essence => 2,
            _ => return None,
        };
        let has = |(name, value): &(String, String)| {
            self.parameter(name).is_some_and(|own| match name.as_str() {
                "charset" => own.eq_ignore_ascii_case(value),
                _ => own == value,
            })
        };
        range.parameters.iter().all(has).then_some((level, range.parameters.len()))
    }
}

/// How closely a range fits: 0 to 2 for wildcards, then how many parameters fit.
type Specificity = (u8, usize);

impl fmt::Display for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.essence)?;
        for (name, value) in &self.parameters {
            if is_token(value) {
                write!(f, "; {name}={value}")?;
            } else {
                let value = value.replace('\\', "\\\\").replace('"', "\\\"");
                write!(f, "; {name}=\"{value}\"")?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for MediaTypeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is no media type; write it as type/subtype", self.text)
    }
}

impl std::error::Error for MediaTypeError {}

/// Whether this is a token of RFC 9110.
fn is_token(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(allowed)
}

/// The parameters of a header's value, `; name=value; name="quoted \"value\""`.
pub(super) fn parameters(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(|c: char| c == ';' || c.is_ascii_whitespace());
        let Some(end) = rest.find([';', '=']) else { break };
        let (name, tail) = rest.split_at(end);
        let Some(tail) = tail.strip_prefix('=') else {
            rest = tail;
            continue;
        };
        let (value, tail) = value(tail.trim_start_matches([' ', '\t']));
        if !name.trim().is_empty() {
            found.push((name.trim().to_ascii_lowercase(), value));
        }
        rest = tail;
    }
    found
}

/// A value up to its `;`, and what follows. A quoted string that does not end takes all.
fn value(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let (value, tail) = text.split_at(text.find(';').unwrap_or(text.len()));
        return (value.trim().to_owned(), tail);
    };
    let mut value = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return (value, quoted.get(at + 1..).unwrap_or_default()),
            // Only these two: Internet Explorer and its kin send `filename="C:\file"` as it is.
            '\\' => match characters.clone().next() {
                Some((_, escaped @ ('"' | '\\'))) => {
                    value.push(escaped);
                    characters.next();
                }
                _ => value.push('\\'),
            },
            _ => value.push(character),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use super::MediaType;

    fn parsed(text: &str) -> String {
        MediaType::parse(text).map_or_else(|error| error.to_string(), |t| t.to_string())
    }

    #[test]
    fn media_types_are_read_as_servers_send_them() {
        for (text, expected) in [
            ("application/json", "application/json"),
            (" Application/JSON ;Charset=UTF-8 ", "application/json; charset=UTF-8"),
            ("text/html; ", "text/html"),
            ("text/html;;; q ; charset=\"utf-8\" ;x=1", "text/html; charset=utf-8; x=1"),
            (r#"a/b; c="d;e\"f\\g""#, r#"a/b; c="d;e\"f\\g""#),
            ("a/b; c=\"open", "a/b; c=open"),
            ("multipart/form-data; boundary=--x=y", "multipart/form-data; boundary=\"--x=y\""),
            ("json", r#""json" is no media type; write it as type/subtype"#),
            ("", r#""" is no media type; write it as type/subtype"#),
            ("a/b/c", r#""a/b/c" is no media type; write it as type/subtype"#),
            ("a b/c", r#""a b/c" is no media type; write it as type/subtype"#),
        ] {
            assert_eq!(parsed(text), expected, "{text}");
        }
    }

    #[test]
    fn kinds() {
        let kinds = |text: &str| {
            let media_type = MediaType::parse(text).unwrap();
            (media_type.is_json(), media_type.is_event_stream(), media_type.is_text())
        };
        assert_eq!(kinds("application/json; charset=utf-8"), (true, false, true));
        assert_eq!(kinds("application/problem+json"), (true, false, true));
        assert_eq!(kinds("text/event-stream"), (false, true, true));
        assert_eq!(kinds("image/svg+xml"), (false, false, true));
        assert_eq!(kinds("image/png"), (false, false, false));
        assert_eq!(kinds("multipart/form-data; boundary=x"), (false, false, false));
    }

    #[test]
    fn the_most_specific_range_wins() {
        let media_type = MediaType::parse("application/json; charset=utf-8").unwrap();
        let ranges = ["*/*", "application/*", "application/json", "application/json;charset=UTF-8"];
        assert_eq!(media_type.best(ranges), Some("application/json;charset=UTF-8"));
        assert_eq!(media_type.best(ranges.into_iter().take(3)), Some("application/json"));
        assert_eq!(media_type.best(ranges.into_iter().take(2)), Some("application/*"));
        assert_eq!(media_type.best(["image/*", "nonsense"]), None);
        assert!(!media_type.matches("application/json; charset=latin-1"));
    }
}
