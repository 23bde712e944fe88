//! Every kind of fault: with it the mock misbehaves as the catalogue says, and without it it does not.

mod answers;
mod connections;
mod doors;
mod laws;
mod pages;
mod streams;
mod text;
mod values;

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use dify_contract::mock::{FAULTS, Injection, MockOptions};
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::api::{Answer, Api};

/// Whether the mock misbehaves.
pub type Probe = for<'a> fn(&'a Api) -> Pin<Box<dyn Future<Output = bool> + 'a>>;

/// A fault as `--fault` names it, and how it shows.
pub type Trial = (&'static str, Probe);

/// A probe.
macro_rules! probe {
    (|$api:ident| $body:expr) => {
        |$api| Box::pin(async move { $body })
    };
}
pub(crate) use probe;

pub async fn start(faults: Vec<Injection>) -> Api {
    let (chunk_delay, index_time) = (Duration::ZERO, Duration::ZERO);
    Api::with(MockOptions { faults, chunk_delay, index_time, ..MockOptions::default() }).await
}

/// Each fault shows, and what it shows is nowhere without it.
pub async fn each_shows(trials: &[Trial]) {
    let faults = trials.iter().map(|(text, probe)| async move {
        let injection = Injection::parse(text).unwrap();
        assert_eq!(injection.to_string(), *text);
        let (with, without) = (start(vec![injection]).await, start(Vec::new()).await);
        match tokio::join!(probe(&with), probe(&without)) {
            (true, false) => None,
            (false, _) => Some(format!("{text}: does not show")),
            (true, true) => Some(format!("{text}: shows without it, too")),
        }
    });
    let wrong: Vec<String> = join_all(faults).await.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

pub async fn info(api: &Api) -> Answer {
    api.get("chat", "/info").await
}

/// A refusal: nobody sent a key.
pub async fn refused(api: &Api) -> Answer {
    api.get("", "/info").await
}

pub async fn make(api: &Api, name: &str) -> String {
    let body = json!({ "name": name, "description": "of old" });
    id(&api.json("knowledge", "POST", "/datasets", &body).await.json())
}

pub fn id(value: &Value) -> String {
    value["id"].as_str().unwrap_or_default().to_owned()
}

pub async fn list(api: &Api, query: &str) -> Value {
    api.get("knowledge", &format!("/datasets{query}")).await.json()
}

/// The names in a list of knowledge bases.
pub async fn names(api: &Api, query: &str) -> Vec<String> {
    let listed = list(api, query).await;
    let name = |item: &Value| item["name"].as_str().unwrap_or_default().to_owned();
    listed["data"].as_array().unwrap().iter().map(name).collect()
}

pub async fn patch(api: &Api, id: &str, body: Value) -> Answer {
    api.json("knowledge", "PATCH", &format!("/datasets/{id}"), &body).await
}

pub async fn read(api: &Api, id: &str) -> Answer {
    api.get("knowledge", &format!("/datasets/{id}")).await
}

pub async fn delete(api: &Api, id: &str) -> Answer {
    api.send("knowledge", "DELETE", &format!("/datasets/{id}"), &[], Vec::new()).await
}

pub fn question(user: &str, mode: &str) -> Value {
    json!({ "query": "hello", "inputs": {}, "user": user, "response_mode": mode })
}

pub async fn ask(api: &Api, key: &str, user: &str, mode: &str) -> Answer {
    api.json(key, "POST", "/chat-messages", &question(user, mode)).await
}

/// A stream of a chatbot.
pub async fn stream(api: &Api) -> Answer {
    ask(api, "chat", "alice", "streaming").await
}

#[test]
fn every_fault_is_tried() {
    let trials = [
        values::TRIALS,
        answers::TRIALS,
        connections::TRIALS,
        streams::TRIALS,
        doors::TRIALS,
        laws::TRIALS,
        pages::TRIALS,
    ]
    .concat();
    let tried = |id: &str| trials.iter().any(|(text, _)| text.split([':', '=']).next() == Some(id));
    let left: Vec<&str> = FAULTS.iter().map(|fault| fault.id).filter(|id| !tried(id)).collect();
    assert!(left.is_empty(), "{left:?}");
}
