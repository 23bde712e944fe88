//! The knowledge base that a pipeline fills.

use std::time::Duration;

use dify_contract::mock::MockOptions;
use serde_json::{Value, json};

use crate::api::Api;

/// The path of the knowledge base with a pipeline.
async fn base(api: &Api) -> String {
    let bases = api.get("knowledge", "/datasets?limit=100").await.json();
    let mut bases = bases["data"].as_array().unwrap().iter();
    let base = bases.find(|base| base["runtime_mode"] == "rag_pipeline").unwrap();
    format!("/datasets/{}", base["id"].as_str().unwrap())
}

fn run(kind: &str, node: &str, infos: &Value) -> Value {
    json!({
        "inputs": {}, "datasource_type": kind, "datasource_info_list": infos,
        "start_node_id": node, "is_published": true, "response_mode": "blocking",
    })
}

/// The documents of a knowledge base, once none is under way.
async fn documents(api: &Api, base: &str) -> Vec<Value> {
    loop {
        let documents = api.get("knowledge", &format!("{base}/documents")).await.json();
        let documents = documents["data"].as_array().unwrap().clone();
        let over = |own: &Value| {
            ["completed", "error"].contains(&own["indexing_status"].as_str().unwrap())
        };
        if documents.iter().all(over) {
            return documents;
        }
    }
}

#[tokio::test]
async fn files_and_pages_become_documents() {
    let options = MockOptions { index_time: Duration::from_millis(20), ..MockOptions::default() };
    let api = Api::with(options).await;
    let base = base(&api).await;
    let nodes = api.get("knowledge", &format!("{base}/pipeline/datasource-plugins")).await.json();
    let [file_node, crawl_node] = [0, 1].map(|n| nodes[n]["node_id"].as_str().unwrap());

    let name = ("bog.txt", "text/plain");
    let file =
        api.upload("knowledge", "/datasets/pipeline/file-upload", name, b"Sundew catches flies.");
    let file = file.await;
    assert_eq!(file.status, 201);
    let infos = json!([
        { "reference": file.json()["id"], "name": "bog.txt" },
        { "reference": "00000000-0000-4000-8000-000000000000" },
    ]);
    let path = format!("{base}/pipeline/run");
    let body = run("local_file", file_node, &infos);
    let batch = api.json("knowledge", "POST", &path, &body).await.json();
    assert_eq!(batch["documents"][0]["indexing_status"], "waiting");
    assert_eq!(batch["documents"][1]["name"], "untitled");

    let crawl = format!("{base}/pipeline/datasource/nodes/{crawl_node}/run");
    let body = json!({ "inputs": { "url": "http://moor.example/" }, "datasource_type": "website_crawl",
                       "is_published": true });
    let pages = api.json("knowledge", "POST", &crawl, &body).await;
    assert_eq!(pages.event_names(), ["datasource_processing", "datasource_completed"]);
    let found = pages.event("datasource_completed")["data"].clone();
    assert_eq!(found[0]["source_url"], "http://moor.example/");
    let mut page = found[0].clone();
    page["url"] = page["source_url"].clone();
    let body = run("website_crawl", crawl_node, &json!([page]));
    api.json("knowledge", "POST", &path, &body).await;

    let documents = documents(&api, &base).await;
    let told = |own: &Value| (own["name"].clone(), own["indexing_status"].clone());
    let expected = [("Ferns", "completed"), ("untitled", "error"), ("bog.txt", "completed")];
    let told: Vec<_> = documents.iter().map(told).collect();
    assert_eq!(told, expected.map(|(name, status)| (json!(name), json!(status))));
    let bog = format!("{base}/documents/{}", documents[2]["id"].as_str().unwrap());
    let chunks = api.get("knowledge", &format!("{bog}/segments")).await.json();
    assert_eq!(chunks["data"][0]["content"], "Sundew catches flies.");
    api.conforms("pipeline");
}

#[tokio::test]
async fn odd_runs_are_refused() {
    let api = Api::start().await;
    let base = base(&api).await;
    let path = format!("{base}/pipeline/run");
    for body in [
        json!({}),
        json!([]),
        run("local_file", "dsfile", &json!(["x"])),
        run("stars", "dsfile", &json!([])),
        run("local_file", "dscrawl", &json!([])),
    ] {
        let answer = api.json("knowledge", "POST", &path, &body).await;
        assert_eq!(answer.refusal(), (400, "invalid_param".to_owned()), "{body}");
    }
    for (node, kind) in
        [("dsfile", "local_file"), ("dsfile", "website_crawl"), ("x", "website_crawl")]
    {
        let body = json!({ "inputs": {}, "datasource_type": kind, "is_published": true });
        let path = format!("{base}/pipeline/datasource/nodes/{node}/run");
        let answer = api.json("knowledge", "POST", &path, &body).await;
        assert_eq!(answer.event_names(), ["datasource_error"], "{node} {kind}");
    }
    let plain =
        api.json("knowledge", "POST", "/datasets", &json!({ "name": "Plain" })).await.json();
    let plain = format!("/datasets/{}", plain["id"].as_str().unwrap());
    let body = run("local_file", "dsfile", &json!([]));
    let nothing = api.json("knowledge", "POST", &format!("{plain}/pipeline/run"), &body).await;
    assert_eq!(nothing.refusal(), (400, "invalid_param".to_owned()));
    let nothing = api.get("knowledge", &format!("{plain}/pipeline/datasource-plugins")).await;
    assert_eq!(nothing.refusal(), (400, "invalid_param".to_owned()));
    api.conforms("pipeline-refusals");
}

#[tokio::test]
async fn what_is_drawn_is_only_tried() {
    let api = Api::start().await;
    let base = base(&api).await;
    for (mode, media_type) in [
        ("blocking", "application/json; charset=utf-8"),
        ("streaming", "text/event-stream; charset=utf-8"),
    ] {
        let mut body = run("local_file", "dsfile", &json!([]));
        body["is_published"] = json!(false);
        body["response_mode"] = json!(mode);
        let answer = api.json("knowledge", "POST", &format!("{base}/pipeline/run"), &body).await;
        assert_eq!(answer.headers.get("content-type"), Some(media_type));
    }
    assert_eq!(documents(&api, &base).await, Vec::<Value>::new());
    api.conforms("pipeline-draft");
}
