//! Fixtures of checks: exchanges as data, and what must be found in them.
//!
//! What a fixture does not say is as the document shows it: the first documented status that is a
//! success, its first media type, and the first documented example of the body, of the request's as
//! of the answer's. So a fixture says nothing but what is wrong, and a fixture that says nothing is
//! sound.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

/// One file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fixture {
    /// What it shows, in a sentence.
    pub about: String,
    /// The documents beside the bookshop that are judged against.
    #[serde(default)]
    pub beside: Vec<String>,
    /// The name of the program that recorded the exchanges.
    pub recorder: Option<String>,
    /// The exchanges, in order.
    pub exchanges: Vec<Exchange>,
    /// All that must be found; nothing else may be.
    #[serde(default)]
    pub expect: Vec<Expected>,
    /// How many exchanges have something that cannot be judged.
    #[serde(default)]
    pub unjudged: u64,
}

/// A request and its answer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    /// `GET /books/{book_id}?page=1`: method and path below the base path, or a whole URL. A
    /// parameter in braces gets a value that is right.
    pub call: String,
    /// What the sender expects, in the word of recordings: `no-key`. Such a request carries no key.
    pub expects: Option<String>,
    /// What a journey asked of the answer in vain, as our recordings have it.
    pub unmet: Option<Value>,
    /// The case that it is a part of, together with others.
    pub case: Option<String>,
    /// Headers of the request, beside those that the body asks for.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The body of the request, as JSON.
    pub send: Option<Value>,
    /// The body of the request, as it is.
    pub send_text: Option<String>,
    /// The body of the request, as a multipart form.
    pub send_form: Option<Vec<Field>>,
    /// The request has no body, whatever the document shows.
    #[serde(default)]
    pub send_nothing: bool,
    /// The recorder left out the body of the request, which had so many bytes.
    pub sent_unrecorded: Option<u64>,
    /// The answer.
    #[serde(default)]
    pub answer: Answer,
}

/// A field of a multipart form.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its content.
    pub text: String,
    /// The file's name, if it is a file.
    pub file: Option<String>,
}

/// An answer.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The status.
    pub status: Option<u16>,
    /// The media type; empty: the answer has no `Content-Type`.
    #[serde(rename = "type")]
    pub media_type: Option<String>,
    /// Other headers.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Members of the documented example that are different: pointer and value.
    #[serde(default)]
    pub change: BTreeMap<String, Value>,
    /// Members of the documented example that are not there.
    #[serde(default)]
    pub omit: Vec<String>,
    /// The body as JSON.
    pub body: Option<Value>,
    /// The body as it is.
    pub text: Option<String>,
    /// The body as base64.
    pub base64: Option<String>,
    /// The body as a stream of events, each the data of one.
    pub events: Option<Vec<Value>>,
    /// The body as a stream of events, line by line.
    pub stream: Option<String>,
    /// There is no body, whatever the document shows.
    #[serde(default)]
    pub empty: bool,
    /// The recorder left out the body, which had so many bytes.
    pub unrecorded: Option<u64>,
    /// There is no answer at all.
    #[serde(default)]
    pub none: bool,
    /// Why there is none, if this program sent the request: its kind.
    pub failure: Option<String>,
    /// How the body ended, if this program sent the request, as our recordings have it.
    pub end: Option<Value>,
    /// Seconds until the head was there, and then each event; the last are those to the end.
    pub seconds: Option<Vec<f64>>,
}

/// A finding.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// The check.
    pub check: String,
    /// The place in the operation.
    pub place: String,
    /// The operation, where that is not plain.
    pub operation: Option<String>,
    /// The kind, where that is not plain.
    pub kind: Option<String>,
    /// How often it was seen, where that matters.
    pub count: Option<u64>,
}

impl Fixture {
    /// Reads a fixture.
    pub fn read(path: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
        let options = serde_saphyr::options! { strict_booleans: true };
        serde_saphyr::from_str_with_options(&text, options).map_err(|error| error.to_string())
    }
}

/// All fixtures by name, in order; those that cannot be read with the reason.
pub fn all() -> Vec<(String, Result<Fixture, String>)> {
    let folder = std::fs::read_dir("tests/fixtures/checks").expect("the folder is there");
    let mut fixtures: Vec<_> = folder
        .map(|entry| {
            let path = entry.expect("the folder can be read").path();
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let fixture = Fixture::read(&path);
            (name, fixture)
        })
        .collect();
    fixtures.sort_by(|(one, _), (other, _)| one.cmp(other));
    fixtures
}

/// The check that a fixture provokes: what stands before `--` in its name.
pub fn check_of(name: &str) -> &str {
    name.split_once("--").map_or(name, |(check, _)| check)
}
