//! URLs taken apart, and the names and values in queries and urlencoded forms.
//!
//! All functions take any text: recorded URLs may be odd. Nothing is normalised.

use percent_encoding::percent_decode;

/// A name and a value, decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// The name.
    pub name: String,
    /// The value; empty if there was no `=`.
    pub value: String,
    /// Whether name or value decoded to bytes that are no UTF-8; U+FFFD stands for them.
    pub invalid_utf8: bool,
}

/// The parts of a URL as RFC 3986 names them, as they are written, without their delimiters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UrlParts<'a> {
    /// `http`; `None` in a reference that begins with the authority or path.
    pub scheme: Option<&'a str>,
    /// `user@host:80`, behind `//`.
    pub authority: Option<&'a str>,
    /// The path, from its `/` on; may be empty.
    pub path: &'a str,
    /// Behind the first `?`.
    pub query: Option<&'a str>,
    /// Behind the first `#`.
    pub fragment: Option<&'a str>,
}

/// Takes a URL apart, by the regular expression of RFC 3986, appendix B, which fits any text.
#[must_use]
pub fn split(url: &str) -> UrlParts<'_> {
    let (rest, fragment) = cut(url, b'#');
    let (rest, query) = cut(rest, b'?');
    let (scheme, rest) = match rest.split_once(':') {
        Some((scheme, rest)) if !scheme.is_empty() && !scheme.contains('/') => (Some(scheme), rest),
        _ => (None, rest),
    };
    let (authority, path) = match rest.strip_prefix("//") {
        Some(rest) => {
            let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            (Some(authority), path)
        }
        None => (None, rest),
    };
    UrlParts { scheme, authority, path, query, fragment }
}

/// The names and values of a query or an urlencoded form, in order, as the WHATWG URL standard
/// reads `application/x-www-form-urlencoded`: `+` is a space, empty fields are left out.
#[must_use]
pub fn pairs(form: &[u8]) -> Vec<Pair> {
    form.split(|byte| *byte == b'&').filter(|field| !field.is_empty()).map(pair).collect()
}

/// Decodes `%XX`; what is no UTF-8 becomes U+FFFD, and the flag is set. A `+` stays.
#[must_use]
pub fn decoded(text: &str) -> (String, bool) {
    text_of(percent_decode(text.as_bytes()).collect())
}

fn pair(field: &[u8]) -> Pair {
    let (name, value) = match memchr::memchr(b'=', field) {
        Some(at) => (field.get(..at), field.get(at + 1..)),
        None => (Some(field), None),
    };
    let (name, bad_name) = form_decoded(name.unwrap_or_default());
    let (value, bad_value) = form_decoded(value.unwrap_or_default());
    Pair { name, value, invalid_utf8: bad_name || bad_value }
}

fn form_decoded(text: &[u8]) -> (String, bool) {
    // Most are written as they are.
    if memchr::memchr2(b'+', b'%', text).is_none() {
        return text_of(text.to_owned());
    }
    let spaced: Vec<u8> =
        text.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    text_of(percent_decode(&spaced).collect())
}

fn text_of(bytes: Vec<u8>) -> (String, bool) {
    match String::from_utf8(bytes) {
        Ok(text) => (text, false),
        Err(error) => (String::from_utf8_lossy(error.as_bytes()).into_owned(), true),
    }
}

/// The text before the first `mark`, and what is behind it.
fn cut(text: &str, mark: u8) -> (&str, Option<&str>) {
    let Some(at) = memchr::memchr(mark, text.as_bytes()) else { return (text, None) };
    let (before, behind) = text.split_at(at);
    (before, behind.get(1..))
}

#[cfg(test)]
mod tests {
    use super::{Pair, decoded, pairs, split};

    #[test]
    fn urls_come_apart_and_together() {
        for url in [
            "http://user@host:80/a/b?c=d?e#f?g",
            "//host",
            "/v1/a:b?x",
            "http:",
            "?#",
            "",
            ":",
            "http://[::1",
            "a b\u{1F600}://%zz/\n",
        ] {
            let parts = split(url);
            let mut again = String::new();
            parts.scheme.iter().for_each(|scheme| again.extend([*scheme, ":"]));
            parts.authority.iter().for_each(|authority| again.extend(["//", *authority]));
            again.push_str(parts.path);
            parts.query.iter().for_each(|query| again.extend(["?", *query]));
            parts.fragment.iter().for_each(|fragment| again.extend(["#", *fragment]));
            assert_eq!(again, url);
        }
        let parts = split("http://user@host:80/a/b?c=d?e#f?g");
        assert_eq!((parts.scheme, parts.authority), (Some("http"), Some("user@host:80")));
        assert_eq!((parts.path, parts.query, parts.fragment), ("/a/b", Some("c=d?e"), Some("f?g")));
    }

    #[test]
    fn pairs_are_decoded_in_order() {
        let pair = |name: &str, value: &str, invalid_utf8| Pair {
            name: name.to_owned(),
            value: value.to_owned(),
            invalid_utf8,
        };
        assert_eq!(
            pairs(b"a=1+2&b&=c&&%C3%A9=%2B=%&a=%FF"),
            [
                pair("a", "1 2", false),
                pair("b", "", false),
                pair("", "c", false),
                pair("é", "+=%", false),
                pair("a", "\u{fffd}", true),
            ]
        );
        assert_eq!(decoded("a+b%2Fc"), ("a+b/c".to_owned(), false));
    }
}
