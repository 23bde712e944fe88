//! Runs of workflows, from their start to what is told of them afterwards.

use serde_json::{Value, json};

use crate::api::{Answer, Api};

const ALICE: &str = "alice";

async fn run(api: &Api, key: &str, query: &str, mode: &str) -> Answer {
    let body = json!({ "inputs": { "query": query }, "user": ALICE, "response_mode": mode });
    api.json(key, "POST", "/workflows/run", &body).await
}

#[tokio::test]
async fn a_run_streams_and_can_be_looked_at() {
    let api = Api::start().await;
    let stream = run(&api, "workflow", "hello", "streaming").await;
    let expected = [
        "ping",
        "workflow_started",
        "node_started",
        "node_finished",
        "node_started",
        "text_chunk",
        "node_finished",
        "node_started",
        "node_finished",
        "workflow_finished",
    ];
    assert_eq!(stream.event_names(), expected);
    let events = stream.events();
    let pieces = events.iter().filter(|event| event["event"] == "text_chunk");
    let text: String = pieces.filter_map(|event| event["data"]["text"].as_str()).collect();
    let end = stream.event("workflow_finished");
    let outputs = &end["data"]["outputs"];
    assert_eq!(outputs["echo"], "hello");
    assert_eq!(text, format!("{}\nhello", outputs["text"].as_str().unwrap()));

    let id = end["workflow_run_id"].as_str().unwrap();
    let detail = api.get("workflow", &format!("/workflows/run/{id}")).await.json();
    assert_eq!((&detail["status"], &detail["outputs"]), (&json!("succeeded"), outputs));
    let kept: Value = serde_json::from_str(detail["inputs"].as_str().unwrap()).unwrap();
    assert_eq!((&kept["query"], &kept["sys.user_id"]), (&json!("hello"), &json!(ALICE)));

    let over = api.get("workflow", &format!("/workflow/{id}/events?user=alice")).await;
    assert_eq!(over.event_names(), ["workflow_finished"]);
    assert_eq!(over.headers.get("cache-control"), Some("no-cache"));
    let other = api.get("workflow", &format!("/workflow/{id}/events?user=bob")).await;
    assert_eq!(other.refusal(), (404, "not_found".to_owned()));

    let blocking = run(&api, "workflow", "hello", "blocking").await.json();
    assert_eq!(
        (&blocking["data"]["status"], &blocking["data"]["outputs"]),
        (&json!("succeeded"), outputs)
    );
    assert_eq!(blocking["data"]["total_steps"], 3);
    api.conforms("workflow-run");
}

#[tokio::test]
async fn a_version_is_run_by_its_id() {
    let api = Api::start().await;
    let answer = run(&api, "workflow", "hello", "blocking").await.json();
    let version = answer["data"]["workflow_id"].as_str().unwrap().to_owned();
    let body = json!({ "inputs": { "query": "again" }, "user": ALICE });
    for (id, refusal) in [
        (version.as_str(), (200, "")),
        ("no-uuid", (400, "bad_request")),
        ("00000000-0000-4000-8000-000000000000", (404, "not_found")),
    ] {
        let answer = api.json("workflow", "POST", &format!("/workflows/{id}/run"), &body).await;
        assert_eq!(answer.refusal(), (refusal.0, refusal.1.to_owned()), "{id}");
    }
    api.conforms("workflow-version");
}

#[tokio::test]
async fn inputs_have_to_fit_the_form() {
    let api = Api::start().await;
    for inputs in [
        json!({}),
        json!({ "query": 5 }),
        json!({ "query": "x".repeat(257) }),
        json!({ "query": "x", "tone": "loud" }),
        json!({ "query": "x", "count": "many" }),
        json!({ "query": "x", "attachment": "file" }),
        json!({ "query": "x", "attachment": { "type": "document", "transfer_method": "local_file",
                "upload_file_id": "00000000-0000-4000-8000-000000000000" } }),
    ] {
        let body = json!({ "inputs": inputs, "user": ALICE, "response_mode": "blocking" });
        let answer = api.json("workflow", "POST", "/workflows/run", &body).await;
        assert_eq!(answer.refusal(), (400, "invalid_param".to_owned()), "{inputs}");
        // A stream is open before the inputs are looked at.
        let body = json!({ "inputs": inputs, "user": ALICE, "response_mode": "streaming" });
        let answer = api.json("workflow", "POST", "/workflows/run", &body).await;
        assert_eq!(
            (answer.status, answer.event_names()),
            (200, vec!["ping".to_owned(), "error".to_owned()])
        );
    }
    for (body, code) in [
        (json!({ "inputs": {} }), "invalid_param"),
        (json!({ "user": ALICE }), "invalid_param"),
        (json!({ "inputs": "x", "user": ALICE }), "invalid_param"),
        (json!({ "inputs": {}, "user": ALICE, "response_mode": "loud" }), "invalid_param"),
        (json!({ "inputs": {}, "user": ALICE, "trace_session_id": " " }), "bad_request"),
    ] {
        let answer = api.json("workflow", "POST", "/workflows/run", &body).await;
        assert_eq!(answer.refusal(), (400, code.to_owned()), "{body}");
    }
    let chat = run(&api, "chat", "hello", "blocking").await;
    assert_eq!(chat.refusal(), (400, "not_workflow_app".to_owned()));
    api.conforms("workflow-inputs");
}

#[tokio::test]
async fn a_failed_run_is_told_with_success() {
    let api = Api::start().await;
    let answer = run(&api, "workflow", "#error:InvokeBadRequestError", "blocking").await;
    let data = &answer.json()["data"];
    assert_eq!(
        (answer.status, &data["status"], &data["outputs"]),
        (200, &json!("failed"), &json!({}))
    );
    assert!(data["error"].is_string());
    let stream = run(&api, "workflow", "#error:InvokeBadRequestError", "streaming").await;
    assert_eq!(stream.event("workflow_finished")["data"]["total_steps"], 2);
    api.conforms("workflow-failed");
}

#[tokio::test]
async fn nodes_repeat_what_is_within_them() {
    let api = Api::start().await;
    let stream = run(&api, "workflow", "#iteration and #loop and #retry", "streaming").await;
    let events = stream.events();
    let count = |name: &str| events.iter().filter(|event| event["event"] == name).count();
    assert_eq!((count("iteration_next"), count("loop_next"), count("node_retry")), (5, 3, 1));
    let inner = stream.event("iteration_next");
    assert_eq!(inner["data"]["index"], 0);
    assert_eq!((count("iteration_completed"), count("loop_completed")), (1, 1));
    assert_eq!(stream.event("workflow_finished")["data"]["total_steps"], 3 + 2 + 5 + 3);
    api.conforms("workflow-repeats");
}

#[tokio::test]
async fn a_slow_run_can_be_joined_and_stopped() {
    let api = Api::start().await;
    let body =
        json!({ "inputs": { "query": "#slow" }, "user": ALICE, "response_mode": "streaming" });
    let mut slow = api.stream("workflow", "/workflows/run", &body).await;
    let started = slow.until("text_chunk").await;
    let [run, task] = ["workflow_run_id", "task_id"].map(|name| started[name].as_str().unwrap());
    let logs = api.get("workflow", "/workflows/logs").await.json();
    assert_eq!(logs["data"][0]["workflow_run"]["status"], "running");
    assert_eq!(logs["data"][0]["workflow_run"]["id"], run);

    let path = format!("/workflow/{run}/events?user={ALICE}&include_state_snapshot=true");
    let mut joined = api.open("workflow", "GET", &path, &[], Vec::new()).await;
    joined.until("text_chunk").await;
    for task in ["unknown", task] {
        let path = format!("/workflows/tasks/{task}/stop");
        let stopped = api.json("workflow", "POST", &path, &json!({ "user": "bob" })).await;
        assert_eq!(stopped.json(), json!({ "result": "success" }));
    }
    let slow = slow.rest(&api).await;
    assert_eq!(slow.event("workflow_finished")["data"]["status"], "stopped");
    let joined = joined.rest(&api).await;
    let names = joined.event_names();
    assert_eq!(names[..4], ["ping", "workflow_started", "node_started", "node_finished"]);
    assert_eq!(names.last().unwrap(), "workflow_finished");
    let detail = api.get("workflow", &format!("/workflows/run/{run}")).await.json();
    assert_eq!((&detail["status"], &detail["outputs"]), (&json!("stopped"), &json!({})));
    api.conforms("workflow-stopped");
}

#[tokio::test]
async fn logs_are_filtered_and_paged() {
    let api = Api::start().await;
    for (query, user) in [("one fern", "ann"), ("two ferns", "bea"), ("#error:InvokeError", "ann")]
    {
        let body = json!({ "inputs": { "query": query }, "user": user });
        api.json("workflow", "POST", "/workflows/run", &body).await;
    }
    for (filter, count) in [
        ("", 3),
        ("?keyword=FERN", 2),
        ("?keyword=bea", 1),
        ("?keyword=%25", 0),
        ("?status=failed", 1),
        ("?status=stopped", 0),
        ("?created_by_end_user_session_id=ann", 2),
        ("?created_by_end_user_session_id=an", 0),
        ("?created_by_account=hazel@example.com", 0),
        ("?created_at__after=2020-01-01", 3),
        ("?created_at__before=2020-01-01T00:00:00Z", 0),
        ("?created_at__after=2020&created_at__before=2100-01&keyword=&status=succeeded", 2),
    ] {
        let logs = api.get("workflow", &format!("/workflows/logs{filter}")).await.json();
        assert_eq!(logs["total"], count, "{filter}");
        assert_eq!(logs["data"].as_array().unwrap().len(), count, "{filter}");
    }
    let first = api.get("workflow", "/workflows/logs?limit=2").await.json();
    let second = api.get("workflow", "/workflows/logs?limit=2&page=2").await.json();
    assert_eq!((&first["has_more"], &second["has_more"]), (&json!(true), &json!(false)));
    assert_eq!(first["data"][0]["workflow_run"]["status"], "failed");
    assert_eq!(second["data"][0]["created_by_end_user"]["session_id"], "ann");
    let id = first["data"][1]["workflow_run"]["id"].as_str().unwrap();
    let one = api.get("workflow", &format!("/workflows/logs?keyword={id}")).await.json();
    assert_eq!(one["data"][0], first["data"][1]);
    for wrong in [
        "page=0",
        "page=100000",
        "limit=0",
        "limit=101",
        "limit=abc",
        "status=running",
        "status=",
        "created_at__before=abc",
        "created_at__after=20",
        "created_by_account=nobody@example.com",
    ] {
        let answer = api.get("workflow", &format!("/workflows/logs?{wrong}")).await;
        assert_eq!(answer.refusal(), (400, "invalid_param".to_owned()), "{wrong}");
    }
    assert_eq!(api.get("chat", "/workflows/logs").await.json()["total"], 0);
    api.conforms("workflow-logs");
}

#[tokio::test]
async fn runs_are_their_apps_own() {
    let api = Api::start().await;
    let id = run(&api, "workflow", "hello", "blocking").await.json()["workflow_run_id"].clone();
    let id = id.as_str().unwrap();
    for (key, id, refusal) in [
        ("workflow", "no-uuid", (404, "not_found")),
        ("human-input", id, (404, "not_found")),
        ("chat", id, (400, "not_workflow_app")),
        ("completion", "no-uuid", (400, "not_workflow_app")),
    ] {
        for path in [format!("/workflows/run/{id}"), format!("/workflow/{id}/events?user=alice")] {
            let answer = api.get(key, &path).await;
            assert_eq!(answer.refusal(), (refusal.0, refusal.1.to_owned()), "{key} {path}");
        }
    }
    let nobody = api.get("workflow", &format!("/workflow/{id}/events")).await;
    assert_eq!(nobody.refusal(), (400, "invalid_param".to_owned()));
    api.conforms("workflow-owners");
}

#[tokio::test]
async fn files_are_uploaded_before_they_are_given() {
    let api = Api::start().await;
    let file = ("bog.txt", "text/plain");
    let file = api.upload("workflow", "/files/upload", file, b"Sundew.").await.json()["id"].clone();
    let given = |kind: &str| json!({ "type": kind, "transfer_method": "local_file", "upload_file_id": file });
    let body = |kind: &str, user: &str| json!({ "inputs": { "query": "x", "attachment": given(kind) }, "files": [given(kind)], "user": user });
    for (kind, user, status) in
        [("document", "alice", 200), ("image", "alice", 400), ("document", "bob", 400)]
    {
        let answer = api.json("workflow", "POST", "/workflows/run", &body(kind, user)).await;
        assert_eq!(answer.status, status, "{kind} {user}");
    }
    let logs = api.get("workflow", "/workflows/logs?keyword=bog.txt").await.json();
    assert_eq!(logs["total"], 1);

    // A file is handed on with a reference by which it can be given again.
    let stream = json!({ "inputs": { "query": "x", "attachment": given("document") },
                         "user": "alice", "response_mode": "streaming" });
    let stream = api.json("workflow", "POST", "/workflows/run", &stream).await;
    let handed = &stream.event("workflow_started")["data"]["inputs"]["attachment"];
    assert_eq!((&handed["filename"], &handed["extension"]), (&json!("bog.txt"), &json!(".txt")));
    let again = json!({ "type": "document", "transfer_method": "local_file", "reference": handed["reference"] });
    let again = json!({ "inputs": { "query": "x", "attachment": again }, "user": "alice" });
    let again = api.json("workflow", "POST", "/workflows/run", &again).await;
    assert_eq!(again.json()["data"]["status"], "succeeded");
    api.conforms("workflow-files");
}
