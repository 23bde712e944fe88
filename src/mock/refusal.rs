//! Why a call was refused, in the server's envelope.

use std::fmt::Display;

use serde_json::{Value, json};

use super::reply::{Payload, Reply};

/// A refusal: a status, a code that programs read, and a message for people.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// The error code.
    pub code: &'static str,
    /// The message.
    pub message: String,
    /// What was wrong with a field of the request, where that is the reason.
    pub breach: Option<Breach>,
}

/// What was wrong with a field of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Breach {
    /// It is missing.
    Missing,
    /// It is of the wrong type.
    Type,
    /// It is out of bounds.
    Bounds,
    /// It is not among the values that are known.
    Enum,
    /// It is not written as it should be.
    Format,
}

impl Refusal {
    /// A refusal with these parts.
    pub fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), breach: None }
    }

    /// 400 `invalid_param`: what the server says to nearly everything that is wrong with a request.
    pub fn invalid_param(message: impl Into<String>) -> Self {
        Self::new(400, "invalid_param", message)
    }

    /// 400 `invalid_param` for what is wrong with a field.
    pub fn field(breach: Breach, message: impl Into<String>) -> Self {
        Self { breach: Some(breach), ..Self::invalid_param(message) }
    }

    /// 400 `bad_request`.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(400, "bad_request", message)
    }

    /// 401 `unauthorized`.
    pub fn unauthorized(message: impl Into<String>) -> Self {
        Self::new(401, "unauthorized", message)
    }

    /// 403 `forbidden`.
    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::new(403, "forbidden", message)
    }

    /// 404 `not_found`: "there is no WHAT like that".
    pub fn not_found(what: impl Display) -> Self {
        Self::new(404, "not_found", format!("There is no such {what}."))
    }

    /// 500 `unknown`: what the server says where it did not expect something.
    pub fn unknown() -> Self {
        Self::new(500, "unknown", "Internal Server Error")
    }

    /// The body.
    pub fn body(&self) -> Value {
        // An error nobody caught has its members in another order.
        if self.code == "unknown" {
            json!({ "message": self.message, "code": self.code, "status": self.status })
        } else {
            json!({ "code": self.code, "message": self.message, "status": self.status })
        }
    }

    /// The answer that tells it.
    pub fn reply(&self) -> Reply {
        let mut reply = Reply::json(self.body()).status(self.status);
        if self.status == 401 {
            reply = reply.header("WWW-Authenticate", "Bearer realm=\"api\"");
        }
        reply
    }
}

/// What the framework says by itself where no route fits: a page, even to programs.
pub fn page_not_found() -> Reply {
    let page = "<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n\
                <p>Nothing is served at this address. Look whether it was typed as it was meant.</p>\n";
    Reply::new(404, Payload::Bytes(page.into()), "text/html; charset=utf-8").same_origin()
}
