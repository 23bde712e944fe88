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
