//! The way of one request: route, key, user, handler.

use axum::http::{HeaderMap, Method};
use bytes::Bytes;
use serde_json::Value;

use super::call::Call;
use super::faults::{Door, Injection, Plan};
use super::refusal::{Refusal, page_not_found};
use super::reply::{Outcome, Payload, Reply};
use super::routes::{Access, Route, UserIn};
use super::state::{World, unix};

/// The operations of one path.
pub struct Group {
    /// The names of its parameters that must be UUIDs.
    pub uuids: Vec<&'static str>,
    /// The operations, one for each method.
    pub routes: Vec<Served>,
}

/// An operation, and what is wrong with it.
pub struct Served {
    pub route: &'static Route,
    /// `GET /datasets`.
    pub id: String,
    pub faults: Plan,
}

impl Served {
    /// An operation with those of the faults that concern it.
    pub fn new(route: &'static Route, injections: &[Injection]) -> Self {
        let id = format!("{} {}", route.method, route.path);
        Self { route, id, faults: Plan::of(injections, route) }
    }
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
        // The framework serves HEAD wherever there is a GET; the body is left out on the wire.
        let method = if *request.method == Method::HEAD { "GET" } else { request.method.as_str() };
        let served = self.routes.iter().find(|served| served.route.method == method);
        if request.path.iter().any(no_uuid) {
            if served.is_some_and(|served| served.faults.opens(Door::StrangeId)) {
                return Refusal::unknown().reply();
            }
            return page_not_found();
        }
        if method == "OPTIONS" {
            return self.options(request.headers);
        }
        let any = |served: &&Served| served.faults.door(Door::AnyMethod);
        let Some(served) = served.or_else(|| self.routes.iter().find(any)) else {
            let message = "This address is not there for this method.";
            return Refusal::new(405, "method_not_allowed", message).reply().same_origin();
        };
        if served.route.method != method {
            served.faults.opens(Door::AnyMethod);
        }
        let mut call = Call::new(request.path, request.query, request.headers, request.body);
        (call.route, call.method) = (&served.id, served.route.method);
        let mut reply = answer(world, served, &mut call).unwrap_or_else(|refusal| refusal.reply());
        if reply.status < 300 && call.any_media_type && call.is_mistaken() {
            served.faults.opens(Door::AnyMediaType);
        }
        if !world.memory.hidden.is_empty() {
            reply = reply.opened();
        }
        served.faults.mar(&mut reply, &world.memory);
        reply
    }

    fn options(&self, headers: &HeaderMap) -> Reply {
        let mut methods: Vec<&str> = self.routes.iter().map(|served| served.route.method).collect();
        if methods.contains(&"GET") {
            methods.push("HEAD");
        }
        methods.push("OPTIONS");
        methods.sort_unstable();
        let reply = Reply::new(200, Payload::Bytes(Bytes::new()), "text/html; charset=utf-8")
            .header("Allow", methods.join(", "));
        match headers.get("origin").and_then(|origin| origin.to_str().ok()) {
            Some(origin) => reply
                .header("Access-Control-Allow-Origin", origin.to_owned())
                .header("Access-Control-Allow-Methods", "DELETE, GET, OPTIONS, PATCH, POST, PUT")
                .header("Vary", "Origin, Cookie"),
            None => reply,
        }
    }
}

fn answer(world: &mut World, served: &Served, call: &mut Call<'_>) -> Outcome {
    let faults = &served.faults;
    call.any_media_type = faults.door(Door::AnyMediaType);
    match served.route.access {
        Access::App(user) => {
            let apps = match app(world, call.headers) {
                Ok(app) => app..=app,
                // Nobody knows which app is meant: the first that takes the call.
                Err(_) if let_in(faults, call.headers) => 0..=world.apps.len().saturating_sub(1),
                Err(refusal) => return Err(refusal),
            };
            let mut refused = None;
            for app in apps {
                match as_app(world, served, call, (app, user)) {
                    Ok(reply) => return Ok(reply),
                    Err(refusal) => drop(refused.get_or_insert(refusal)),
                }
            }
            Err(refused.unwrap_or_else(wrong_key))
        }
        Access::Knowledge => {
            let known = bearer(call.headers)
                .and_then(|key| if key == world.knowledge.key { Ok(()) } else { Err(wrong_key()) });
            match known {
                Err(_) if let_in(faults, call.headers) => {}
                known => known?,
            }
            let dataset = call.param("dataset_id");
            if !dataset.is_empty() && !world.knowledge.has(dataset) {
                return Err(Refusal::not_found("knowledge base"));
            }
            handled(world, served, call)
        }
    }
}

/// What comes of a call with the key of an app.
fn as_app(
    world: &mut World,
    served: &Served,
    call: &mut Call<'_>,
    (app, user): (usize, UserIn),
) -> Outcome {
    call.app = app;
    if user != UserIn::Nowhere {
        let name = user_name(call, user)?;
        let (ids, users) = (&mut world.ids, &mut world.users);
        call.user = users.enter(app, name.as_deref(), || ids.uuid(), unix());
    }
    handled(world, served, call)
}

fn handled(world: &mut World, served: &Served, call: &mut Call<'_>) -> Outcome {
    let (handle, faults) = (served.route.handle, &served.faults);
    if faults.is_empty() {
        return handle(world, call);
    }
    faults.handle(world, call, &mut |world, call| handle(world, call).map(Reply::opened))
}

/// The number of the app whose key this is.
fn app(world: &World, headers: &HeaderMap) -> Result<usize, Refusal> {
    let find = |key: &str| world.apps.iter().position(|app| app.key == key).ok_or_else(wrong_key);
    bearer(headers).and_then(find)
}

/// Whether a fault lets a call in whose key is missing or wrong.
fn let_in(faults: &Plan, headers: &HeaderMap) -> bool {
    let door = if headers.contains_key("authorization") { Door::WrongKey } else { Door::NoKey };
    faults.opens(door)
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
            _ => return Err(Refusal::bad_request("The body has to be a JSON object.")),
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
