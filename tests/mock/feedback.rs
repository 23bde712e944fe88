//! What users think of answers, and what they may have back of a message: its files, its sound.

use serde_json::{Value, json};

use crate::api::Api;

/// Asks, and gives the answer.
async fn ask(api: &Api, key: &str, user: &str, files: Value) -> Value {
    let body = json!({ "query": "How are you?", "inputs": {}, "user": user, "files": files });
    let answer = api.json(key, "POST", "/chat-messages", &body).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

#[tokio::test]
async fn users_rate_their_own_answers() {
    let api = Api::start().await;
    let (mut messages, mut paths) = (Vec::new(), Vec::new());
    for user in ["alice", "alice", "bob"] {
        let message = ask(&api, "chat", user, json!([])).await;
        paths.push(format!("/messages/{}/feedbacks", message["id"].as_str().unwrap()));
        messages.push(message);
    }
    let rate = async |path: &str, user: &str, rating: Value, content: &str| {
        let body = json!({ "rating": rating, "user": user, "content": content });
        api.json("chat", "POST", path, &body).await
    };
    assert_eq!(rate(&paths[0], "alice", json!("like"), "good").await.json()["result"], "success");
    assert_eq!(rate(&paths[1], "alice", json!("like"), "").await.status, 200);
    assert_eq!(rate(&paths[2], "bob", json!("dislike"), "bad").await.status, 200);
    assert_eq!(rate(&paths[0], "alice", json!("dislike"), "no").await.status, 200);
    let foreign = rate(&paths[2], "alice", json!("like"), "").await;
    assert_eq!(foreign.refusal(), (404, "not_found".to_owned()));
    let odd = rate(&paths[0], "alice", json!("meh"), "").await;
    assert_eq!(odd.refusal(), (400, "invalid_param".to_owned()));

    let list = async |query: &str| {
        let list = api.get("chat", &format!("/app/feedbacks{query}")).await.json();
        list["data"].as_array().unwrap().clone()
    };
    let all = list("").await;
    let seen: Vec<(&Value, &Value)> =
        all.iter().map(|own| (&own["message_id"], &own["content"])).collect();
    let contents = [json!("bad"), json!(""), json!("no")];
    let newest: Vec<(&Value, &Value)> =
        messages.iter().rev().map(|message| &message["id"]).zip(&contents).collect();
    assert_eq!(seen, newest, "changed ones keep their place");
    assert_eq!(list("?page=2&limit=2").await, all[2..]);
    assert!(list("?page=9").await.is_empty());
    assert!(api.get("agent", "/app/feedbacks").await.json()["data"] == json!([]));
    assert_eq!(api.get("chat", "/app/feedbacks?limit=102").await.status, 400);

    // Messages tell it, until it is taken back, which can be done once.
    let conversation = messages[0]["conversation_id"].as_str().unwrap();
    let path = format!("/messages?user=alice&conversation_id={conversation}");
    let opinion = async || api.get("chat", &path).await.json()["data"][0]["feedback"].clone();
    assert_eq!(opinion().await, json!({ "rating": "dislike" }));
    assert_eq!(rate(&paths[0], "alice", Value::Null, "").await.status, 200);
    assert_eq!(opinion().await, Value::Null);
    let again = rate(&paths[0], "alice", Value::Null, "").await;
    assert_eq!(again.refusal(), (400, "invalid_param".to_owned()));
    assert_eq!(list("").await.len(), 2);
    api.conforms("feedback");
}

#[tokio::test]
async fn a_file_can_be_had_back_once_a_message_has_used_it() {
    let api = Api::start().await;
    for (name, media_type, kind, told) in [
        ("a b.png", "image/png", "image", "image/png"),
        ("a.txt", "text/plain", "document", "text/plain; charset=utf-8"),
        ("a.html", "text/html", "document", "application/octet-stream"),
    ] {
        let file = api.upload("chat", "/files/upload", (name, media_type), b"bytes").await.json();
        let path = format!("/files/{}/preview", file["id"].as_str().unwrap());
        assert_eq!(api.get("chat", &path).await.refusal(), (404, "file_not_found".to_owned()));
        let files = json!([{
            "type": kind, "transfer_method": "local_file", "upload_file_id": file["id"],
        }]);
        ask(&api, "chat", "alice", files).await;
        let shown = api.get("chat", &path).await;
        assert_eq!((shown.status, &shown.bytes[..]), (200, &b"bytes"[..]));
        assert_eq!(shown.headers.get("content-type"), Some(told));
        assert_eq!(shown.headers.get("content-length"), Some("5"));
        assert_eq!(shown.headers.get("cache-control"), Some("public, max-age=3600"));
        let html = shown.headers.get("x-content-type-options");
        assert_eq!(html, (kind == "document" && name == "a.html").then_some("nosniff"));
        let saved = api.get("chat", &format!("{path}?as_attachment=true")).await;
        assert_eq!(saved.headers.get("content-type"), Some("application/octet-stream"));
        let name = name.replace(' ', "%20");
        let disposition = format!("attachment; filename*=UTF-8''{name}");
        assert_eq!(saved.headers.get("content-disposition"), Some(disposition.as_str()));
        let elsewhere = api.get("agent", &path).await;
        assert_eq!(elsewhere.refusal(), (403, "file_access_denied".to_owned()));
    }
    api.conforms("previews");
}

#[tokio::test]
async fn answers_can_be_spoken() {
    let api = Api::start().await;
    let message = ask(&api, "chat", "alice", json!([])).await;
    let body = json!({ "message_id": message["id"], "text": "Not this.", "user": "alice" });
    let speech = api.json("chat", "POST", "/text-to-audio", &body).await;
    let heard = api.upload("chat", "/audio-to-text", ("a.mp3", "audio/mp3"), &speech.bytes).await;
    assert_eq!(heard.json()["text"], message["answer"]);
    api.conforms("spoken");
}
