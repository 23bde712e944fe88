//! Faults of streams.

use dify_contract::exchange::sse;
use serde_json::Value;

use super::{Trial, ask, probe, stream};
use crate::api::Api;

pub const TRIALS: &[Trial] = &[
    ("unknown-event:POST /chat-messages", probe!(|api| events(api, "chat").await[1] == "applause")),
    (
        "event-order:POST /chat-messages",
        probe!(|api| events(api, "chat").await[0] == "message_end"),
    ),
    (
        "no-terminal-event:POST /chat-messages",
        probe!(|api| events(api, "chat").await.iter().all(|name| name == "message")),
    ),
    (
        "changing-id:POST /chat-messages#/message_id",
        probe!(|api| {
            let events = stream(api).await.events();
            events[0]["message_id"] != events[1]["message_id"]
        }),
    ),
    (
        "bad-framing:POST /chat-messages",
        probe!(|api| sse::frames(&stream(api).await.bytes).len() == 1),
    ),
    (
        "bad-event-data:POST /chat-messages",
        probe!(|api| {
            let bytes = stream(api).await.bytes;
            let data = sse::frames(&bytes)[0].data().unwrap();
            serde_json::from_str::<Value>(&data).is_err()
        }),
    ),
    (
        "named-events:POST /chat-messages",
        probe!(|api| stream(api).await.text().contains("event: message\n")),
    ),
    (
        "no-ping:POST /chat-messages",
        probe!(|api| !events(api, "chatflow").await.iter().any(|name| name == "ping")),
    ),
    (
        "unpaired-event:POST /chat-messages",
        probe!(|api| {
            let names = events(api, "chatflow").await;
            let count = |wanted: &str| names.iter().filter(|name| *name == wanted).count();
            count("node_started") > count("node_finished")
        }),
    ),
    (
        "lost-words:POST /chat-messages",
        probe!(|api| {
            let events = stream(api).await.events();
            let said: String = events.iter().filter_map(|event| event["answer"].as_str()).collect();
            let conversation = events[0]["conversation_id"].as_str().unwrap();
            let path = format!("/messages?user=alice&conversation_id={conversation}");
            api.get("chat", &path).await.json()["data"][0]["answer"] != said
        }),
    ),
    (
        "double-end:POST /chat-messages",
        probe!(|api| {
            let names = events(api, "chat").await;
            names.iter().filter(|name| *name == "message_end").count() == 2
        }),
    ),
];

/// The names of a stream's events, in order; a ping is `ping`.
async fn events(api: &Api, key: &str) -> Vec<String> {
    let answer = ask(api, key, "alice", "streaming").await;
    let name = |event: &Value| event["event"].as_str().unwrap_or("ping").to_owned();
    answer.events().iter().map(name).collect()
}

#[tokio::test]
async fn each_shows() {
    super::each_shows(TRIALS).await;
}
