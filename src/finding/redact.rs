//! Masks secrets before anything is kept: by name (of a header, a parameter, a field, a member)
//! and by pattern.

mod form;
mod json;
mod suspect;
mod url;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use regex::bytes::{NoExpand, Regex, RegexSet};

use suspect::Suspect;

/// What stands in place of a secret.
pub const MASK: &str = "***";

/// Headers that hold secrets whatever the API is.
const SECRET_HEADERS: [&str; 5] =
    ["Authorization", "Proxy-Authorization", "Cookie", "Set-Cookie", "X-Api-Key"];

/// Headers whose value is a URL.
const URL_HEADERS: [&str; 3] = ["Location", "Content-Location", "Referer"];

/// Words before the credentials in `Authorization`, which are no secret: the IANA registry of HTTP
/// authentication schemes, and three that are in use without being in it.
const SCHEMES: [&str; 18] = [
    "Basic",
    "Bearer",
    "Concealed",
    "Digest",
    "DPoP",
    "GNAP",
    "HOBA",
    "Mutual",
    "Negotiate",
    "OAuth",
    "PrivateToken",
    "SCRAM-SHA-1",
    "SCRAM-SHA-256",
    "vapid",
    "ApiKey",
    "AWS4-HMAC-SHA256",
    "Key",
    "Token",
];

/// Masks secrets; cheap to clone. By default it knows the headers that are always secret.
///
/// Masking twice changes nothing that masking once did not.
#[derive(Clone, Default)]
pub struct Redactor(Arc<Rules>);

#[derive(Default)]
struct Rules {
    /// Secret names, in lower case.
    names: Vec<String>,
    /// Finds texts in which a secret name may stand; `None` without names.
    suspect: Option<Suspect>,
    patterns: Vec<Regex>,
    /// All patterns, to see at one look that there is nothing; `None` where they are too large together.
    any: Option<RegexSet>,
    /// Texts of fewer bytes match no pattern.
    shortest: usize,
}

/// A pattern that cannot be used.
#[derive(Debug)]
pub struct RedactError {
    pattern: String,
    /// `None` if the pattern matches the empty text.
    cause: Option<regex::Error>,
}

impl Redactor {
    /// A redactor for these names beside the headers that are always secret, and these patterns.
    ///
    /// Names are compared without regard to case, and hold for headers, query parameters, form
    /// fields and members of JSON objects. Patterns are regular expressions in the syntax of the
    /// crate `regex`; all that matches is masked, wherever it stands.
    ///
    /// # Errors
    /// Where a pattern is no regular expression or matches the empty text.
    pub fn new(
        names: impl IntoIterator<Item = String>,
        patterns: &[String],
    ) -> Result<Self, RedactError> {
        let names: Vec<String> =
            names.into_iter().filter(|name| !name.is_empty()).map(|n| n.to_lowercase()).collect();
        let patterns: Vec<Regex> =
            patterns.iter().map(|text| pattern(text)).collect::<Result<_, _>>()?;
        let any = RegexSet::new(patterns.iter().map(Regex::as_str)).ok();
        let shortest = patterns.iter().map(|pattern| shortest(pattern.as_str())).min();
        let shortest = shortest.unwrap_or_default();
        Ok(Self(Arc::new(Rules { suspect: Suspect::of(&names)?, names, patterns, any, shortest })))
    }

    /// The text with patterns masked.
    #[must_use]
    pub fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        match self.bytes(text.as_bytes()) {
            Cow::Borrowed(_) => Cow::Borrowed(text),
            Cow::Owned(bytes) => Cow::Owned(into_text(bytes)),
        }
    }

    /// The bytes with patterns masked; they need not be UTF-8.
    #[must_use]
    pub fn bytes<'a>(&self, bytes: &'a [u8]) -> Cow<'a, [u8]> {
        let mut masked = Cow::Borrowed(bytes);
        // Nearly all headers are.
        if bytes.len() < self.0.shortest {
            return masked;
        }
        if self.0.any.as_ref().is_some_and(|any| !any.is_match(bytes)) {
            return masked;
        }
        for pattern in &self.0.patterns {
            let replaced = match pattern.replace_all(&masked, NoExpand(MASK.as_bytes())) {
                Cow::Borrowed(_) => None,
                Cow::Owned(replaced) => Some(replaced),
            };
            masked = replaced.map_or(masked, Cow::Owned);
        }
        masked
    }

    /// The value of a header, masked if its name is secret.
    ///
    /// `Bearer …` and other known schemes of `Authorization` stay: `Bearer ***`. A value that is
    /// empty, or a scheme alone, holds no secret and stays.
    #[must_use]
    pub fn header<'a>(&self, name: &str, value: &'a str) -> Cow<'a, str> {
        let is = |other: &&str| other.eq_ignore_ascii_case(name);
        if !SECRET_HEADERS.iter().any(is) && !self.is_secret(name) {
            let url = URL_HEADERS.iter().any(is);
            return if url { self.url(value) } else { self.text(value) };
        }
        let known = |scheme: &str| SCHEMES.iter().any(|s| s.eq_ignore_ascii_case(scheme));
        let authorization = ["Authorization", "Proxy-Authorization"].iter().any(is);
        let (scheme, secret) = match value.trim_start().split_once(' ') {
            Some((scheme, secret)) if authorization && known(scheme) => (scheme, secret),
            None if authorization && known(value.trim()) => (value, ""),
            _ => ("", value),
        };
        match (scheme, secret.trim()) {
            (_, "") => self.text(value),
            ("", MASK) => Cow::Borrowed(value),
            ("", _) => Cow::Borrowed(MASK),
            (scheme, _) => Cow::Owned(format!("{scheme} {MASK}")),
        }
    }

    /// The URL with secret query parameters, user name and password, and patterns masked.
    #[must_use]
    pub fn url<'a>(&self, url: &'a str) -> Cow<'a, str> {
        let masked = url::masked(url, |name| self.is_secret(name));
        self.text_in(masked)
    }

    /// The body with patterns masked, and the values of secret names.
    ///
    /// In JSON, wherever it stands (a JSON body, an event, a field of a form, a string), a string
    /// behind a secret name becomes `"***"` and a number `0`, so that the type stays; in an object
    /// or array behind a secret name, all of them do. In urlencoded and multipart forms the
    /// fields of that name become `***`. A body without secrets is given back as it is.
    #[must_use]
    pub fn body<'a>(&self, media_type: Option<&str>, body: &'a [u8]) -> Cow<'a, [u8]> {
        let essence = media_type.unwrap_or_default();
        let essence = essence.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let mut masked = Cow::Borrowed(body);
        if essence == "application/x-www-form-urlencoded" {
            masked = form::urlencoded(masked, &|name| self.is_secret(name));
        }
        let multipart = essence.starts_with("multipart/");
        let suspects = |suspect: &Suspect| {
            if multipart { suspect.anywhere(body) } else { suspect.in_json(body) }
        };
        if self.0.suspect.as_ref().is_some_and(suspects) {
            if multipart {
                masked = form::multipart(masked, &|name| self.is_secret(name));
            }
            if let Some(changed) = json::masked(&masked, &|name| self.is_secret(name)) {
                masked = Cow::Owned(changed);
            }
        }
        let changed = match self.bytes(&masked) {
            Cow::Borrowed(_) => None,
            Cow::Owned(changed) => Some(changed),
        };
        changed.map_or(masked, Cow::Owned)
    }

    /// Whether what has this name is to be masked everywhere.
    fn is_secret(&self, name: &str) -> bool {
        let names = &self.0.names;
        names.iter().any(|secret| secret.eq_ignore_ascii_case(name))
            || (!name.is_ascii() && names.contains(&name.to_lowercase()))
    }

    fn text_in<'a>(&self, text: Cow<'a, str>) -> Cow<'a, str> {
        match text {
            Cow::Borrowed(text) => self.text(text),
            Cow::Owned(text) => Cow::Owned(self.text(&text).into_owned()),
        }
    }
}

impl fmt::Debug for Redactor {
    /// Without the patterns, since one of them may be a secret itself.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redactor")
            .field("names", &self.0.names)
            .field("patterns", &self.0.patterns.len())
            .finish_non_exhaustive()
    }
}

fn pattern(text: &str) -> Result<Regex, RedactError> {
    match Regex::new(text) {
        Ok(regex) if regex.is_match(b"") => {
            Err(RedactError { pattern: text.to_owned(), cause: None })
        }
        Ok(regex) => Ok(regex),
        Err(cause) => Err(RedactError { pattern: text.to_owned(), cause: Some(cause) }),
    }
}

/// The bytes of the shortest text that a pattern matches.
fn shortest(pattern: &str) -> usize {
    let parsed = regex_syntax::ParserBuilder::new().utf8(false).build().parse(pattern);
    parsed.ok().and_then(|parsed| parsed.properties().minimum_len()).unwrap_or_default()
}

/// UTF-8 stays UTF-8 unless a pattern with `(?-u)` cuts a character.
fn into_text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

impl fmt::Display for RedactError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.cause {
            None => write!(
                f,
                "the pattern {:?} matches the empty text and would mask everywhere; \
                 write one that needs at least one character",
                self.pattern
            ),
            Some(cause) => {
                write!(f, "the pattern {:?} is no regular expression: {cause}", self.pattern)
            }
        }
    }
}

impl std::error::Error for RedactError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.as_ref().map(|cause| cause as _)
    }
}

#[cfg(test)]
mod tests;
