//! Bodies of `multipart/form-data` (RFC 7578), taken apart.

use std::fmt;
use std::ops::Range;

use memchr::memmem;

use super::media_type::{MediaType, parameters};
use super::record::{Header, Headers};

/// One part of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The field's name; `None` if its head gives none, which the standard forbids.
    pub name: Option<String>,
    /// The file's name, if it is a file. `%22` and the like are left as they are.
    pub filename: Option<String>,
    /// The part's media type, as it is written.
    pub content_type: Option<String>,
    /// All headers of the part, in order.
    pub headers: Headers,
    /// Where its content stands in the body, in bytes.
    pub content: Range<usize>,
}

/// A body that is no multipart body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MultipartError {
    /// The media type names no boundary.
    NoBoundary,
    /// The boundary named by the media type does not stand in the body.
    NoDelimiter,
    /// The head of a part does not end with an empty line.
    BadHead {
        /// Where the head begins, in bytes.
        offset: usize,
    },
    /// The last part does not end with the closing delimiter.
    Unterminated {
        /// Where that part begins, in bytes.
        offset: usize,
    },
}

/// The parts of a body with this `Content-Type`.
///
/// Text before the first and after the last delimiter is passed over, and lines may end with LF
/// alone.
///
/// # Errors
/// Where the boundary is missing, in the header or in the body, or the body breaks off.
pub fn parse(content_type: &str, body: &[u8]) -> Result<Vec<Part>, MultipartError> {
    let media_type = MediaType::parse(content_type).map_err(|_| MultipartError::NoBoundary)?;
    match media_type.parameter("boundary") {
        Some(boundary) if !boundary.is_empty() => parts(boundary, body),
        _ => Err(MultipartError::NoBoundary),
    }
}

/// The parts of a body with this boundary.
///
/// # Errors
/// As [`parse`].
pub fn parts(boundary: &str, body: &[u8]) -> Result<Vec<Part>, MultipartError> {
    let delimiter = format!("--{boundary}");
    let mut delimiters = delimiters(delimiter.as_bytes(), body).into_iter();
    let mut open = delimiters.next().ok_or(MultipartError::NoDelimiter)?;
    let mut parts = Vec::new();
    while !open.closes {
        let start = open.line.end;
        let next = delimiters.next().ok_or(MultipartError::Unterminated { offset: start })?;
        parts.push(part(body, start..next.line.start)?);
        open = next;
    }
    Ok(parts)
}

/// A line that separates parts.
struct Delimiter {
    /// With the line end before it, which belongs to it, and the one behind it.
    line: Range<usize>,
    /// Whether it is the last one.
    closes: bool,
}

fn delimiters(delimiter: &[u8], body: &[u8]) -> Vec<Delimiter> {
    let mut found = Vec::new();
    for at in memmem::find_iter(body, delimiter) {
        let before = body.get(..at).unwrap_or_default();
        if !before.is_empty() && !before.ends_with(b"\n") {
            continue;
        }
        let rest = body.get(at + delimiter.len()..).unwrap_or_default();
        let (closes, rest) = match rest.strip_prefix(b"--") {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        let line = memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
        let padding = rest.get(..line).unwrap_or_default();
        // A longer boundary begins with a shorter one: nothing but white space may follow.
        if !padding.trim_ascii().is_empty() || (!closes && !padding.ends_with(b"\n")) {
            continue;
        }
        let before = before.strip_suffix(b"\n").unwrap_or(before);
        let before = before.strip_suffix(b"\r").unwrap_or(before);
        let end = body.len() - rest.len() + line;
        found.push(Delimiter { line: before.len()..end, closes });
    }
    found
}

fn part(body: &[u8], range: Range<usize>) -> Result<Part, MultipartError> {
    let offset = range.start;
    let mut headers = Headers::default();
    let mut at = offset;
    loop {
        // The line end before the delimiter belongs to the delimiter, and to the head if the
        // content is empty: then the head's last line may end at the end of the range.
        let rest = body.get(at..).unwrap_or_default();
        let Some(end) = memchr::memchr(b'\n', rest).filter(|_| at <= range.end) else {
            return Err(MultipartError::BadHead { offset });
        };
        let line = rest.get(..end).unwrap_or_default().trim_ascii();
        at += end + 1;
        if line.is_empty() {
            break;
        }
        let line = String::from_utf8_lossy(line);
        let Some((name, value)) = line.split_once(':') else {
            return Err(MultipartError::BadHead { offset });
        };
        headers.0.push(Header { name: name.trim().to_owned(), value: value.trim().to_owned() });
    }
    let disposition = headers.get("content-disposition").unwrap_or_default();
    let disposition = parameters(disposition.split_once(';').map_or("", |(_, rest)| rest));
    let parameter = |name: &str| {
        disposition.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone())
    };
    Ok(Part {
        name: parameter("name"),
        filename: parameter("filename").or_else(|| parameter("filename*").map(extended)),
        content_type: headers.get("content-type").map(str::to_owned),
        headers,
        content: at..range.end.max(at),
    })
}

/// A value in the extended notation of RFC 8187, `UTF-8''na%C3%AFve.txt`.
fn extended(value: String) -> String {
    match value.splitn(3, '\'').nth(2) {
        Some(text) => super::query::decoded(text).0,
        None => value,
    }
}

impl fmt::Display for MultipartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoBoundary => f.write_str(
                "the media type of the form names no boundary; \
                 send `Content-Type: multipart/form-data; boundary=…`",
            ),
            Self::NoDelimiter => {
                f.write_str("the form does not contain the boundary that its media type names")
            }
            Self::BadHead { offset } => write!(
                f,
                "the part of the form at byte {offset} has a broken head; \
                 write `Name: value` lines and an empty line"
            ),
            Self::Unterminated { offset } => write!(
                f,
                "the part of the form at byte {offset} does not end; \
                 close the form with `--boundary--`"
            ),
        }
    }
}

impl std::error::Error for MultipartError {}

#[cfg(test)]
mod tests {
    use super::{MultipartError, parse, parts};

    #[test]
    fn a_form_comes_apart() {
        let body =
            b"preamble\r\n--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--bb\r\n\
            --b \r\nContent-Disposition: form-data; name=f; filename*=UTF-8''%C3%A9.bin\r\n\
            Content-Type: image/png\r\n\r\n\x89\r\n\r\n--b\r\n\
            content-disposition: form-data; name=\"e\\\"\"\r\n\r\n\r\n--b--\r\nepilogue";
        let parts = parse("Multipart/Form-Data; Boundary=\"b\"", body).unwrap();
        let short: Vec<_> = parts
            .iter()
            .map(|p| (p.name.as_deref(), p.filename.as_deref(), &body[p.content.clone()]))
            .collect();
        assert_eq!(
            short,
            [
                (Some("a"), None, b"1\r\n--bb".as_slice()),
                (Some("f"), Some("é.bin"), b"\x89\r\n".as_slice()),
                (Some("e\""), None, b"".as_slice()),
            ]
        );
        assert_eq!(parts[1].content_type.as_deref(), Some("image/png"));
    }

    #[test]
    fn broken_forms_are_told_apart() {
        let whole = "--b\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--b--\r\n";
        assert_eq!(parse("multipart/form-data", whole.as_bytes()), Err(MultipartError::NoBoundary));
        assert_eq!(parts("c", whole.as_bytes()), Err(MultipartError::NoDelimiter));
        assert_eq!(
            parts("b", b"--b\r\nno head\r\n\r\n\r\n--b--"),
            Err(MultipartError::BadHead { offset: 5 })
        );
        assert_eq!(parts("b", b"--b\r\nA: b\r\n--b--"), Err(MultipartError::BadHead { offset: 5 }));
        assert_eq!(parts("b", b"--b--").map(|parts| parts.len()), Ok(0));
        for length in 0..whole.len() - 4 {
            let error = parts("b", &whole.as_bytes()[..length]).unwrap_err();
            assert!(
                matches!(error, MultipartError::NoDelimiter | MultipartError::Unterminated { .. }),
                "{length}: {error}"
            );
        }
    }
}
