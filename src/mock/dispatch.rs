//! The way of one request: route, key, user, handler.

use axum::http::{HeaderMap, Method};
use bytes::Bytes;
use serde_json::Value;

use super::call::Call;
use super::refusal::{Refusal, page_not_found};
use super::reply::{Outcome, Payload, Reply};
use super::routes::{Access, Route, UserIn};
use super::state::{World, unix};

/// The operations of one path.
pub struct Group {
    /// The names of its parameters that must be UUIDs.
    pub uuids: Vec<&'static str>,
    /// The operations, one for each method.
    pub routes: Vec<&'static Route>,
}

/// A request that hit a path.
pub struct Request<'r> {
    pub method: &'r Method,
    pub path: Vec<(String, String)>,
    pub query: &'r str,
    pub headers: &'r HeaderMap,
    pub body: &'r Bytes,
}

impl Group {
    /// Answers a request.
    pub fn answer(&self, world: &mut World, request: Request<'_>) -> Reply {
        let no_uuid = |(name, value): &(String, String)| {
            self.uuids.contains(&name.as_str()) && !is_uuid(value)
        };
        if request.path.iter().any(no_uuid) {
            return page_not_found();
        }
        // The framework serves HEAD wherever there is a GET; the body is left out on the wire.
        let method = if *request.method == Method::HEAD { "GET" } else { request.method.as_str() };
        if method == "OPTIONS" {
            return self.options(request.headers);
        }
        let Some(route) = self.routes.iter().find(|route| route.method == method) else {
            let message = "This address is not there for this method.";
            return Refusal::new(405, "method_not_allowed", message).reply();
        };
        let mut call = Call::new(request.path, request.query, request.headers, request.body);
        answer(world, route, &mut call).unwrap_or_else(|refusal| refusal.reply())
    }

    fn options(&self, headers: &HeaderMap) -> Reply {
        let mut methods: Vec<&str> = self.routes.iter().map(|route| route.method).collect();
        if methods.contains(&"GET") {
            methods.push("HEAD");
        }
        methods.push("OPTIONS");
        methods.sort_unstable();
        let origin = headers.get("origin").and_then(|origin| origin.to_str().ok()).unwrap_or("*");
        Reply::new(200, Payload::Bytes(Bytes::new()), "text/html; charset=utf-8")
            .header("Allow", methods.join(", "))
            .header("Access-Control-Allow-Origin", origin.to_owned())
            .header("Access-Control-Allow-Methods", "DELETE, GET, OPTIONS, PATCH, POST, PUT")
    }
}

fn answer(world: &mut World, route: &Route, call: &mut Call<'_>) -> Outcome {
    let key = bearer(call.headers)?;
    match route.access {
        Access::App(user) => {
            let app = world.apps.iter().position(|app| app.key == key);
            call.app = app.ok_or_else(wrong_key)?;
            if user != UserIn::Nowhere {
                let name = user_name(call, user)?;
                let (ids, users) = (&mut world.ids, &mut world.users);
                call.user = users.enter(call.app, name.as_deref(), || ids.uuid(), unix());
            }
        }
        Access::Knowledge => {
            if world.knowledge.key != key {
                return Err(wrong_key());
            }
            let dataset = call.param("dataset_id");
            if !dataset.is_empty() && !world.knowledge.has(dataset) {
                return Err(Refusal::not_found("knowledge base"));
            }
        }
    }
    (route.handle)(world, call)
}

fn wrong_key() -> Refusal {
    Refusal::unauthorized("The key is not known here.")
}

/// The key of the `Authorization` header; the scheme may be written in any case.
fn bearer(headers: &HeaderMap) -> Result<&str, Refusal> {
    let header = headers.get("authorization").and_then(|value| value.to_str().ok());
    let parts = header.and_then(|value| value.split_once(' '));
    let Some((scheme, key)) = parts else {
        return Err(Refusal::unauthorized("Send the key as `Authorization: Bearer KEY`."));
    };
    if scheme.eq_ignore_ascii_case("bearer") {
        Ok(key.trim())
    } else {
        Err(Refusal::unauthorized("The scheme of the Authorization header has to be Bearer."))
    }
}

/// What a call says of its user. It is read before anything else in the body is looked at.
fn user_name(call: &Call<'_>, user: UserIn) -> Result<Option<String>, Refusal> {
    let name = match user {
        UserIn::Nowhere => None,
        UserIn::Query | UserIn::QueryRequired => call.query("user").map(str::to_owned),
        UserIn::Json | UserIn::JsonRequired => match call.json()? {
            Value::Object(body) => body.get("user").and_then(spelled),
            // The server reads a member of what it takes for an object.
            _ => return Err(Refusal::unknown()),
        },
        UserIn::Form => {
            let part = call.form().into_iter().find(|part| part.name == "user");
            part.map(|part| String::from_utf8_lossy(&part.content).into_owned())
        }
    };
    let name = name.filter(|name| !name.is_empty());
    if name.is_none() && matches!(user, UserIn::JsonRequired | UserIn::QueryRequired) {
        return Err(Refusal::invalid_param("`user` is required."));
    }
    if name.as_ref().is_some_and(|name| name.contains('\0')) {
        return Err(Refusal::invalid_param("`user` must not contain U+0000."));
    }
    Ok(name)
}

/// A value of any type spelled out, where there is something in it.
fn spelled(value: &Value) -> Option<String> {
    match value {
        Value::Null | Value::Bool(false) => None,
        Value::String(text) => Some(text.clone()),
        Value::Number(number) if number.as_f64() == Some(0.0) => None,
        Value::Array(items) if items.is_empty() => None,
        Value::Object(members) if members.is_empty() => None,
        other => Some(other.to_string()),
    }
}

/// Whether a path segment is a UUID as the framework's routes know it: with its hyphens.
fn is_uuid(text: &str) -> bool {
    text.len() == 36 && uuid::Uuid::try_parse(text).is_ok()
}
