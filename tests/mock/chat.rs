//! Talking: chats, agents and completions, as streams and at once.

use std::time::Duration;

use dify_contract::mock::MockOptions;
use serde_json::{Value, json};

use crate::api::{Answer, Api};

/// A question of alice's.
pub async fn ask(api: &Api, key: &str, streaming: bool, more: Value) -> Answer {
    let mode = if streaming { "streaming" } else { "blocking" };
    let mut body =
        json!({ "query": "hello", "inputs": {}, "user": "alice", "response_mode": mode });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    api.json(key, "POST", "/chat-messages", &body).await
}

/// What the pieces of a stream say, put together.
pub fn said(events: &[Value]) -> String {
    let is_piece =
        |event: &&Value| event["event"] == "message" || event["event"] == "agent_message";
    events.iter().filter(is_piece).filter_map(|event| event["answer"].as_str()).collect()
}

/// The names of the events, repetitions left out.
pub fn names(events: &[Value]) -> Vec<&str> {
    let mut names: Vec<&str> =
        events.iter().map(|event| event["event"].as_str().unwrap_or("ping")).collect();
    names.dedup();
    names
}

async fn messages(api: &Api, key: &str, conversation: &Value, more: &str) -> Answer {
    let conversation = conversation.as_str().unwrap();
    api.get(key, &format!("/messages?conversation_id={conversation}&user=alice{more}")).await
}

#[tokio::test]
async fn a_stream_a_blocking_answer_and_the_history_say_the_same() {
    let api = Api::start().await;
    let blocking = ask(&api, "chat", false, json!({})).await;
    let first = blocking.json();
    assert_eq!((blocking.status, &first["mode"]), (200, &json!("chat")));
    assert_eq!(blocking.headers.get("content-type"), Some("application/json; charset=utf-8"));
    let conversation = &first["conversation_id"];
    let stream = ask(
        &api,
        "chat",
        true,
        json!({ "conversation_id": conversation, "inputs": { "topic": "ferns", "tone": "casual" } }),
    )
    .await;
    let events = stream.events();
    assert_eq!(names(&events), ["message", "message_end"]);
    assert_eq!(said(&events), first["answer"].as_str().unwrap());
    assert_eq!(events[events.len() - 2]["answer"], "");
    assert_eq!(events.last().unwrap()["files"], Value::Null);

    let listed = messages(&api, "chat", conversation, "").await.json();
    let answers: Vec<&Value> =
        listed["data"].as_array().unwrap().iter().map(|message| &message["answer"]).collect();
    assert_eq!(answers, [&first["answer"], &first["answer"]]);
    assert_eq!(listed["data"][0]["inputs"], json!({ "topic": null, "tone": null }));
    assert_eq!(listed["data"][1]["inputs"], json!({ "topic": "ferns", "tone": "casual" }));
    assert_eq!(listed["data"][1]["id"], events[0]["message_id"]);
    api.conforms("chat");
}

#[tokio::test]
async fn a_completion_has_no_conversation() {
    let api = Api::start().await;
    let ask = async |mode: &str, inputs: Value| {
        let body = json!({ "inputs": inputs, "user": "alice", "response_mode": mode });
        api.json("completion", "POST", "/completion-messages", &body).await
    };
    let blocking = ask("blocking", json!({ "query": "moss" })).await.json();
    assert!(blocking["answer"].as_str().unwrap().ends_with("moss"));
    assert_eq!(blocking.get("conversation_id"), None);
    let events = ask("streaming", json!({ "query": "moss" })).await.events();
    assert_eq!(names(&events), ["message", "message_end"]);
    assert_eq!(said(&events), blocking["answer"].as_str().unwrap());
    assert!(events.iter().all(|event| event.get("conversation_id").is_none()));
    let refused = ask("blocking", json!({})).await.refusal();
    assert_eq!(refused, (400, "invalid_param".to_owned()));
    let wrong = api.json("chat", "POST", "/completion-messages", &json!({ "user": "a" })).await;
    assert_eq!(wrong.refusal(), (400, "app_unavailable".to_owned()));
    let wrong = api.json("completion", "POST", "/chat-messages", &json!({ "user": "a" })).await;
    assert_eq!(wrong.refusal(), (400, "not_chat_app".to_owned()));
    api.conforms("completion");
}

#[tokio::test]
async fn an_agent_tells_its_thoughts_and_only_streams() {
    let api = Api::start().await;
    let refused = ask(&api, "agent", false, json!({})).await.refusal();
    assert_eq!(refused, (400, "invalid_param".to_owned()));
    let events = ask(&api, "agent", true, json!({})).await.events();
    assert_eq!(
        names(&events),
        [
            "agent_thought",
            "agent_message",
            "agent_thought",
            "agent_message",
            "agent_thought",
            "message_end"
        ]
    );
    let listed = messages(&api, "agent", &events[0]["conversation_id"], "").await.json();
    let message = &listed["data"][0];
    assert_eq!(message["answer"], said(&events));
    assert_eq!(message["agent_thoughts"][0]["tool"], "current_time");
    assert_eq!(message["agent_thoughts"][1]["thought"], message["answer"]);
    assert_eq!(message["agent_thoughts"][1]["id"], events[events.len() - 2]["id"]);
    api.conforms("agent");
}

#[tokio::test]
async fn models_fail_by_name() {
    let api = Api::start().await;
    for (name, status, code) in [
        ("InvokeRateLimitError", 400, "completion_request_error"),
        ("QuotaExceededError", 400, "provider_quota_exceeded"),
        ("ProviderTokenNotInitError", 400, "provider_not_initialize"),
    ] {
        let query = json!({ "query": format!("#error:{name}") });
        let blocking = ask(&api, "chat", false, query.clone()).await;
        assert_eq!(blocking.refusal(), (status, code.to_owned()));
        let events = ask(&api, "chat", true, query).await.events();
        assert_eq!(names(&events), ["error"]);
        assert_eq!((&events[0]["code"], &events[0]["status"]), (&json!(code), &json!(status)));
        let listed = messages(&api, "chat", &events[0]["conversation_id"], "").await.json();
        let message = &listed["data"][0];
        assert_eq!((&message["status"], &message["answer"]), (&json!("error"), &json!("")));
        assert_eq!(message["error"], events[0]["message"]);
    }
    api.conforms("models");
    let query = json!({ "query": "#slow #error:KeyError" });
    let blocking = ask(&api, "chat", false, query.clone()).await;
    assert_eq!(blocking.refusal(), (500, "internal_server_error".to_owned()));
    let events = ask(&api, "chat", true, query).await.events();
    assert_eq!(names(&events), ["message", "error"]);
    assert_eq!(events.last().unwrap()["code"], "internal_server_error");
}

#[tokio::test]
async fn what_was_said_until_a_stop_is_the_answer() {
    let api =
        Api::with(MockOptions { chunk_delay: Duration::from_millis(5), ..MockOptions::default() })
            .await;
    for (key, path) in [("chat", "chat"), ("agent", "chat"), ("completion", "completion")] {
        let body = json!({
            "query": "#slow", "inputs": { "query": "#slow" }, "user": "alice",
            "response_mode": "streaming",
        });
        let mut stream = api.stream(key, &format!("/{path}-messages"), &body).await;
        let piece =
            stream.find(|event| event["answer"].as_str().is_some_and(|text| !text.is_empty()));
        let task = piece.await["task_id"].as_str().unwrap().to_owned();
        let stop = async |user: &str| {
            let path = format!("/{path}-messages/{task}/stop");
            let answer = api.json(key, "POST", &path, &json!({ "user": user })).await;
            assert_eq!(answer.json(), json!({ "result": "success" }));
        };
        // Nobody stops what is said to another.
        stop("bob").await;
        stop("alice").await;
        let events = stream.rest(&api).await.events();
        let end = events.last().unwrap();
        assert_eq!(end["event"], "message_end", "{key}");
        let text = said(&events);
        assert!(!text.is_empty() && !text.contains("leaf59"), "{text}");
        let tokens = text.split_whitespace().count();
        assert_eq!(end["metadata"]["usage"]["completion_tokens"], tokens);
        if key != "completion" {
            let listed = messages(&api, key, &end["conversation_id"], "").await.json();
            assert_eq!(listed["data"][0]["answer"], text.trim());
        }
        stop("alice").await;
    }
    api.conforms("stop");
}

#[tokio::test]
async fn a_run_goes_on_when_nobody_listens() {
    let api =
        Api::with(MockOptions { chunk_delay: Duration::from_millis(1), ..MockOptions::default() })
            .await;
    let body = json!({
        "query": "#slow", "inputs": {}, "user": "alice", "response_mode": "streaming",
    });
    let mut stream = api.stream("chat", "/chat-messages", &body).await;
    let conversation = stream.until("message").await["conversation_id"].clone();
    drop(stream);
    let begun = messages(&api, "chat", &conversation, "").await.json();
    assert_eq!(begun["data"][0]["answer"], "");
    loop {
        let listed = messages(&api, "chat", &conversation, "").await.json();
        if listed["data"][0]["answer"] != "" {
            assert!(listed["data"][0]["answer"].as_str().unwrap().ends_with("leaf59"));
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    api.conforms("silent");
}

#[tokio::test]
async fn what_cannot_be_asked_is_refused() {
    let api = Api::start().await;
    let invalid = (400, "invalid_param".to_owned());
    for more in [
        json!({ "query": null }),
        json!({ "query": "" }),
        json!({ "query": 5 }),
        json!({ "inputs": "no" }),
        json!({ "inputs": null }),
        json!({ "inputs": { "tone": "loud" } }),
        json!({ "inputs": { "topic": "x".repeat(49) } }),
        json!({ "response_mode": "later" }),
        json!({ "conversation_id": "7" }),
        json!({ "conversation_id": 7 }),
        json!({ "auto_generate_name": "perhaps" }),
        json!({ "auto_generate_name": null }),
        json!({ "files": [5] }),
        json!({ "files": [{ "type": "image", "transfer_method": "local_file", "upload_file_id": "5" }] }),
        json!({ "user": "" }),
    ] {
        assert_eq!(ask(&api, "chat", false, more.clone()).await.refusal(), invalid, "{more}");
    }
    let elsewhere = json!({ "conversation_id": "6c29a0a5-9b8c-4a6e-a0f4-6a8d0a2f7b11" });
    let missing = (404, "not_found".to_owned());
    assert_eq!(ask(&api, "chat", false, elsewhere.clone()).await.refusal(), missing);
    assert_eq!(ask(&api, "agent", true, elsewhere).await.refusal(), missing);
    let odd = ask(&api, "chat", false, json!({ "query": "nul\u{0}", "conversation_id": "" })).await;
    assert!(odd.json()["answer"].as_str().unwrap().ends_with("nul"));
    api.conforms("refused");
}

#[tokio::test]
async fn files_go_with_a_message_and_can_be_had_back_then() {
    let api = Api::start().await;
    let png: &[u8] = b"\x89PNG\r\n\x1a\nrest";
    let file = ("leaf.png", "image/png");
    let upload = api.upload("chat", "/files/upload", file, png).await.json()["id"].clone();
    let preview = format!("/files/{}/preview?user=alice", upload.as_str().unwrap());
    assert_eq!(api.get("chat", &preview).await.status, 404);
    let file =
        json!({ "type": "image", "transfer_method": "local_file", "upload_file_id": upload });
    let events = ask(&api, "chat", true, json!({ "files": [file] })).await.events();
    let end = events.last().unwrap();
    assert_eq!(end["files"][0]["filename"], "leaf.png");
    assert_eq!(api.get("chat", &preview).await.bytes, png);
    let listed = messages(&api, "chat", &end["conversation_id"], "").await.json();
    let shown = &listed["data"][0]["message_files"][0];
    assert_eq!((&shown["upload_file_id"], &shown["belongs_to"]), (&upload, &json!("user")));
    api.conforms("files-of-messages");
}

#[tokio::test]
async fn what_people_wrote_is_the_answer() {
    let api = Api::start().await;
    let note = json!({ "question": "Why?", "answer": "Because.\nThat is why." });
    let note = api.json("chat", "POST", "/apps/annotations", &note).await.json();
    let enable = json!({
        "score_threshold": 0.9,
        "embedding_provider_name": "langgenius/openai/openai",
        "embedding_model_name": "stub-embedding",
    });
    let job = api.json("chat", "POST", "/apps/annotation-reply/enable", &enable).await.json();
    let status =
        format!("/apps/annotation-reply/enable/status/{}", job["job_id"].as_str().unwrap());
    while api.get("chat", &status).await.json()["job_status"] != "completed" {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let blocking = ask(&api, "chat", false, json!({ "query": "Why?" })).await.json();
    assert_eq!(blocking["answer"], note["answer"]);
    assert_eq!(blocking["metadata"]["annotation_reply"]["id"], note["id"]);
    assert_eq!(blocking["metadata"]["usage"]["total_tokens"], 0);
    let events = ask(&api, "chat", true, json!({ "query": "Why?" })).await.events();
    assert_eq!(said(&events), note["answer"].as_str().unwrap());
    assert_eq!(names(&events), ["message", "message_end"]);
    let other = ask(&api, "chat", false, json!({ "query": "why?" })).await.json();
    assert_eq!(other["metadata"]["annotation_reply"], Value::Null);
    api.conforms("written");
}
