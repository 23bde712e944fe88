//! Faults of values.

use serde_json::json;

use super::{Trial, id, info, list, make, names, patch, probe, read, stream};

pub const TRIALS: &[Trial] = &[
    ("drop-property:GET /info#/name", probe!(|api| info(api).await.json().get("name").is_none())),
    ("add-property:GET /info=mood", probe!(|api| info(api).await.json().get("mood").is_some())),
    (
        "add-property:GET /datasets#/data[]",
        probe!(|api| list(api, "").await["data"][0].get("surprise").is_some()),
    ),
    (
        "rename-property:GET /info#/name=title",
        probe!(|api| {
            let info = info(api).await.json();
            info.get("name").is_none() && info["title"] == "Garden helper"
        }),
    ),
    ("null-property:GET /info#/name", probe!(|api| info(api).await.json()["name"].is_null())),
    ("retype-property:GET /info#/tags", probe!(|api| info(api).await.json()["tags"].is_object())),
    ("strange-value:GET /info#/mode", probe!(|api| info(api).await.json()["mode"] == "quixotic")),
    (
        "broken-format:GET /datasets#/data[]/id",
        probe!(|api| id(&list(api, "").await["data"][0]).starts_with("!?")),
    ),
    (
        "exaggerated-value:GET /datasets#/limit",
        probe!(|api| list(api, "").await["limit"].as_i64() < Some(0)),
    ),
    (
        "milliseconds:GET /datasets",
        probe!(
            |api| list(api, "").await["data"][0]["created_at"].as_i64() > Some(1_000_000_000_000)
        ),
    ),
    (
        "changed-before-made:GET /datasets",
        probe!(|api| {
            let base = &list(api, "").await["data"][0];
            base["updated_at"].as_i64() < base["created_at"].as_i64()
        }),
    ),
    (
        "other-id:GET /datasets/{dataset_id}",
        probe!(|api| {
            let made = make(api, "ferns").await;
            id(&read(api, &made).await.json()) != made
        }),
    ),
    (
        "other-value:PATCH /datasets/{dataset_id}",
        probe!(|api| {
            let made = make(api, "ferns").await;
            patch(api, &made, json!({ "name": "mosses" })).await.json()["name"] != "mosses"
        }),
    ),
    ("has-more-lies:GET /datasets", probe!(|api| list(api, "").await["has_more"] == true)),
    ("miscount:GET /datasets", probe!(|api| list(api, "").await["total"] != 1)),
    (
        "reversed-list:GET /datasets",
        probe!(|api| {
            make(api, "ferns").await;
            names(api, "").await.last().unwrap() == "ferns"
        }),
    ),
    ("lost-item:GET /datasets", probe!(|api| names(api, "").await.is_empty())),
    ("repeated-item:GET /datasets", probe!(|api| names(api, "").await.len() == 2)),
    // The data of events are values as well.
    (
        "null-property:POST /chat-messages#/task_id",
        probe!(|api| stream(api).await.events().iter().all(|event| event["task_id"].is_null())),
    ),
];

#[tokio::test]
async fn each_shows() {
    super::each_shows(TRIALS).await;
}
