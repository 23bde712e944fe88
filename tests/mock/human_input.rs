//! Runs that wait for a person, and go on.

use std::time::Duration;

use dify_contract::mock::MockOptions;
use serde_json::{Value, json};

use crate::api::{Answer, Api};

async fn run(api: &Api, query: &str, mode: &str) -> Answer {
    let body = json!({ "inputs": { "query": query }, "user": "alice", "response_mode": mode });
    api.json("human-input", "POST", "/workflows/run", &body).await
}

async fn status(api: &Api, run: &str) -> Value {
    let detail = api.get("human-input", &format!("/workflows/run/{run}")).await.json();
    assert_eq!(detail["finished_at"].is_null(), detail["status"] != "succeeded");
    detail["status"].clone()
}

fn text<'v>(value: &'v Value, pointer: &str) -> &'v str {
    value.pointer(pointer).and_then(Value::as_str).unwrap()
}

#[tokio::test]
async fn a_run_waits_for_a_form_and_goes_on() {
    let api = Api::start().await;
    let stream = run(&api, "May I?", "streaming").await;
    let expected = [
        "ping",
        "workflow_started",
        "node_started",
        "node_finished",
        "node_started",
        "human_input_required",
        "workflow_paused",
    ];
    assert_eq!(stream.event_names(), expected);
    let required = stream.event("human_input_required");
    let id = text(&required, "/workflow_run_id");
    assert_eq!(status(&api, id).await, "paused");

    let form = format!("/form/human_input/{}", text(&required, "/data/form_token"));
    let shown = api.get("human-input", &form).await.json();
    assert_eq!(shown["form_content"], required["data"]["form_content"]);
    assert_eq!(shown["user_actions"], required["data"]["actions"]);
    assert_eq!(api.get("workflow", &form).await.refusal(), (404, "not_found".to_owned()));

    for (inputs, action) in [
        (json!({ "comment": "fine" }), "nope"),
        (json!({ "comment": 5 }), "approve"),
        (json!({}), "approve"),
    ] {
        let body = json!({ "inputs": inputs, "action": action, "user": "alice" });
        let answer = api.json("human-input", "POST", &form, &body).await;
        assert_eq!(answer.refusal(), (400, "invalid_form_data".to_owned()), "{body}");
    }
    let body = json!({ "action": "approve", "user": "alice" });
    let answer = api.json("human-input", "POST", &form, &body).await;
    assert_eq!(answer.refusal(), (400, "invalid_param".to_owned()));
    assert_eq!(status(&api, id).await, "paused");

    let body = json!({ "inputs": { "comment": "fine" }, "action": "approve", "user": "alice" });
    let answer = api.json("human-input", "POST", &form, &body).await;
    assert_eq!((answer.status, answer.json()), (200, json!({})));
    let events = api.get("human-input", &format!("/workflow/{id}/events?user=alice")).await;
    let expected = [
        "ping",
        "workflow_started",
        "node_started",
        "human_input_form_filled",
        "text_chunk",
        "node_finished",
        "node_started",
        "node_finished",
        "workflow_finished",
    ];
    assert_eq!(events.event_names(), expected);
    assert_eq!(events.event("workflow_started")["data"]["reason"], "resumption");
    let filled = events.event("human_input_form_filled");
    assert!(text(&filled, "/data/rendered_content").ends_with("fine"));
    let finished = events.event("workflow_finished");
    assert_eq!(finished["data"]["outputs"], json!({ "comment": "fine" }));
    assert_eq!(finished["data"]["total_steps"], 4);
    assert_eq!(status(&api, id).await, "succeeded");

    let again = api.json("human-input", "POST", &form, &body).await;
    assert_eq!(again.refusal(), (412, "human_input_form_submitted".to_owned()));
    let again = api.get("human-input", &form).await;
    assert_eq!(again.refusal(), (412, "human_input_form_submitted".to_owned()));
    let unknown = api.get("human-input", "/form/human_input/unknown").await;
    assert_eq!(unknown.refusal(), (404, "not_found".to_owned()));
    api.conforms("human-input");
}

#[tokio::test]
async fn a_paused_run_is_joined_before_it_goes_on() {
    let api = Api::start().await;
    let paused = run(&api, "May I?", "blocking").await.json();
    assert_eq!(
        (&paused["data"]["status"], &paused["data"]["finished_at"]),
        (&json!("paused"), &Value::Null)
    );
    let id = text(&paused, "/workflow_run_id");
    let path = format!("/workflow/{id}/events?user=alice");
    // How it stands ends with the pause, unless one means to stay.
    let brief = api.get("human-input", &format!("{path}&include_state_snapshot=true")).await;
    let expected = [
        "ping",
        "workflow_started",
        "node_started",
        "node_finished",
        "node_started",
        "node_finished",
        "human_input_required",
        "workflow_paused",
    ];
    assert_eq!(brief.event_names(), expected);
    let more = format!("{path}&include_state_snapshot=true&continue_on_pause=true");
    let mut staying = api.open("human-input", "GET", &more, &[], Vec::new()).await;
    staying.until("workflow_paused").await;
    let mut waiting = api.open("human-input", "GET", &path, &[], Vec::new()).await;

    let form = format!("/form/human_input/{}", text(&paused, "/data/reasons/0/form_token"));
    let body = json!({ "inputs": { "comment": "no" }, "action": "reject", "user": "bob" });
    api.json("human-input", "POST", &form, &body).await;
    let filled = waiting.until("human_input_form_filled").await;
    assert_eq!(text(&filled, "/data/action_text"), "Reject");
    let waiting = waiting.rest(&api).await;
    assert_eq!(waiting.event_names().last().unwrap(), "workflow_finished");
    let staying = staying.rest(&api).await;
    assert_eq!(staying.events().last(), waiting.events().last());
    api.conforms("human-input-joined");
}

#[tokio::test]
async fn a_run_that_went_on_is_heard_to_its_end() {
    // It goes on at once, and nobody has listened before.
    let options = MockOptions { index_time: Duration::ZERO, ..MockOptions::default() };
    let api = Api::with(options).await;
    let paused = run(&api, "May I?", "blocking").await.json();
    let form = format!("/form/human_input/{}", text(&paused, "/data/reasons/0/form_token"));
    let body = json!({ "inputs": { "comment": "fine" }, "action": "approve", "user": "alice" });
    api.json("human-input", "POST", &form, &body).await;
    let id = text(&paused, "/workflow_run_id");
    let events = api.get("human-input", &format!("/workflow/{id}/events?user=alice")).await;
    assert_eq!(events.event_names().last().unwrap(), "workflow_finished");
}

#[tokio::test]
async fn a_form_that_nobody_fills_in_lets_the_run_go_on_too() {
    let options = MockOptions { index_time: Duration::from_millis(50), ..MockOptions::default() };
    let api = Api::with(options).await;
    let stream = run(&api, "#timeout", "streaming").await;
    let required = stream.event("human_input_required");
    let id = text(&required, "/workflow_run_id");
    let events = api.get("human-input", &format!("/workflow/{id}/events?user=alice")).await;
    assert_eq!(events.event_names().last().unwrap(), "workflow_finished");
    assert_eq!(status(&api, id).await, "succeeded");
    let form = format!("/form/human_input/{}", text(&required, "/data/form_token"));
    let late = json!({ "inputs": { "comment": "" }, "action": "approve", "user": "alice" });
    let late = api.json("human-input", "POST", &form, &late).await;
    assert_eq!(late.refusal(), (412, "human_input_form_expired".to_owned()));
    let late = api.get("human-input", &form).await;
    assert_eq!(late.refusal(), (412, "human_input_form_expired".to_owned()));
    api.conforms("human-input-late");
}
