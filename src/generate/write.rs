//! Drafts written out: URL, headers, bytes.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::draft::{Draft, DraftBody, ParameterValue, Sent};
use super::form;
use crate::contract::Contract;
use crate::contract::model::{Location, Operation, Parameter, Style};
use crate::exchange::{Body, Header, Headers, MediaType, Request};

/// What RFC 3986 does not reserve stays as it is.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The request that a draft stands for.
pub fn request(draft: &Draft, contract: &Contract, base_url: &str) -> Request {
    let Some(operation) = contract.operations.get(draft.operation) else {
        return Request {
            method: "GET".to_owned(),
            url: base_url.to_owned(),
            headers: Headers::default(),
            body: Body::Empty,
        };
    };
    let mut url = base_url.trim_end_matches('/').to_owned();
    url.push_str(&path(draft, operation));
    let query = query(draft, contract, operation);
    if !query.is_empty() {
        url.push('?');
        url.push_str(&query);
    }
    let mut headers = Headers::default();
    headers_of(draft, &mut headers);
    let (media_type, bytes) = body(&draft.body, operation);
    let media_type = match &draft.sent {
        Sent::Untyped => None,
        Sent::Mislabelled(other) => Some(other.clone()),
        _ => media_type,
    };
    let bytes = match draft.sent {
        Sent::Cut => bytes.get(..bytes.len() / 2).unwrap_or_default().to_vec(),
        Sent::Empty => Vec::new(),
        _ => bytes,
    };
    if let Some(value) = media_type {
        headers.0.push(Header { name: "Content-Type".to_owned(), value });
    }
    Request { method: operation.method.clone(), url, headers, body: Body::from_bytes(bytes) }
}

fn path(draft: &Draft, operation: &Operation) -> String {
    let mut path = String::new();
    let mut rest = operation.path.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else { break };
        path.push_str(before);
        let value = draft.parameter(Location::Path, name);
        path.push_str(&encode(&value.map(|value| joined(value, ",")).unwrap_or_default()));
        rest = after;
    }
    path.push_str(rest);
    path
}

fn query(draft: &Draft, contract: &Contract, operation: &Operation) -> String {
    let mut pairs = Vec::new();
    for own in draft.parameters.iter().filter(|p| p.location == Location::Query) {
        let documented = operation
            .parameters
            .iter()
            .find(|p| p.location == Location::Query && p.name == own.name);
        add_pairs(own, documented, contract, &mut pairs);
    }
    pairs.join("&")
}

fn add_pairs(
    own: &ParameterValue,
    documented: Option<&Parameter>,
    contract: &Contract,
    pairs: &mut Vec<String>,
) {
    let name = encode(&own.name);
    let raw = documented.and_then(|parameter| contract.raw(&parameter.at));
    let keyword = |name: &str| raw.and_then(|raw| raw.get(name));
    match &own.value {
        Value::Array(items) => match documented.map_or(Style::Repeated, |p| p.style) {
            Style::Separated(by) if !items.is_empty() => {
                let items: Vec<String> = items.iter().map(|item| encode(&text(item))).collect();
                let by = if by == ',' { ",".to_owned() } else { encode(&by.to_string()) };
                pairs.push(format!("{name}={}", items.join(&by)));
            }
            Style::Separated(_) => {}
            Style::Repeated | Style::Other => {
                pairs.extend(items.iter().map(|item| format!("{name}={}", encode(&text(item)))));
            }
        },
        Value::Object(_) if keyword("content").is_some() => {
            pairs.push(format!("{name}={}", encode(&own.value.to_string())));
        }
        Value::Object(members) => {
            let deep = keyword("style").and_then(Value::as_str) == Some("deepObject");
            let apart = keyword("explode") != Some(&Value::Bool(false));
            if !deep && !apart {
                let listed =
                    members.iter().map(|(n, v)| format!("{},{}", encode(n), encode(&text(v))));
                pairs.push(format!("{name}={}", listed.collect::<Vec<_>>().join(",")));
                return;
            }
            for (member, value) in members {
                let value = encode(&text(value));
                let member = encode(member);
                pairs.push(if deep {
                    format!("{name}%5B{member}%5D={value}")
                } else {
                    format!("{member}={value}")
                });
            }
        }
        value => pairs.push(format!("{name}={}", encode(&text(value)))),
    }
}

fn headers_of(draft: &Draft, headers: &mut Headers) {
    let mut cookies = Vec::new();
    for own in &draft.parameters {
        let value = joined(&own.value, ",");
        match own.location {
            Location::Header => headers.0.push(Header { name: own.name.clone(), value }),
            Location::Cookie => cookies.push(format!("{}={}", own.name, encode(&value))),
            Location::Path | Location::Query => {}
        }
    }
    if !cookies.is_empty() {
        let value = cookies.join("; ");
        headers.0.push(Header { name: "Cookie".to_owned(), value });
    }
}

/// The bytes of a body, and the media type that is sent with them.
fn body(body: &DraftBody, operation: &Operation) -> (Option<String>, Vec<u8>) {
    match body {
        DraftBody::None => (None, Vec::new()),
        DraftBody::Json(value) => {
            let documented = operation.request_body.iter().flat_map(|body| &body.content);
            let mut names = documented.map(|media_type| media_type.name.as_str());
            let json =
                |name: &&str| MediaType::parse(name).is_ok_and(|media_type| media_type.is_json());
            let name = names.find(json).unwrap_or("application/json");
            (Some(name.to_owned()), value.to_string().into_bytes())
        }
        DraftBody::Form(parts) => {
            let (media_type, bytes) = form::multipart(parts);
            (Some(media_type), bytes)
        }
        DraftBody::Urlencoded(fields) => {
            let mut pairs = Vec::new();
            for (name, value) in fields {
                let name = encode(name);
                match value {
                    Value::Array(items) => {
                        pairs.extend(items.iter().map(|i| format!("{name}={}", encode(&text(i)))));
                    }
                    value => pairs.push(format!("{name}={}", encode(&text(value)))),
                }
            }
            let media_type = "application/x-www-form-urlencoded".to_owned();
            (Some(media_type), pairs.join("&").into_bytes())
        }
        DraftBody::Raw { media_type, bytes } => (media_type.clone(), bytes.clone()),
    }
}

/// A value as a text: strings as they are, anything else as JSON.
#[must_use]
pub fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}

/// A value as a text, items and members separated.
fn joined(value: &Value, by: &str) -> String {
    match value {
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(by),
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| format!("{name}{by}{}", text(value)));
            members.collect::<Vec<_>>().join(by)
        }
        value => text(value),
    }
}

fn encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}
