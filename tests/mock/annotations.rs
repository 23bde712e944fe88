//! Annotations, and the job that switches them on.

use serde_json::{Value, json};

use crate::api::Api;

#[tokio::test]
async fn annotations_are_listed_changed_and_removed() {
    let api = Api::start().await;
    let mut ids = Vec::new();
    for number in 0..5 {
        let body = json!({ "question": format!("What is {number}?"), "answer": "A Number." });
        let made = api.json("chat", "POST", "/apps/annotations", &body).await;
        assert_eq!((made.status, &made.json()["hit_count"]), (201, &json!(0)));
        ids.push(made.json()["id"].clone());
    }
    let page = api.get("chat", "/apps/annotations?page=2&limit=2").await.json();
    assert_eq!((&page["total"], &page["has_more"]), (&json!(5), &json!(true)));
    let listed: Vec<&Value> =
        page["data"].as_array().unwrap().iter().map(|own| &own["id"]).collect();
    assert_eq!(listed, [&ids[2], &ids[1]], "newest first");
    let last = api.get("chat", "/apps/annotations?page=3&limit=2").await.json();
    assert_eq!(
        (last["data"].as_array().map(Vec::len), &last["has_more"]),
        (Some(1), &json!(false))
    );
    let found = api.get("chat", "/apps/annotations?keyword=IS%203").await.json();
    assert_eq!((&found["total"], &found["data"][0]["id"]), (&json!(1), &ids[3]));
    assert_eq!(api.get("agent", "/apps/annotations").await.json()["total"], 0, "another app");

    let path = format!("/apps/annotations/{}", ids[3].as_str().unwrap());
    let body = json!({ "question": "Why?", "answer": "Because." });
    let changed = api.json("chat", "PUT", &path, &body).await;
    assert_eq!(changed.json()["answer"], "Because.");
    let found = api.get("chat", "/apps/annotations?keyword=because").await.json();
    assert_eq!(found["data"], json!([changed.json()]));
    assert_eq!(api.send("chat", "DELETE", &path, &[], Vec::new()).await.status, 204);
    let gone = (404, "not_found".to_owned());
    assert_eq!(api.send("chat", "DELETE", &path, &[], Vec::new()).await.refusal(), gone);
    assert_eq!(api.json("chat", "PUT", &path, &body).await.refusal(), gone);
    for (method, path, body) in [
        ("POST", "/apps/annotations", json!({ "question": "Why?" })),
        ("POST", "/apps/annotations", json!({ "question": "Why?", "answer": 5 })),
        ("POST", "/apps/annotations", json!([])),
        ("PUT", path.as_str(), json!({ "answer": "Because." })),
    ] {
        let answer = api.json("chat", method, path, &body).await;
        assert_eq!(answer.refusal(), (400, "invalid_param".to_owned()), "{body}");
    }
    for query in ["page=0", "limit=0", "limit=x", "keyword=%00"] {
        let answer = api.get("chat", &format!("/apps/annotations?{query}")).await;
        assert_eq!(answer.refusal(), (400, "invalid_param".to_owned()), "{query}");
    }
    api.conforms("annotations");
}

/// Starts a job and waits for it. Gives the states it was seen in.
async fn job(api: &Api, action: &str, model: &str) -> Vec<Value> {
    let body = json!({
        "score_threshold": 0.9,
        "embedding_provider_name": "langgenius/openai/openai",
        "embedding_model_name": model,
    });
    let path = format!("/apps/annotation-reply/{action}");
    let begun = api.json("chat", "POST", &path, &body).await.json();
    let path = format!("{path}/status/{}", begun["job_id"].as_str().unwrap());
    let mut seen = vec![begun["job_status"].clone()];
    loop {
        let state = api.get("chat", &path).await.json();
        assert_eq!(state["job_id"], begun["job_id"]);
        let state = state["job_status"].clone();
        if seen.last() != Some(&state) {
            seen.push(state);
        }
        if seen.last() != Some(&json!("waiting")) {
            return seen;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn replies_are_switched_on_and_off() {
    let api = Api::start().await;
    let reply =
        || async { api.get("chat", "/parameters").await.json()["annotation_reply"].clone() };
    assert_eq!(job(&api, "enable", "stub-embedding").await, ["waiting", "completed"]);
    let on = reply().await;
    assert_eq!((&on["enabled"], &on["score_threshold"]), (&json!(true), &json!(0.9)));
    assert_eq!(on["embedding_model"]["embedding_model_name"], "stub-embedding");
    let drawn = api.get("chatflow", "/parameters").await.json();
    assert_eq!(drawn["annotation_reply"], json!({ "enabled": false }));

    // What is to be embedded needs a model that is there.
    let body = json!({ "question": "Why?", "answer": "Because." });
    api.json("chat", "POST", "/apps/annotations", &body).await;
    assert_eq!(job(&api, "enable", "no-such-model").await, ["waiting", "error"]);
    assert_eq!(reply().await, on, "it is as it was");

    assert_eq!(job(&api, "disable", "").await, ["waiting", "completed"]);
    assert_eq!(reply().await, json!({ "enabled": false }));

    let body = json!({ "score_threshold": 1 });
    let answer = api.json("chat", "POST", "/apps/annotation-reply/enable", &body).await;
    assert_eq!(answer.refusal(), (400, "invalid_param".to_owned()));
    let path = "/apps/annotation-reply/enable/status/5c8a1e7d-90bf-4d23-b6e4-7f1a2b3c4d5e";
    assert_eq!(api.get("chat", path).await.refusal(), (400, "invalid_param".to_owned()));
    api.conforms("annotation-reply");
}
