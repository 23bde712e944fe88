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
    let plain = Line::default();
    let variable = exchange.variable.as_deref().unwrap_or(plain.variable);
    line(&exchange.request, &Line { variable, streams, ..plain })
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
    line(request, &Line::default())
}

/// How a command is written, beyond what the request tells.
#[derive(Debug, Clone, Copy)]
pub struct Line<'l> {
    /// The variable that holds the key, where a key was masked.
    pub variable: &'l str,
    /// Whether the answer is an event stream.
    pub streams: bool,
    /// The fields of the body, if it is a form: curl writes such a body itself.
    pub form: Option<&'l [FormField]>,
}

impl Default for Line<'_> {
    fn default() -> Self {
        Self { variable: "API_KEY", streams: false, form: None }
    }
}

/// A field of a form (`multipart/form-data`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FormField {
    /// A text.
    Text {
        /// The name of the field.
        name: String,
        /// The text.
        value: String,
    },
    /// A file that curl reads.
    File {
        /// The name of the field.
        name: String,
        /// The path of the file.
        path: String,
        /// Its media type.
        media_type: String,
    },
}

/// The command that repeats this request, written as it is said.
#[must_use]
pub fn line(request: &Request, line: &Line<'_>) -> String {
    let body = line.form.map_or_else(|| body(&request.body), form);
    let mut words = vec!["curl".to_owned()];
    if line.streams {
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
        // Of a form that it writes, curl knows the boundary.
        if line.form.is_some() && header.name.eq_ignore_ascii_case("content-type") {
            continue;
        }
        if let Some(value) = header_word(&header.name, &header.value, line.variable) {
            words.extend(["-H".to_owned(), value]);
        }
    }
    let untyped = line.form.is_none() && request.headers.get("content-type").is_none();
    if body.option.is_some() && untyped {
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

/// The fields of a form, each an option.
fn form(fields: &[FormField]) -> Data {
    let option = |field: &FormField| match field {
        FormField::Text { name, value } => {
            format!("--form-string {}", quoted(&format!("{name}={value}")))
        }
        FormField::File { name, path, media_type } => {
            // Within its own quotes, curl takes a path as it is.
            let path = if path.contains([',', ';', '"', '\\']) {
                format!("\"{}\"", path.replace('\\', r"\\").replace('"', "\\\""))
            } else {
                path.clone()
            };
            format!("-F {}", quoted(&format!("{name}=@{path};type={media_type}")))
        }
    };
    let options: Vec<String> = fields.iter().map(option).collect();
    Data { option: Some(options.join(" ")).filter(|all| !all.is_empty()), ..Data::default() }
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
fn header_word(name: &str, value: &str, key: &str) -> Option<String> {
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
        "authorization" | "x-api-key" => key,
        "cookie" => "COOKIE",
        _ => "SECRET",
    };
    let mut word = String::from("\"");
    for (number, piece) in text.split(MASK).enumerate() {
        if number > 0 {
            // Braces only where a letter would follow.
            let follows = piece.starts_with(|c: char| c == '_' || c.is_ascii_alphanumeric());
            let open = if follows { ("${", "}") } else { ("$", "") };
            word.extend([open.0, variable, open.1]);
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
