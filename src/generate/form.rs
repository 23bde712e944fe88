//! Forms written as `multipart/form-data` (RFC 7578).

use std::fmt::Write as _;

use memchr::memmem;
use serde_json::Value;

use super::draft::{FormPart, PartContent};
use super::write::text;

/// The media type with its boundary, and the body. The same parts give the same bytes.
#[must_use]
pub fn multipart(parts: &[FormPart]) -> (String, Vec<u8>) {
    let contents: Vec<Vec<u8>> = parts.iter().map(|part| content(&part.content)).collect();
    let free = |boundary: &String| {
        let finder = memmem::Finder::new(boundary.as_bytes());
        contents.iter().all(|content| finder.find(content).is_none())
    };
    let mut boundaries = (0..u32::MAX).map(|number| format!("contract-form-{number:04}"));
    let boundary = boundaries.find(free).unwrap_or_default();
    let mut body = Vec::new();
    for (part, content) in parts.iter().zip(contents) {
        let mut head = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"",
            quoted(&part.name)
        );
        let media_type = match &part.content {
            PartContent::File(file) => {
                let _ = write!(head, "; filename=\"{}\"", quoted(&file.name));
                Some(file.media_type.as_str())
            }
            // OpenAPI 3.0.3, "Encoding Object": objects are sent as JSON, and said to be.
            PartContent::Value(Value::Object(_) | Value::Array(_)) => Some("application/json"),
            PartContent::Value(_) => None,
        };
        if let Some(media_type) = media_type {
            let _ = write!(head, "\r\nContent-Type: {media_type}");
        }
        head.push_str("\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    (format!("multipart/form-data; boundary={boundary}"), body)
}

fn content(content: &PartContent) -> Vec<u8> {
    match content {
        PartContent::Value(value) => text(value).into_bytes(),
        PartContent::File(file) => file.bytes.to_vec(),
    }
}

/// A name between quotes, as the WHATWG standard writes it: quotes and line ends are escaped,
/// everything else is UTF-8.
fn quoted(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}
