//! Secrets in forms: `application/x-www-form-urlencoded` and `multipart/form-data`.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use super::MASK;

/// The fields of a query or form with the values of secret names masked; `None` if there are none.
/// Each of the separators begins a new field.
pub fn text(form: &str, separators: &[char], is_secret: &impl Fn(&str) -> bool) -> Option<String> {
    let mut masked = String::new();
    let mut changed = false;
    for piece in form.split_inclusive(separators) {
        let field = piece.trim_end_matches(separators);
        let separator = piece.get(field.len()..).unwrap_or_default();
        match field.split_once('=') {
            Some((name, value)) if !value.is_empty() && is_secret(&decoded(name)) => {
                changed |= value != MASK;
                masked.extend([name, "=", MASK, separator]);
            }
            _ => masked.push_str(piece),
        }
    }
    changed.then_some(masked)
}

/// An urlencoded body with the values of secret names masked.
pub fn urlencoded<'a>(body: Cow<'a, [u8]>, is_secret: &impl Fn(&str) -> bool) -> Cow<'a, [u8]> {
    if let Ok(form) = std::str::from_utf8(&body) {
        return match text(form, &['&'], is_secret) {
            Some(masked) => Cow::Owned(masked.into_bytes()),
            None => body,
        };
    }
    // Bytes above 127 do not belong into such a form; each stands for the character of its number.
    let form: String = body.iter().map(|byte| char::from(*byte)).collect();
    match text(&form, &['&'], is_secret) {
        Some(masked) => Cow::Owned(masked.chars().filter_map(|c| u8::try_from(c).ok()).collect()),
        None => body,
    }
}

fn decoded(name: &str) -> String {
    percent_decode_str(&name.replace('+', " ")).decode_utf8_lossy().into_owned()
}

/// A multipart body with the contents of parts masked whose name is secret.
///
/// The boundary is taken from the first line, since the header may be missing or wrong. A body
/// that is cut off or broken is masked to its end rather than left open.
pub fn multipart<'a>(body: Cow<'a, [u8]>, is_secret: &impl Fn(&str) -> bool) -> Cow<'a, [u8]> {
    let Some(boundary) = boundary(&body) else { return body };
    // A delimiter stands at the beginning of a line; elsewhere it is part of a secret.
    let delimiter = [b"\n", boundary].concat();
    let finder = memchr::memmem::Finder::new(&delimiter);
    let mut masked = Vec::new();
    let mut changed = false;
    let mut rest: &[u8] = &body;
    while !rest.is_empty() {
        // The part up to the next delimiter; the delimiter that begins it is part of it.
        let length = finder.find(rest).map_or(rest.len(), |at| at + 1);
        let (part, after) = rest.split_at(length);
        match content(part) {
            Some((start, end)) if name(part.get(..start).unwrap_or_default(), is_secret) => {
                masked.extend_from_slice(part.get(..start).unwrap_or_default());
                masked.extend_from_slice(MASK.as_bytes());
                masked.extend_from_slice(part.get(end..).unwrap_or_default());
                changed |= part.get(start..end) != Some(MASK.as_bytes());
            }
            _ => masked.extend_from_slice(part),
        }
        rest = after;
    }
    if changed { Cow::Owned(masked) } else { body }
}

/// The first line that begins with two hyphens, without its line end.
fn boundary(body: &[u8]) -> Option<&[u8]> {
    body.split(|byte| *byte == b'\n')
        .find(|line| line.starts_with(b"--") && line.trim_ascii_end().len() > 2)
        .map(<[u8]>::trim_ascii_end)
}

/// Where the content of a part begins and ends; `None` if there is none.
fn content(part: &[u8]) -> Option<(usize, usize)> {
    let crlf = memchr::memmem::find(part, b"\r\n\r\n").map(|at| at + 4);
    let lf = memchr::memmem::find(part, b"\n\n").map(|at| at + 2);
    let start = crlf.into_iter().chain(lf).min()?;
    let content = part.get(start..)?;
    let content = content.strip_suffix(b"\n").unwrap_or(content);
    let content = content.strip_suffix(b"\r").unwrap_or(content);
    (!content.is_empty()).then_some((start, start + content.len()))
}

/// Whether the head of a part gives it a secret name.
fn name(head: &[u8], is_secret: &impl Fn(&str) -> bool) -> bool {
    let head = String::from_utf8_lossy(head);
    head.split(';').skip(1).any(|parameter| {
        let Some((key, value)) = parameter.split_once('=') else { return false };
        let value = value.split(['\r', '\n']).next().unwrap_or_default().trim();
        let value = value.trim_matches('"');
        let key = key.trim();
        (key.eq_ignore_ascii_case("name") && is_secret(value))
            || (key.eq_ignore_ascii_case("name*")
                && is_secret(&decoded(value.rsplit('\'').next().unwrap_or_default())))
    })
}
