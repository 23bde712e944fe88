//! The formats that are checked. A format that is not known promises nothing.

use std::sync::LazyLock;

use jsonschema::{Draft, ValidationOptions};
use regex::Regex;

/// Whether a string is of a format.
type Accepts = fn(&str) -> bool;

/// Formats beyond those of JSON Schema 2020-12, each with what it accepts of a string.
///
/// Numeric formats need no entry here: they hold for numbers, whose range is checked as a bound.
const OWN: &[(&str, Accepts)] = &[
    ("uuid", is_uuid),
    ("url", is_url),
    ("decimal", is_decimal),
    ("byte", is_base64),
    ("binary", anything),
    ("password", anything),
];

/// Formats of numbers.
const NUMERIC: &[&str] = &["int32", "int64", "float", "double"];

/// Formats that JSON Schema 2020-12 defines and the validator checks.
const STANDARD: &[&str] = &[
    "date",
    "date-time",
    "time",
    "duration",
    "email",
    "hostname",
    "idn-email",
    "idn-hostname",
    "ipv4",
    "ipv6",
    "iri",
    "iri-reference",
    "json-pointer",
    "regex",
    "relative-json-pointer",
    "uri",
    "uri-reference",
    "uri-template",
];

/// Whether a format is checked.
#[must_use]
pub fn is_known(format: &str) -> bool {
    names().any(|name| name == format)
}

/// All formats that are checked.
pub fn names() -> impl Iterator<Item = &'static str> {
    let own = OWN.iter().map(|(name, _)| *name);
    own.chain(NUMERIC.iter().copied()).chain(STANDARD.iter().copied())
}

/// The options with which every schema is compiled.
pub fn options<'i>() -> ValidationOptions<'i> {
    let options = jsonschema::options()
        .with_draft(Draft::Draft202012)
        .should_validate_formats(true)
        .should_ignore_unknown_formats(true);
    OWN.iter().fold(options, |options, (name, accepts)| options.with_format(*name, *accepts))
}

/// Any variant and version, and upper case too: RFC 9562 asks readers to accept it.
fn is_uuid(text: &str) -> bool {
    let bytes = text.as_bytes();
    // No byte is asked where it stands: so all are looked at together.
    bytes.len() == 36
        && [8, 13, 18, 23].iter().all(|dash| bytes.get(*dash) == Some(&b'-'))
        && bytes.iter().filter(|byte| byte.is_ascii_hexdigit()).count() == 32
}

/// An absolute URI: a scheme and something behind it, no white space.
fn is_url(text: &str) -> bool {
    static URL: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"^[A-Za-z][A-Za-z0-9+.\-]*:[^\s]+$").ok());
    URL.as_ref().is_none_or(|url| url.is_match(text))
}

/// A decimal number in a string, as prices are written; an exponent is allowed.
fn is_decimal(text: &str) -> bool {
    static DECIMAL: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$").ok());
    DECIMAL.as_ref().is_none_or(|decimal| decimal.is_match(text))
}

/// Base 64 of RFC 4648 §4, with its padding; line breaks of MIME are allowed.
fn is_base64(text: &str) -> bool {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    let compact: String = text.chars().filter(|c| !matches!(c, '\r' | '\n')).collect();
    STANDARD.decode(compact).is_ok()
}

fn anything(_: &str) -> bool {
    true
}
