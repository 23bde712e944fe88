//! The bytes of a body, from the ways in which recorders write them.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::entry::{Content, Param, PostData};
use super::error::Size;
use super::text::Text;
use crate::exchange::content::Content as Wire;
use crate::exchange::media_type::MediaType;
use crate::exchange::record::Body;

/// Why a body is not there, unless the record says.
const NOT_RECORDED: &str = "not recorded";

/// What is wrong with a body: a member of the entry, and the problem.
pub type Problem = (&'static str, String);

/// The body of a request.
///
/// `content_type` is the request's header, `sent` the number of bytes sent, where known.
pub fn of_request(
    data: Option<&PostData<'_>>,
    content_type: Option<&str>,
    sent: Option<u64>,
    limit: usize,
) -> Result<Body, Problem> {
    let missing = |reason: String| Body::Missing { size: sent.filter(|size| *size > 0), reason };
    let absent = || match sent {
        Some(size) if size > 0 => missing(NOT_RECORDED.to_owned()),
        _ => Body::Empty,
    };
    let Some(data) = data else { return Ok(absent()) };
    if let Some(reason) = &data.missing {
        return Ok(Body::Missing { size: sent, reason: reason.text().into_owned() });
    }
    if let Some(text) = data.text.as_ref().filter(|text| !text.is_empty()) {
        let body = decoded(text, data.encoding.as_ref(), limit, "request.postData.text")?;
        return Ok(match body {
            Body::Bytes(bytes) if !is_base64(data.encoding.as_ref()) => {
                wire_bytes(bytes, content_type, sent)
            }
            body => body,
        });
    }
    let Some(params) = data.params.as_ref().filter(|params| !params.is_empty()) else {
        return Ok(absent());
    };
    let media_type = data.mime_type.as_ref().map(Text::text);
    let media_type = content_type.or(media_type.as_deref()).unwrap_or_default();
    Ok(match rebuilt(params, media_type) {
        Some(bytes) if bytes.len() > limit => {
            Body::Missing { size: Some(bytes.len() as u64), reason: too_large(limit) }
        }
        Some(bytes) => Body::from_bytes(bytes),
        None => missing(NOT_RECORDED.to_owned()),
    })
}

/// The body of an answer.
///
/// Its text was decoded by the recorder, whatever the charset, and is taken as UTF-8; base64 gives
/// the bytes as they came.
pub fn of_response(content: Option<&Content<'_>>, limit: usize) -> Result<Body, Problem> {
    let Some(content) = content else { return Ok(Body::Empty) };
    let size = content.size.size();
    if let Some(reason) = &content.missing {
        return Ok(Body::Missing { size, reason: reason.text().into_owned() });
    }
    match content.text.as_ref().filter(|text| !text.is_empty()) {
        Some(text) => decoded(text, content.encoding.as_ref(), limit, "response.content.text"),
        None if size.is_some_and(|size| size > 0) => {
            Ok(Body::Missing { size, reason: NOT_RECORDED.to_owned() })
        }
        None => Ok(Body::Empty),
    }
}

fn is_base64(encoding: Option<&Text<'_>>) -> bool {
    encoding.is_some_and(|encoding| encoding.text().eq_ignore_ascii_case("base64"))
}

fn too_large(limit: usize) -> String {
    format!("larger than {}", Size(limit))
}

fn decoded(
    text: &Text<'_>,
    encoding: Option<&Text<'_>>,
    limit: usize,
    member: &'static str,
) -> Result<Body, Problem> {
    let missing = |size: usize| Body::Missing { size: Some(size as u64), reason: too_large(limit) };
    let bytes = text.bytes();
    if !is_base64(encoding) {
        let size = bytes.len();
        return Ok(if size > limit { missing(size) } else { Body::from_bytes(bytes.into_owned()) });
    }
    let padding = bytes.iter().rev().take_while(|byte| **byte == b'=').count();
    let size = (bytes.len() - padding) / 4 * 3 + (bytes.len() - padding) % 4 * 3 / 4;
    if size > limit {
        return Ok(missing(size));
    }
    match STANDARD.decode(bytes.as_ref()) {
        Ok(bytes) => Ok(Body::from_bytes(bytes)),
        Err(error) => Err((member, base64_problem(&error))),
    }
}

/// The error in words that show nothing of the text.
fn base64_problem(error: &base64::DecodeError) -> String {
    match error {
        base64::DecodeError::InvalidByte(at, _)
        | base64::DecodeError::InvalidLastSymbol { offset: at, .. } => {
            format!("the base64 is invalid at its character {}", at + 1)
        }
        base64::DecodeError::InvalidLength(length) => {
            format!("the base64 is cut off after {length} characters")
        }
        base64::DecodeError::InvalidPadding => "the base64 has wrong padding".to_owned(),
    }
}

/// Undoes Latin-1, in which some recorders (mitmproxy) write bodies that are no text: each byte as
/// the character of the same number, so that a PNG begins with U+0089.
///
/// The bytes are restored when the type says that this is no text (or there is no type), no
/// character is above U+00FF, and the number of bytes that were sent is the number of characters
/// and not the length in UTF-8. Text is left alone: a recorder in a browser gives the number of
/// characters as the size of a text that went out as UTF-8. Where nothing fits, the UTF-8 is kept.
fn wire_bytes(bytes: Wire, content_type: Option<&str>, sent: Option<u64>) -> Body {
    let is_text = content_type.and_then(|v| MediaType::parse(v).ok()).is_some_and(|t| t.is_text());
    if is_text || sent.is_none() || sent == Some(bytes.len() as u64) {
        return Body::Bytes(bytes);
    }
    let Ok(text) = std::str::from_utf8(&bytes) else { return Body::Bytes(bytes) };
    let latin1: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect();
    match latin1 {
        Some(latin1) if sent == Some(latin1.len() as u64) => Body::from_bytes(latin1),
        _ => Body::Bytes(bytes),
    }
}

/// A form written as parameters; `None` where the record does not hold all of it.
fn rebuilt(params: &[Param<'_>], media_type: &str) -> Option<Vec<u8>> {
    let media_type = MediaType::parse(media_type).ok();
    match media_type.as_ref().filter(|media_type| media_type.essence().starts_with("multipart/")) {
        Some(media_type) => multipart(params, media_type.parameter("boundary")?),
        None => Some(urlencoded(params)),
    }
}

fn urlencoded(params: &[Param<'_>]) -> Vec<u8> {
    /// What `application/x-www-form-urlencoded` leaves as it is; the space becomes a plus.
    const KEEP: percent_encoding::AsciiSet = percent_encoding::NON_ALPHANUMERIC
        .remove(b'*')
        .remove(b'-')
        .remove(b'.')
        .remove(b'_')
        .remove(b' ');
    let encode = |text: &Text<'_>| {
        percent_encoding::percent_encode(&text.bytes(), &KEEP).to_string().replace(' ', "+")
    };
    let mut form = String::new();
    for (number, param) in params.iter().enumerate() {
        if number > 0 {
            form.push('&');
        }
        form.push_str(&encode(&param.name));
        form.push('=');
        form.push_str(&param.value.as_ref().map(encode).unwrap_or_default());
    }
    form.into_bytes()
}

fn multipart(params: &[Param<'_>], boundary: &str) -> Option<Vec<u8>> {
    let quoted =
        |text: &Text<'_>| text.text().replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A");
    let mut form = Vec::new();
    for param in params {
        let mut head = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"",
            quoted(&param.name)
        );
        if let Some(name) = &param.file_name {
            let _ = write!(head, "; filename=\"{}\"", quoted(name));
        }
        if let Some(content_type) = &param.content_type {
            let _ = write!(head, "\r\nContent-Type: {}", content_type.text());
        }
        form.extend_from_slice(head.as_bytes());
        form.extend_from_slice(b"\r\n\r\n");
        // The content of a file is often left out.
        form.extend_from_slice(&param.value.as_ref()?.bytes());
        form.extend_from_slice(b"\r\n");
    }
    form.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    Some(form)
}
