//! The models of the workspace.

use serde_json::json;

use crate::api::Api;

#[tokio::test]
async fn models_are_listed_by_kind() {
    let api = Api::start().await;
    let path = |kind: &str| format!("/workspaces/current/models/model-types/{kind}");
    for (kind, told, count) in [
        ("llm", "llm", 2),
        ("text-generation", "llm", 2),
        ("text-embedding", "text-embedding", 1),
        ("rerank", "rerank", 1),
        ("speech2text", "speech2text", 1),
        ("tts", "tts", 1),
    ] {
        let list = api.get("knowledge", &path(kind)).await.json();
        let models = list["data"][0]["models"].as_array().unwrap();
        assert!(models.iter().all(|model| model["model_type"] == told));
        assert_eq!(models.len(), count, "{kind}");
    }
    assert_eq!(api.get("knowledge", &path("moderation")).await.json(), json!({ "data": [] }));
    let unknown = api.get("knowledge", &path("poetry")).await;
    assert_eq!(unknown.refusal(), (400, "invalid_param".to_owned()));
    assert_eq!(api.get("chat", &path("llm")).await.status, 401);
    api.conforms("models");
}
