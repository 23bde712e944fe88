//! A request as handlers read it.

use std::cell::OnceCell;

use axum::http::HeaderMap;
use bytes::Bytes;
use serde_json::{Map, Value};

use super::fields::Fields;
use super::refusal::Refusal;
use crate::exchange::{MediaType, multipart, query};

/// A request, its route known.
pub struct Call<'r> {
    /// The operation: `GET /datasets`.
    pub route: &'r str,
    /// The method.
    pub method: &'r str,
    /// Bodies of any media type are read as JSON.
    pub any_media_type: bool,
    /// The path's parameters.
    pub path: Vec<(String, String)>,
    /// The query's fields, in order.
    pub query: Vec<query::Pair>,
    /// The headers.
    pub headers: &'r HeaderMap,
    /// The body.
    pub body: &'r Bytes,
    /// The number of the app whose key it carries; 0 where it is the knowledge key.
    pub app: usize,
    /// The id of the end user who calls; empty where it is the owner of the workspace.
    pub user: String,
    json: OnceCell<Result<Value, Refusal>>,
}

/// A part of a form.
#[derive(Debug, Clone)]
pub struct FormPart {
    /// The field's name.
    pub name: String,
    /// The file's name; `None` for a text.
    pub filename: Option<String>,
    /// Its media type, where the part names one.
    pub media_type: Option<String>,
    /// Its content.
    pub content: Bytes,
}

impl FormPart {
    /// Its media type without parameters, in lower case; empty where the part names none.
    pub fn mimetype(&self) -> String {
        let whole = self.media_type.as_deref().unwrap_or_default();
        whole.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }
}

impl<'r> Call<'r> {
    /// A call that nobody's key and user are known of yet.
    pub fn new(
        path: Vec<(String, String)>,
        query: &str,
        headers: &'r HeaderMap,
        body: &'r Bytes,
    ) -> Self {
        let query = query::pairs(query.as_bytes());
        Self {
            route: "",
            method: "",
            any_media_type: false,
            path,
            query,
            headers,
            body,
            app: 0,
            user: String::new(),
            json: OnceCell::new(),
        }
    }

    /// The same call with another body.
    pub fn with_body<'b>(&'b self, body: &'b Bytes) -> Call<'b> {
        Call {
            path: self.path.clone(),
            query: self.query.clone(),
            user: self.user.clone(),
            json: OnceCell::new(),
            body,
            ..*self
        }
    }

    /// A parameter of the path; empty if the route has none of that name.
    pub fn param(&self, name: &str) -> &str {
        self.path.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value)
    }

    /// The first value of a field of the query.
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|pair| pair.name == name).map(|pair| pair.value.as_str())
    }

    /// All values of a field of the query.
    pub fn query_all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.query.iter().filter(move |pair| pair.name == name).map(|pair| pair.value.as_str())
    }

    /// The query's fields, to be read one by one.
    pub fn query_fields(&self) -> Fields<'_> {
        Fields::of_query(&self.query)
    }

    /// A header, where it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Whether it has a body that is not called JSON.
    pub fn is_mistaken(&self) -> bool {
        !self.body.is_empty() && !self.is_json()
    }

    fn is_json(&self) -> bool {
        let media_type = self.header("content-type").map(MediaType::parse);
        matches!(media_type, Some(Ok(media_type)) if media_type.is_json())
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// 415 where the request does not call it JSON, 400 `bad_request` where it is not.
    pub fn json(&self) -> Result<&Value, Refusal> {
        let read = || {
            if !self.is_json() && !self.any_media_type {
                let message = "The body is read as JSON only if its Content-Type says so.";
                return Err(Refusal::new(415, "unsupported_media_type", message));
            }
            serde_json::from_slice(self.body)
                .map_err(|_| Refusal::bad_request("The body is no JSON that could be understood."))
        };
        self.json.get_or_init(read).as_ref().map_err(Clone::clone)
    }

    /// The body as a JSON object.
    ///
    /// # Errors
    /// As [`Call::json`], and 400 `invalid_param` where it is no object.
    pub fn object(&self) -> Result<&Map<String, Value>, Refusal> {
        match self.json()? {
            Value::Object(object) => Ok(object),
            _ => Err(Refusal::invalid_param("The body has to be a JSON object.")),
        }
    }

    /// The members of the JSON body, to be read one by one.
    ///
    /// # Errors
    /// As [`Call::object`].
    pub fn fields(&self) -> Result<Fields<'_>, Refusal> {
        Ok(Fields::of_object(self.object()?))
    }

    /// The parts of a form; none where the body is no form.
    pub fn form(&self) -> Vec<FormPart> {
        let content_type = self.header("content-type").unwrap_or_default();
        let Ok(parts) = multipart::parse(content_type, self.body) else {
            return self.urlencoded(content_type);
        };
        let part = |part: multipart::Part| {
            Some(FormPart {
                name: part.name?,
                filename: part.filename,
                media_type: part.content_type,
                content: self.body.slice(part.content),
            })
        };
        parts.into_iter().filter_map(part).collect()
    }

    fn urlencoded(&self, content_type: &str) -> Vec<FormPart> {
        if !content_type.starts_with("application/x-www-form-urlencoded") {
            return Vec::new();
        }
        let pairs = query::pairs(self.body).into_iter();
        let part = |pair: query::Pair| FormPart {
            name: pair.name,
            filename: None,
            media_type: None,
            content: pair.value.into(),
        };
        pairs.map(part).collect()
    }
}
