//! Faults of state, and of what is asked for.

use serde_json::{Value, json};

use super::{Trial, ask, delete, info, make, names, patch, probe, read, stream};
use crate::api::Api;

pub const TRIALS: &[Trial] = &[
    (
        "update-not-kept:PATCH /datasets/{dataset_id}",
        probe!(|api| {
            let made = make(api, "ferns").await;
            let changed = patch(api, &made, json!({ "name": "mosses" })).await;
            assert_eq!(changed.json()["name"], "mosses");
            read(api, &made).await.json()["name"] == "ferns"
        }),
    ),
    (
        "created-lost:POST /datasets",
        probe!(|api| {
            let made = make(api, "ferns").await;
            read(api, &made).await.status == 404
        }),
    ),
    // The answer is there although the message is lost.
    (
        "created-lost:POST /chat-messages",
        probe!(|api| {
            let events = stream(api).await.events();
            assert_eq!(events.last().unwrap()["event"], "message_end");
            let conversation = events[0]["conversation_id"].as_str().unwrap();
            let path = format!("/messages?user=alice&conversation_id={conversation}");
            api.get("chat", &path).await.status == 404
        }),
    ),
    (
        "deleted-still-there:DELETE /datasets/{dataset_id}",
        probe!(|api| {
            let made = make(api, "ferns").await;
            assert_eq!(delete(api, &made).await.status, 204);
            read(api, &made).await.status == 200
        }),
    ),
    (
        "created-not-listed:POST /datasets",
        probe!(|api| {
            let made = make(api, "ferns").await;
            assert_eq!(read(api, &made).await.status, 200);
            !names(api, "").await.contains(&"ferns".to_owned())
        }),
    ),
    (
        "deleted-still-listed:/datasets",
        probe!(|api| {
            let made = make(api, "ferns").await;
            names(api, "").await;
            delete(api, &made).await;
            assert_eq!(read(api, &made).await.status, 404);
            // The list gets no longer by it than it may be.
            names(api, "?limit=1").await == ["ferns"] && names(api, "?page=2").await.is_empty()
        }),
    ),
    (
        "refused-but-changed:PATCH /datasets/{dataset_id}",
        probe!(|api| {
            let made = make(api, "ferns").await;
            let answer = patch(api, &made, json!({ "name": "mosses", "permission": "all" })).await;
            assert_eq!(answer.status, 400);
            read(api, &made).await.json()["name"] == "mosses"
        }),
    ),
    (
        "update-resets:PATCH /datasets/{dataset_id}",
        probe!(|api| {
            let made = make(api, "ferns").await;
            patch(api, &made, json!({ "name": "mosses" })).await;
            read(api, &made).await.json()["description"] == ""
        }),
    ),
    (
        "parameter-ignored:GET /datasets",
        probe!(|api| {
            make(api, "ferns").await;
            names(api, "?limit=1").await.len() == 2
        }),
    ),
    (
        "parameter-ignored:POST /datasets=description",
        probe!(|api| {
            let made = make(api, "ferns").await;
            read(api, &made).await.json()["description"] != "of old"
        }),
    ),
    (
        "other-default:GET /datasets",
        probe!(|api| {
            make(api, "ferns").await;
            names(api, "").await.len() == 1
        }),
    ),
    (
        "other-default:POST /datasets=permission=all_team_members",
        probe!(|api| {
            let made = make(api, "ferns").await;
            read(api, &made).await.json()["permission"] == "all_team_members"
        }),
    ),
    (
        "undocumented-demand:GET /info",
        probe!(|api| {
            assert_eq!(api.get("chat", "/info?please=1").await.status, 200);
            info(api).await.refusal() == (400, "invalid_param".into())
        }),
    ),
    (
        "bounds-not-enforced:POST /datasets",
        probe!(|api| post(api, json!({ "name": "ferns", "description": "x".repeat(401) })).await
            == 200),
    ),
    (
        "enum-not-enforced:POST /datasets",
        probe!(|api| post(api, json!({ "name": "ferns", "permission": "all" })).await == 200),
    ),
    ("required-not-enforced:POST /datasets", probe!(|api| post(api, json!({})).await == 200)),
    (
        "type-not-enforced:POST /datasets",
        probe!(|api| post(api, json!({ "name": "ferns", "description": 7 })).await == 200),
    ),
    // A wrong value of what is required: the answer is that of the last good call.
    (
        "type-not-enforced:POST /datasets",
        probe!(|api| {
            make(api, "ferns").await;
            post(api, json!({ "name": 7 })).await == 200
        }),
    ),
    (
        "other-users-data:GET /messages",
        probe!(|api| {
            let asked = ask(api, "chat", "alice", "blocking").await.json();
            let conversation = asked["conversation_id"].as_str().unwrap();
            // Whoever asks first is not taken for the owner.
            let path = format!("/messages?user=bob&conversation_id={conversation}");
            api.get("chat", &path).await.json()["data"][0]["answer"] == asked["answer"]
        }),
    ),
    (
        "other-users-data:GET /conversations",
        probe!(|api| {
            ask(api, "chat", "alice", "blocking").await;
            let listed = api.get("chat", "/conversations?user=bob").await.json();
            listed["data"].as_array().unwrap().len() == 1
        }),
    ),
    (
        "server-error-sometimes:GET /info=2",
        probe!(|api| {
            let first = info(api).await.status;
            (first, info(api).await.status) == (200, 500)
        }),
    ),
    (
        "never-ready:GET /datasets/{dataset_id}/documents/{batch}/indexing-status",
        probe!(|api| {
            let made = make(api, "ferns").await;
            let path = format!("/datasets/{made}/document/create-by-text");
            let rule = json!({ "mode": "automatic" });
            let body = json!({
                "name": "ferns", "text": "Ferns.", "indexing_technique": "economy", "process_rule": rule,
            });
            let batch = api.json("knowledge", "POST", &path, &body).await.json()["batch"].clone();
            let path =
                format!("/datasets/{made}/documents/{}/indexing-status", batch.as_str().unwrap());
            let state =
                api.get("knowledge", &path).await.json()["data"][0]["indexing_status"].clone();
            assert!(state.is_string());
            state == "indexing"
        }),
    ),
];

async fn post(api: &Api, body: Value) -> u16 {
    api.json("knowledge", "POST", "/datasets", &body).await.status
}

#[tokio::test]
async fn each_shows() {
    super::each_shows(TRIALS).await;
}
