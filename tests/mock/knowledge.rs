//! Knowledge bases and their metadata.

use std::time::Duration;

use dify_contract::mock::MockOptions;
use serde_json::{Value, json};

use crate::api::{Answer, Api};

/// The key of the workspace's knowledge.
pub const KEY: &str = "knowledge";

/// The id of nothing.
pub const NOWHERE: &str = "00000000-0000-4000-8000-000000000000";

/// A mock whose indexing is quick, though not at once.
pub async fn start() -> Api {
    let index_time = Duration::from_millis(40);
    Api::with(MockOptions { index_time, ..MockOptions::default() }).await
}

/// Sends JSON.
pub async fn send(api: &Api, method: &str, path: &str, body: Value) -> Answer {
    api.json(KEY, method, path, &body).await
}

/// Makes a knowledge base, and gives its path.
pub async fn base(api: &Api, body: Value) -> String {
    let made = send(api, "POST", "/datasets", body).await;
    assert_eq!(made.status, 200, "{}", made.text());
    format!("/datasets/{}", made.json()["id"].as_str().unwrap())
}

/// Makes a document of a text, and gives its path and batch once it is indexed.
pub async fn document(api: &Api, base: &str, body: Value) -> (String, String) {
    let made = send(api, "POST", &format!("{base}/document/create-by-text"), body).await;
    assert_eq!(made.status, 200, "{}", made.text());
    let made = made.json();
    let batch = made["batch"].as_str().unwrap().to_owned();
    indexed(api, base, &batch).await;
    (format!("{base}/documents/{}", made["document"]["id"].as_str().unwrap()), batch)
}

/// Waits until the documents of a batch are indexed. Gives the states that were seen.
pub async fn indexed(api: &Api, base: &str, batch: &str) -> Vec<String> {
    let mut seen: Vec<String> = Vec::new();
    loop {
        let status = api.get(KEY, &format!("{base}/documents/{batch}/indexing-status")).await;
        let state = status.json()["data"][0]["indexing_status"].as_str().unwrap().to_owned();
        if seen.last() != Some(&state) {
            seen.push(state);
        }
        if ["completed", "error"].contains(&seen.last().unwrap().as_str()) {
            return seen;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

pub fn text(name: &str, text: &str) -> Value {
    json!({ "name": name, "text": text, "indexing_technique": "economy", "process_rule": {
        "mode": "custom", "rules": { "pre_processing_rules": [{ "id": "remove_extra_spaces", "enabled": true }],
        "segmentation": { "separator": "\n\n", "max_tokens": 200 } } } })
}

/// A text of three paragraphs.
pub const BOG: &str = "Sundew catches flies.\n\nPeat  grows slowly.\n\nCranberries are sour.";

#[tokio::test]
async fn a_base_is_made_listed_read_changed_and_gone() {
    let api = start().await;
    let moor = base(
        &api,
        json!({ "name": "Moor", "description": "Plants", "indexing_technique": "economy" }),
    )
    .await;
    let twice = send(&api, "POST", "/datasets", json!({ "name": "Moor" })).await;
    assert_eq!(twice.refusal(), (409, "dataset_name_duplicate".to_owned()));
    for n in 0..5 {
        base(&api, json!({ "name": format!("Herbarium {n}") })).await;
    }
    let names = |answer: &Answer| -> Vec<String> {
        let data = answer.json()["data"].as_array().unwrap().clone();
        data.iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
    };
    let first = api.get(KEY, "/datasets?limit=3").await;
    assert_eq!(names(&first), ["Herbarium 4", "Herbarium 3", "Herbarium 2"]);
    assert_eq!(
        (first.json()["total"].clone(), first.json()["has_more"].clone()),
        (json!(7), json!(true))
    );
    let last = api.get(KEY, "/datasets?limit=3&page=3").await;
    assert_eq!(
        (names(&last), last.json()["has_more"].clone()),
        (vec!["Field notes".to_owned()], json!(false))
    );
    let found = api.get(KEY, "/datasets?keyword=HERB").await;
    assert_eq!(found.json()["total"], 5);
    assert_eq!(api.get(KEY, "/datasets?page=0&limit=100000").await.json()["limit"], 100_000);

    let detail = api.get(KEY, &moor).await.json();
    assert_eq!(detail["retrieval_model_dict"]["search_method"], "keyword_search");
    let changed = send(
        &api,
        "PATCH",
        &moor,
        json!({ "name": "Fen", "permission": "partial_members",
        "partial_member_list": [{ "user_id": NOWHERE }] }),
    )
    .await
    .json();
    assert_eq!((&changed["name"], &changed["description"]), (&json!("Fen"), &json!("Plants")));
    assert_eq!(changed["partial_member_list"], json!([NOWHERE]));
    assert_eq!(api.get(KEY, "/datasets?keyword=fen").await.json()["total"], 0);
    assert_eq!(api.get(KEY, "/datasets?keyword=fen&include_all=true").await.json()["total"], 1);
    let taken = send(&api, "PATCH", &moor, json!({ "name": "Herbarium 1" })).await;
    assert_eq!(taken.refusal(), (400, "invalid_param".to_owned()));
    let cleared = send(&api, "PATCH", &moor, json!({ "description": null })).await.json();
    assert_eq!((&cleared["name"], &cleared["description"]), (&json!("Fen"), &Value::Null));
    // The old name is free again.
    base(&api, json!({ "name": "Moor" })).await;

    assert_eq!(api.send(KEY, "DELETE", &moor, &[], Vec::new()).await.status, 204);
    assert_eq!(api.get(KEY, &moor).await.refusal(), (404, "not_found".to_owned()));
    assert_eq!(api.send(KEY, "DELETE", &moor, &[], Vec::new()).await.status, 404);
    api.conforms("bases");
}

#[tokio::test]
async fn what_is_wrong_with_a_base_is_refused() {
    let api = start().await;
    for body in [
        json!({}),
        json!([]),
        json!({ "name": "" }),
        json!({ "name": "x".repeat(41) }),
        json!({ "name": 5 }),
        json!({ "name": "a", "indexing_technique": "magic" }),
        json!({ "name": "a", "description": "x".repeat(401) }),
        json!({ "name": "a", "permission": "everybody" }),
        json!({ "name": "a\0b" }),
        json!({ "name": "a", "embedding_model": "none", "embedding_model_provider": "nobody" }),
        json!({ "name": "a", "retrieval_model": { "search_method": "keyword_search" } }),
    ] {
        let refused = send(&api, "POST", "/datasets", body.clone()).await;
        assert_eq!(refused.refusal(), (400, "invalid_param".to_owned()), "{body}");
    }
    assert_eq!(api.send(KEY, "POST", "/datasets", &[], b"{}".to_vec()).await.status, 415);
    assert_eq!(api.get(KEY, "/datasets?page=x").await.status, 400);
    assert_eq!(api.get(KEY, "/datasets?page=9223372036854775807").await.status, 400);
    assert_eq!(api.get(KEY, "/datasets/not-a-uuid").await.status, 404);
    assert_eq!(api.get(KEY, "/datasets").await.json()["total"], 1);
    api.conforms("bad-bases");
}

#[tokio::test]
async fn metadata_is_given_renamed_filtered_by_and_taken_away() {
    let api = start().await;
    let base = base(&api, json!({ "name": "Metadata" })).await;
    let (one, _) = document(&api, &base, text("one", BOG)).await;
    document(&api, &base, text("two", BOG)).await;
    let field = send(
        &api,
        "POST",
        &format!("{base}/metadata"),
        json!({ "type": "string", "name": "author" }),
    )
    .await;
    assert_eq!(field.status, 201);
    let id = field.json()["id"].as_str().unwrap().to_owned();
    for name in ["author", "uploader"] {
        let taken = send(
            &api,
            "POST",
            &format!("{base}/metadata"),
            json!({ "type": "time", "name": name }),
        )
        .await;
        assert_eq!(taken.refusal(), (400, "invalid_param".to_owned()));
    }
    let document_id = one.rsplit_once('/').unwrap().1;
    let given = json!({ "operation_data": [{ "document_id": document_id,
        "metadata_list": [{ "id": id, "name": "author", "value": "Ann" }] }] });
    assert_eq!(send(&api, "POST", &format!("{base}/documents/metadata"), given).await.status, 200);
    let path = format!("{base}/metadata/{id}");
    assert_eq!(
        send(&api, "PATCH", &path, json!({ "name": "writer" })).await.json()["name"],
        "writer"
    );
    let fields = api.get(KEY, &format!("{base}/metadata")).await.json();
    assert_eq!(fields["doc_metadata"][0]["count"], 1);
    let own = api.get(KEY, &format!("{one}?metadata=only")).await.json();
    assert_eq!(
        (&own["doc_metadata"][0]["name"], &own["doc_metadata"][0]["value"]),
        (&json!("writer"), &json!("Ann"))
    );
    assert_eq!(
        api.get(KEY, &format!("{base}/metadata/built-in")).await.json()["fields"][4]["name"],
        "source"
    );
    let on =
        api.send(KEY, "POST", &format!("{base}/metadata/built-in/enable"), &[], Vec::new()).await;
    assert_eq!(on.status, 200);
    assert_eq!(api.get(KEY, &base).await.json()["doc_metadata"].as_array().unwrap().len(), 6);

    let find = async |writer: &str| {
        let body = json!({ "query": "peat", "retrieval_model": { "search_method": "keyword_search",
            "reranking_enable": false, "top_k": 5, "score_threshold_enabled": false,
            "metadata_filtering_conditions": { "conditions": [
                { "name": "writer", "comparison_operator": "is", "value": writer }] } } });
        send(&api, "POST", &format!("{base}/retrieve"), body).await.json()["records"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!((find("Ann").await, find("Bob").await), (1, 0));
    let off =
        api.send(KEY, "POST", &format!("{base}/metadata/built-in/disable"), &[], Vec::new()).await;
    assert_eq!(off.status, 200);
    for _ in 0..2 {
        assert_eq!(api.send(KEY, "DELETE", &path, &[], Vec::new()).await.status, 204);
    }
    assert_eq!(send(&api, "PATCH", &path, json!({ "name": "x" })).await.status, 400);
    assert_eq!(api.get(KEY, &format!("{base}/metadata")).await.json()["doc_metadata"], json!([]));
    assert_eq!(
        api.get(KEY, &format!("{one}?metadata=only")).await.json()["doc_metadata"],
        Value::Null
    );
    api.conforms("metadata");
}
