//! An entry as HAR 1.2 lays it out: only the members that are used, all optional where recorders
//! leave them out, unknown ones ignored.

use serde::Deserialize;

use super::text::{Number, Text};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an object")]
pub struct Entry<'a> {
    #[serde(borrow)]
    pub started_date_time: Option<Text<'a>>,
    #[serde(default)]
    pub time: Number,
    #[serde(borrow)]
    pub request: Request<'a>,
    #[serde(borrow)]
    pub response: Option<Response<'a>>,
    /// Ours: what the sender expects.
    #[serde(borrow, rename = "_expects")]
    pub expects: Option<Text<'a>>,
    /// Ours: the criterion of a journey that was not met.
    #[serde(borrow, rename = "_unmet")]
    pub unmet: Option<Unmet<'a>>,
    /// Ours: the name of the case that it is a part of.
    #[serde(borrow, rename = "_case")]
    pub case: Option<Text<'a>>,
    /// Ours: why there is no answer.
    #[serde(borrow, rename = "_failure")]
    pub failure: Option<Failure<'a>>,
    /// Ours: when the head of the answer was there.
    #[serde(default, rename = "_firstByteMs")]
    pub first_byte_ms: Number,
    /// Ours: when each frame of the event stream was there.
    #[serde(rename = "_eventsMs")]
    pub events_ms: Option<Vec<Number>>,
}

/// Why there is no answer.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an object")]
pub struct Failure<'a> {
    #[serde(borrow)]
    pub kind: Text<'a>,
    #[serde(borrow, default)]
    pub message: Text<'a>,
    #[serde(borrow)]
    pub help: Option<Text<'a>>,
}

/// The criterion of a journey that was not met.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an object")]
pub struct Unmet<'a> {
    #[serde(borrow)]
    pub step: Text<'a>,
    #[serde(borrow)]
    pub criterion: Text<'a>,
    #[serde(borrow, default)]
    pub seen: Text<'a>,
    #[serde(borrow, default)]
    pub file: Text<'a>,
    #[serde(default)]
    pub line: Number,
    #[serde(default)]
    pub column: Number,
    #[serde(borrow, default)]
    pub pointer: Text<'a>,
}

/// How the body of an answer ended.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an object")]
pub struct End<'a> {
    #[serde(borrow)]
    pub how: Text<'a>,
    #[serde(borrow)]
    pub why: Option<Text<'a>>,
    #[serde(default)]
    pub seconds: Number,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an object")]
pub struct Request<'a> {
    #[serde(borrow)]
    pub method: Text<'a>,
    #[serde(borrow)]
    pub url: Text<'a>,
    #[serde(borrow)]
    pub headers: Option<Vec<Header<'a>>>,
    #[serde(borrow)]
    pub post_data: Option<PostData<'a>>,
    #[serde(default)]
    pub body_size: Number,
}

#[derive(Deserialize)]
#[serde(expecting = "an object")]
pub struct Header<'a> {
    #[serde(borrow)]
    pub name: Text<'a>,
    #[serde(borrow)]
    pub value: Option<Text<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an object")]
pub struct PostData<'a> {
    #[serde(borrow)]
    pub mime_type: Option<Text<'a>>,
    #[serde(borrow)]
    pub text: Option<Text<'a>>,
    /// Not in the standard; the standard has no way to write a binary request body.
    #[serde(borrow)]
    pub encoding: Option<Text<'a>>,
    #[serde(borrow)]
    pub params: Option<Vec<Param<'a>>>,
    /// Ours: why the body is not here.
    #[serde(borrow, rename = "_missing")]
    pub missing: Option<Text<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an object")]
pub struct Param<'a> {
    #[serde(borrow)]
    pub name: Text<'a>,
    #[serde(borrow)]
    pub value: Option<Text<'a>>,
    #[serde(borrow)]
    pub file_name: Option<Text<'a>>,
    #[serde(borrow)]
    pub content_type: Option<Text<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an object")]
pub struct Response<'a> {
    #[serde(default)]
    pub status: Number,
    #[serde(borrow)]
    pub headers: Option<Vec<Header<'a>>>,
    #[serde(borrow)]
    pub content: Option<Content<'a>>,
    /// Ours: how the body ended.
    #[serde(borrow, rename = "_end")]
    pub end: Option<End<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an object")]
pub struct Content<'a> {
    #[serde(default)]
    pub size: Number,
    #[serde(borrow)]
    pub mime_type: Option<Text<'a>>,
    #[serde(borrow)]
    pub text: Option<Text<'a>>,
    #[serde(borrow)]
    pub encoding: Option<Text<'a>>,
    /// Ours: why the body is not here.
    #[serde(borrow, rename = "_missing")]
    pub missing: Option<Text<'a>>,
}
