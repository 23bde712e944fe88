//! Faults at the door.

use serde_json::json;

use super::{Trial, probe, read, refused};

pub const TRIALS: &[Trial] = &[
    ("auth-not-enforced:GET /info", probe!(|api| refused(api).await.status == 200)),
    // Nobody knows whose app it is: the one that takes the call.
    (
        "auth-not-enforced:POST /completion-messages",
        probe!(|api| {
            let body = json!({ "inputs": { "query": "moss" }, "user": "alice", "response_mode": "blocking" });
            api.json("", "POST", "/completion-messages", &body).await.status == 200
        }),
    ),
    ("auth-not-enforced:GET /datasets", probe!(|api| api.get("", "/datasets").await.status == 200)),
    (
        "wrong-key-accepted:GET /info",
        probe!(|api| api.get("knowledge", "/info").await.status == 200),
    ),
    (
        "wrong-key-accepted:GET /datasets",
        probe!(|api| api.get("chat", "/datasets").await.status == 200),
    ),
    (
        "any-method:POST /datasets",
        probe!(|api| {
            let body = json!({ "name": "ferns" });
            api.json("knowledge", "PUT", "/datasets", &body).await.status == 200
        }),
    ),
    (
        "any-media-type:POST /datasets",
        probe!(|api| {
            let (headers, body) = ([("Content-Type", "text/plain")], json!({ "name": "ferns" }));
            let body = body.to_string().into_bytes();
            api.send("knowledge", "POST", "/datasets", &headers, body).await.status == 200
        }),
    ),
    (
        "strange-id-fails:GET /datasets/{dataset_id}",
        probe!(|api| read(api, "nothing").await.status == 500),
    ),
];

#[tokio::test]
async fn each_shows() {
    super::each_shows(TRIALS).await;
}
