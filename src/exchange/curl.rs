//! Writes a request as a command line for curl, in the words of a POSIX shell.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::media_type::MediaType;
use super::record::{Body, Exchange, Request};
use crate::finding::MASK;

/// The largest body that is written into the command, in bytes.
const LIMIT: usize = 16 << 10;

/// Headers that curl makes by itself, or that belong to the connection and not to the request.
const LEFT_OUT: [&str; 13] = [
    "host",
    "content-length",
    "accept-encoding",
    "connection",
    "proxy-connection",
    "keep-alive",
    "transfer-encoding",
    "te",
    "trailer",
    "upgrade",
    "expect",
    "http2-settings",
    "proxy-authorization",
];

/// The command that repeats the request of this exchange; `-N` if the answer was an event stream.
#[must_use]
pub fn curl(exchange: &Exchange) -> String {
    let streams = exchange
        .response
        .as_ref()
        .and_then(|response| response.headers.get("content-type"))
        .and_then(|value| MediaType::parse(value).ok())
        .is_some_and(|media_type| media_type.is_event_stream());
    command(&exchange.request, streams)
}

/// The command that repeats this request.
///
/// One command, which needs nothing but curl and, for a body that is no text, `base64`. Where a
/// header was masked, the command takes the value from a variable: `$API_KEY`, `$COOKIE` for
/// cookies, `$SECRET` for other headers. A body that is large or was not recorded is taken from a
/// file named BODY, and a comment says which body that is. U+0000, which no command line can hold,
/// is left out of URL and headers.
#[must_use]
pub fn curl_request(request: &Request) -> String {
    command(request, false)
}

fn command(request: &Request, streams: bool) -> String {
    let body = body(&request.body);
    let mut words = vec!["curl".to_owned()];
    if streams {
        words.push("-N".to_owned());
    }
    // Without it, curl takes [], {} for patterns and /../ for a way up.
    if request.url.contains(['[', ']', '{', '}']) {
        words.push("-g".to_owned());
    }
    if request.url.contains("/.") {
        words.push("--path-as-is".to_owned());
    }
    match (request.method.as_str(), body.option.is_some()) {
        ("GET", false) | ("POST", true) => {}
        ("HEAD", false) => words.push("-I".to_owned()),
        (method, _) => words.extend(["-X".to_owned(), quoted(method)]),
    }
    // What begins with a hyphen would be an option.
    if request.url.starts_with('-') {
        words.push("--url".to_owned());
    }
    words.push(quoted(&request.url));
    for header in &request.headers.0 {
        if let Some(value) = header_word(&header.name, &header.value) {
            words.extend(["-H".to_owned(), value]);
        }
    }
    if body.option.is_some() && request.headers.get("content-type").is_none() {
        // curl would call the body a form.
        words.extend(["-H".to_owned(), "Content-Type:".to_owned()]);
    }
    words.extend(body.option);
    format!("{}{}{}", body.before, words.join(" "), body.comment)
}

/// How the body gets into the command.
#[derive(Default)]
struct Data {
    /// What makes the body, before the pipe.
    before: String,
    /// The option that takes it.
    option: Option<String>,
    comment: String,
}

fn body(body: &Body) -> Data {
    match body {
        Body::Empty => Data::default(),
        Body::Bytes(bytes) if bytes.len() > LIMIT => {
            file(Some(bytes.len() as u64), "too long for a command line")
        }
        Body::Missing { size, reason } => file(*size, reason),
        Body::Bytes(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) if !text.contains('\0') => {
                let option = format!("--data-raw {}", quoted(text));
                Data { option: Some(option), ..Data::default() }
            }
            _ => Data {
                before: format!("printf %s '{}' | base64 -d | ", STANDARD.encode(bytes)),
                option: Some("--data-binary @-".to_owned()),
                ..Data::default()
            },
        },
    }
}

fn file(size: Option<u64>, reason: &str) -> Data {
    let size = size.map(|size| format!("{size} bytes, ")).unwrap_or_default();
    let reason = reason.replace(|c: char| c.is_control(), " ");
    Data {
        option: Some("--data-binary @BODY".to_owned()),
        comment: format!(" # BODY: the body of the request, {size}{reason}"),
        ..Data::default()
    }
}

/// The argument for a header; `None` for one that is left out.
fn header_word(name: &str, value: &str) -> Option<String> {
    let lower = name.to_ascii_lowercase();
    // Names in HTTP/2 that begin with a colon are no headers; curl reads @name as a file.
    if name.is_empty() || name.starts_with([':', '@']) || LEFT_OUT.contains(&lower.as_str()) {
        return None;
    }
    // What curl says by itself, or with another name.
    let own = concat!(env!("CARGO_PKG_NAME"), "/");
    if (lower == "accept" && value == "*/*") || (lower == "user-agent" && value.starts_with(own)) {
        return None;
    }
    if value.is_empty() {
        // `Name:` would remove the header.
        return Some(quoted(&format!("{name};")));
    }
    let text = format!("{name}: {value}");
    if !value.contains(MASK) {
        return Some(quoted(&text));
    }
    let variable = match lower.as_str() {
        "authorization" | "x-api-key" => "${API_KEY}",
        "cookie" => "${COOKIE}",
        _ => "${SECRET}",
    };
    let mut word = String::from("\"");
    for (number, piece) in text.split(MASK).enumerate() {
        if number > 0 {
            // Braces only where a letter would follow.
            let follows = piece.starts_with(|c: char| c == '_' || c.is_ascii_alphanumeric());
            let plain = variable.replace(['{', '}'], "");
            word.push_str(if follows { variable } else { &plain });
        }
        for character in piece.chars().filter(|c| *c != '\0') {
            if matches!(character, '"' | '\\' | '$' | '`') {
                word.push('\\');
            }
            word.push(character);
        }
    }
    word.push('"');
    Some(word)
}

/// The text as one word of the shell: bare if it is plain, else in single quotes.
#[must_use]
pub fn quoted(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:@%+,=".contains(&byte);
    if !text.is_empty() && text.bytes().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\0', "").replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests;
