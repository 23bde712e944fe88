//! What an app is, and who may ask.

use serde_json::json;

use crate::api::Api;

#[tokio::test]
async fn every_key_opens_its_app() {
    let api = Api::start().await;
    for (key, mode) in [
        ("chat", "chat"),
        ("agent", "agent-chat"),
        ("chatflow", "advanced-chat"),
        ("completion", "completion"),
        ("workflow", "workflow"),
        ("human-input", "workflow"),
    ] {
        let info = api.get(key, "/info").await;
        assert_eq!((info.status, info.json()["mode"].clone()), (200, json!(mode)));
    }
    api.conforms("keys");
}

#[tokio::test]
async fn strangers_are_refused_and_unknown_routes_are_pages() {
    let api = Api::start().await;
    assert_eq!(api.get("", "/info").await.refusal(), (401, "unauthorized".to_owned()));
    assert_eq!(api.get("knowledge", "/info").await.refusal(), (401, "unauthorized".to_owned()));
    let post = api.json("chat", "POST", "/info", &json!({})).await;
    assert_eq!(post.refusal(), (405, "method_not_allowed".to_owned()));
    let nowhere = api.get("", "/nowhere").await;
    assert_eq!(nowhere.status, 404);
    assert_eq!(nowhere.headers.get("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(nowhere.headers.get("x-version"), Some("1.14.2"));
    let options = api.send("", "OPTIONS", "/info", &[], Vec::new()).await;
    assert_eq!(options.headers.get("allow"), Some("GET, HEAD, OPTIONS"));
    api.conforms("strangers");
}

#[tokio::test]
async fn apps_tell_what_they_take() {
    let api = Api::start().await;
    for (key, fields) in [
        ("chat", vec!["text-input", "select"]),
        ("agent", vec!["text-input", "select"]),
        ("chatflow", vec!["text-input"]),
        ("completion", vec!["paragraph"]),
        ("workflow", vec!["text-input", "number", "select", "file"]),
        ("human-input", vec!["text-input"]),
    ] {
        let parameters = api.get(key, "/parameters").await.json();
        let form = parameters["user_input_form"].as_array().unwrap();
        let kinds: Vec<&String> =
            form.iter().flat_map(|item| item.as_object().unwrap().keys()).collect();
        assert_eq!(kinds, fields, "{key}");
        let talks = parameters["opening_statement"].is_string();
        assert_eq!(parameters["speech_to_text"]["enabled"], json!(talks), "{key}");
        let site = api.get(key, "/site").await.json();
        assert_eq!(site["title"], api.get(key, "/info").await.json()["name"]);
        let icons = api.get(key, "/meta").await.json()["tool_icons"].clone();
        assert_eq!(icons.get("current_time").is_some(), key == "agent");
    }
    api.conforms("parameters");
}
