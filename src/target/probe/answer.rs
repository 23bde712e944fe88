//! Requests to find out something, and what their answers look like.

use serde_json::Value;

use crate::contract::Contract;
use crate::exchange::{Body, End, Exchange, Header, Headers, Request, Response};
use crate::target::{Ask, BaseUrl};

/// At most so much of a body is looked at for words.
const GLANCE: usize = 4096;

/// The request that asks something of an API at an address.
pub fn request(base_url: &BaseUrl, ask: &Ask) -> Request {
    let accept = Header { name: "Accept".to_owned(), value: "application/json".to_owned() };
    Request {
        method: ask.method().to_owned(),
        url: format!("{base_url}{}", ask.path()),
        headers: Headers(vec![accept]),
        body: Body::Empty,
    }
}

/// An answer, as far as it matters here.
#[derive(Debug)]
pub struct Answer<'e> {
    pub response: &'e Response,
    /// The body, if it is JSON.
    pub value: Option<Value>,
    /// The error code in it.
    pub code: Option<String>,
}

impl<'e> Answer<'e> {
    /// The answer of an exchange, if there is one; `code` is the pointer to the error code.
    pub fn of(exchange: &'e Exchange, code: &str) -> Option<Self> {
        let response = exchange.response.as_ref()?;
        let value: Option<Value> =
            response.body.bytes().and_then(|bytes| serde_json::from_slice(bytes).ok());
        let value = value.filter(|value| value.is_object() || value.is_array());
        let code = value.as_ref().and_then(|value| value.pointer(code)?.as_str());
        Some(Self { response, code: code.map(str::to_owned), value })
    }

    pub fn status(&self) -> u16 {
        self.response.status
    }

    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status()) && self.value.is_some()
    }

    /// The text that a pointer leads to.
    pub fn text(&self, pointer: Option<&String>) -> Option<String> {
        Some(self.value.as_ref()?.pointer(pointer?)?.as_str()?.to_owned())
    }

    /// Whether the body was given up before its end.
    pub fn end(&self) -> Option<&End> {
        self.response.end.as_ref().filter(|end| **end != End::Complete)
    }

    /// The first words of a body that is text.
    pub fn words(&self) -> String {
        let bytes = self.response.body.bytes().unwrap_or_default();
        String::from_utf8_lossy(bytes.get(..GLANCE).unwrap_or(bytes)).into_owned()
    }

    /// Whether the body is a web page.
    pub fn is_page(&self) -> bool {
        let named = self.response.headers.get("content-type").unwrap_or_default();
        let start = self.words().trim_start().get(..9).unwrap_or_default().to_ascii_lowercase();
        named.to_ascii_lowercase().starts_with("text/html")
            || start.starts_with("<!doctype")
            || start.starts_with("<html")
    }

    /// What came, in few words: `403 forbidden`.
    pub fn briefly(&self) -> String {
        let status = self.status();
        match (&self.code, self.response.headers.get("content-type")) {
            (Some(code), _) => format!("{status} {code}"),
            (None, Some(media_type)) if self.value.is_none() => format!("{status}, {media_type}"),
            _ => status.to_string(),
        }
    }
}

/// The pointer to the code in the error bodies of a contract.
pub fn code_pointer(contract: &Contract) -> String {
    let envelope = contract.documents.iter().find_map(|document| document.error.as_ref());
    envelope.map_or_else(|| "/code".to_owned(), |envelope| envelope.code.clone())
}

/// The title of a web page.
pub fn title(page: &str) -> Option<String> {
    let lower = page.to_ascii_lowercase();
    let from = lower.find("<title")?;
    let from = from + lower.get(from..)?.find('>')? + 1;
    let to = from + lower.get(from..)?.find('<')?;
    let title = page.get(from..to)?.split_whitespace().collect::<Vec<_>>().join(" ");
    (!title.is_empty()).then_some(title)
}
