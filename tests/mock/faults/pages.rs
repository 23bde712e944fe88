//! Faults of pages.

use serde_json::{Value, json};

use super::{Trial, ask, make, names, probe, question};
use crate::api::Api;

pub const TRIALS: &[Trial] = &[
    (
        "pages-overlap:GET /datasets",
        probe!(|api| {
            for name in ["a", "b", "c"] {
                make(api, name).await;
            }
            let mut pages = names(api, "?limit=2&page=1").await;
            pages.extend(names(api, "?limit=2&page=2").await);
            pages == ["c", "b", "b", "a"]
        }),
    ),
    (
        "pages-overlap:GET /conversations",
        probe!(|api| pages_of_conversations(api).await == [2, 1, 1]),
    ),
    ("pages-overlap:GET /messages", probe!(|api| pages_of_messages(api).await == [2, 1, 1])),
    (
        "pages-skip:GET /datasets",
        probe!(|api| {
            for name in ["a", "b", "c"] {
                make(api, name).await;
            }
            let first = names(api, "?limit=2&page=1").await;
            (first, names(api, "?limit=2&page=2").await)
                == (vec!["c".into(), "b".into()], vec!["Field notes".into()])
        }),
    ),
    ("pages-skip:GET /conversations", probe!(|api| pages_of_conversations(api).await == [2, 1])),
    ("pages-skip:GET /messages", probe!(|api| pages_of_messages(api).await == [2, 1])),
];

/// The numbers of three conversations, the newest first, on pages of two.
async fn pages_of_conversations(api: &Api) -> Vec<usize> {
    let mut ids = Vec::new();
    for _ in 0..3 {
        let asked = ask(api, "chat", "alice", "blocking").await.json();
        ids.push(asked["conversation_id"].clone());
    }
    let path = "/conversations?user=alice&limit=2&sort_by=-created_at";
    let first = api.get("chat", path).await.json()["data"].clone();
    let last = first.as_array().unwrap().last().unwrap()["id"].as_str().unwrap();
    let second = api.get("chat", &format!("{path}&last_id={last}")).await.json()["data"].clone();
    numbers(&ids, &[first, second])
}

/// The numbers of three messages, the newest first, on pages of two.
async fn pages_of_messages(api: &Api) -> Vec<usize> {
    let (mut ids, mut conversation) = (Vec::new(), json!(""));
    for _ in 0..3 {
        let mut body = question("alice", "blocking");
        body["conversation_id"] = conversation;
        let asked = api.json("chat", "POST", "/chat-messages", &body).await.json();
        ids.push(asked["message_id"].clone());
        conversation = asked["conversation_id"].clone();
    }
    let conversation = conversation.as_str().unwrap();
    let path = format!("/messages?user=alice&limit=2&conversation_id={conversation}");
    let first = api.get("chat", &path).await.json()["data"].clone();
    let oldest = first[0]["id"].as_str().unwrap();
    let second = api.get("chat", &format!("{path}&first_id={oldest}")).await.json()["data"].clone();
    // The oldest is told first.
    let turned = |page: Value| page.as_array().unwrap().iter().rev().cloned().collect();
    numbers(&ids, &[turned(first), turned(second)])
}

/// Where the items of pages are in a list.
fn numbers(ids: &[Value], pages: &[Value]) -> Vec<usize> {
    let items = pages.iter().flat_map(|page| page.as_array().unwrap());
    let number = |item: &Value| ids.iter().position(|id| *id == item["id"]).unwrap();
    items.map(number).collect()
}

#[tokio::test]
async fn each_shows() {
    super::each_shows(TRIALS).await;
}
