//! Chunks, the chunks below them, and finding them.

use serde_json::{Value, json};

use crate::api::{Answer, Api};
use crate::knowledge::{BOG, KEY, NOWHERE, base, document, send, start, text};

async fn total(api: &Api, path: &str) -> Value {
    api.get(KEY, path).await.json()["total"].clone()
}

#[tokio::test]
async fn chunks_are_added_listed_changed_and_deleted() {
    let api = start().await;
    let base = base(&api, json!({ "name": "Chunks" })).await;
    let (own, _) = document(&api, &base, text("plants", BOG)).await;
    let segments = format!("{own}/segments");
    let new: Vec<Value> =
        (0..4).map(|n| json!({ "content": format!("Moss number {n}.") })).collect();
    let made = send(&api, "POST", &segments, json!({ "segments": new })).await.json();
    assert_eq!(
        (&made["data"][0]["position"], &made["data"][3]["position"]),
        (&json!(4), &json!(7))
    );
    let words = async || api.get(KEY, &base).await.json()["word_count"].as_i64().unwrap();
    let before = words().await;
    for (page, count, more) in [(1, 3, true), (2, 3, true), (3, 1, false), (4, 0, false)] {
        let list = api.get(KEY, &format!("{segments}?limit=3&page={page}")).await.json();
        assert_eq!(
            (list["data"].as_array().unwrap().len(), &list["has_more"]),
            (count, &json!(more))
        );
    }
    assert_eq!(total(&api, &format!("{segments}?keyword=MOSS")).await, 4);
    assert_eq!(total(&api, &format!("{segments}?status=error")).await, 0);
    assert_eq!(total(&api, &format!("{segments}?status=completed&status=error")).await, 7);
    assert_eq!(api.get(KEY, &format!("{segments}?limit=0")).await.status, 400);
    let wrong = send(&api, "POST", &segments, json!({ "segments": [{ "content": " " }] })).await;
    assert!(wrong.status == 400 && wrong.json()["error"].is_string());
    assert_eq!(send(&api, "POST", &segments, json!({})).await.status, 400);

    let path = format!("{segments}/{}", made["data"][0]["id"].as_str().unwrap());
    let longer =
        json!({ "segment": { "content": "Moss is soft and green.", "keywords": ["moss"] } });
    let changed = send(&api, "POST", &path, longer).await.json();
    assert_eq!(
        (&changed["data"]["word_count"], &changed["data"]["keywords"]),
        (&json!(23), &json!(["moss"]))
    );
    assert_eq!(words().await, before + 9);
    assert_eq!(api.get(KEY, &path).await.json(), changed);
    let off = send(&api, "POST", &path, json!({ "segment": { "enabled": false } })).await.json();
    assert_eq!(off["data"]["enabled"], false);
    let still = send(&api, "POST", &path, json!({ "segment": { "content": "x" } })).await;
    assert_eq!(still.refusal(), (400, "invalid_param".to_owned()));
    let on = send(&api, "POST", &path, json!({ "segment": { "enabled": true } })).await.json();
    assert_eq!((&on["data"]["enabled"], &on["data"]["disabled_at"]), (&json!(true), &Value::Null));
    assert_eq!(api.send(KEY, "DELETE", &path, &[], Vec::new()).await.status, 204);
    assert_eq!(words().await, before - 14);
    assert_eq!(api.get(KEY, &path).await.status, 404);
    assert_eq!(api.get(KEY, &format!("{segments}/{NOWHERE}")).await.status, 404);
    api.conforms("chunks");
}

fn hierarchical() -> Value {
    json!({ "name": "talk", "indexing_technique": "high_quality", "doc_form": "hierarchical_model",
        "text": "Sundew is a plant. It catches flies.\n\nPeat is old. It grows slowly.",
        "process_rule": { "mode": "hierarchical", "rules": { "pre_processing_rules": [],
            "segmentation": { "separator": "\n\n", "max_tokens": 500 }, "parent_mode": "paragraph",
            "subchunk_segmentation": { "separator": ". ", "max_tokens": 100 } } } })
}

#[tokio::test]
async fn chunks_have_chunks_below_them() {
    let api = start().await;
    let base = base(&api, json!({ "name": "Talks", "indexing_technique": "high_quality" })).await;
    let (own, _) = document(&api, &base, hierarchical()).await;
    let segments = api.get(KEY, &format!("{own}/segments")).await.json();
    let first = &segments["data"][0];
    assert_eq!(
        (first["child_chunks"].as_array().unwrap().len(), &first["keywords"]),
        (2, &Value::Null)
    );
    assert!(first["tokens"].as_i64().unwrap() > 0);
    let children = format!("{own}/segments/{}/child_chunks", first["id"].as_str().unwrap());
    let made = send(&api, "POST", &children, json!({ "content": "It is red." })).await.json();
    assert_eq!(
        (&made["data"]["position"], &made["data"]["type"]),
        (&json!(3), &json!("customized"))
    );
    let list = api.get(KEY, &format!("{children}?limit=2&page=2")).await.json();
    assert_eq!((&list["total"], &list["total_pages"]), (&json!(3), &json!(2)));
    assert_eq!((&list["data"][0], list["data"].as_array().unwrap().len()), (&made["data"], 1));
    assert_eq!(total(&api, &format!("{children}?keyword=red")).await, 1);
    let path = format!("{children}/{}", made["data"]["id"].as_str().unwrap());
    let changed = send(&api, "PATCH", &path, json!({ "content": "It is round." })).await.json();
    assert_eq!(changed["data"]["word_count"], 12);
    assert_eq!(send(&api, "PATCH", &path, json!({})).await.status, 400);
    assert_eq!(api.send(KEY, "DELETE", &path, &[], Vec::new()).await.status, 204);
    assert_eq!(api.send(KEY, "DELETE", &path, &[], Vec::new()).await.status, 404);
    assert_eq!(total(&api, &children).await, 2);
    // Another form does not fit any more.
    let plain =
        send(&api, "POST", &format!("{base}/document/create-by-text"), text("plain", BOG)).await;
    assert_eq!(plain.refusal(), (400, "invalid_param".to_owned()));
    let body = json!({ "query": "flies", "retrieval_model": { "search_method": "semantic_search",
        "reranking_enable": false, "top_k": 1, "score_threshold_enabled": false } });
    let found = send(&api, "POST", &format!("{base}/retrieve"), body).await.json();
    assert_eq!(found["records"][0]["child_chunks"][0]["content"], "It catches flies.");
    api.conforms("children");
}

#[tokio::test]
async fn plain_chunks_may_have_chunks_below_them_too() {
    let api = start().await;
    let base = base(&api, json!({ "name": "Plain" })).await;
    let (own, _) = document(&api, &base, text("plants", BOG)).await;
    let id = api.get(KEY, &format!("{own}/segments")).await.json()["data"][0]["id"].clone();
    let path = format!("{own}/segments/{}", id.as_str().unwrap());
    let made =
        send(&api, "POST", &format!("{path}/child_chunks"), json!({ "content": "Below." })).await;
    assert_eq!(made.status, 200);
    assert_eq!(total(&api, &format!("{path}/child_chunks")).await, 1);
    assert_eq!(api.get(KEY, &path).await.json()["data"]["child_chunks"], json!([]));
    api.conforms("plain-children");
}

#[tokio::test]
async fn chunks_are_found_by_what_they_say() {
    let api = start().await;
    let model = json!({ "search_method": "semantic_search", "reranking_enable": false, "top_k": 2,
        "score_threshold_enabled": false });
    let body = json!({ "name": "Meaning", "indexing_technique": "high_quality", "retrieval_model": model });
    let meaning = base(&api, body).await;
    let mut doc = text("plants", BOG);
    doc["indexing_technique"] = json!("high_quality");
    document(&api, &meaning, doc).await;
    let find = async |base: &str, query: &str, change: Value| {
        let mut body = json!({ "query": query, "retrieval_model": model });
        for (name, value) in change.as_object().unwrap() {
            body["retrieval_model"][name] = value.clone();
        }
        send(&api, "POST", &format!("{base}/retrieve"), body).await
    };
    let contents = |answer: &Answer| -> Vec<String> {
        let records = answer.json()["records"].as_array().unwrap().clone();
        records.iter().map(|own| own["segment"]["content"].as_str().unwrap().to_owned()).collect()
    };
    for method in ["semantic_search", "full_text_search", "hybrid_search"] {
        let found = find(&meaning, "Who catches flies?", json!({ "search_method": method })).await;
        assert_eq!(contents(&found)[0], "Sundew catches flies.", "{method}");
        assert!(found.json()["records"][0]["score"].as_f64().unwrap() > 0.0);
    }
    let high = json!({ "score_threshold_enabled": true, "score_threshold": 0.99 });
    assert_eq!(contents(&find(&meaning, "peat", high).await), Vec::<String>::new());
    assert_eq!(
        contents(&find(&meaning, "sour slowly flies", json!({ "top_k": 1 })).await).len(),
        1
    );
    let stored =
        send(&api, "POST", &format!("{meaning}/hit-testing"), json!({ "query": "peat" })).await;
    assert_eq!(contents(&stored)[0], "Peat grows slowly.");

    let words = base(&api, json!({ "name": "Words" })).await;
    let (own, _) = document(&api, &words, text("plants", BOG)).await;
    let keywords = json!({ "search_method": "keyword_search", "top_k": 5 });
    let found = find(&words, "Is peat sour?", keywords.clone()).await;
    assert_eq!(contents(&found).len(), 2);
    assert_eq!(found.json()["records"][0]["segment"]["document"]["name"], "plants");
    assert_eq!(find(&words, "peat", json!({})).await.refusal(), (400, "invalid_param".to_owned()));
    assert_eq!(find(&words, &"x".repeat(251), keywords.clone()).await.status, 400);
    assert_eq!(
        send(&api, "POST", &format!("{words}/retrieve"), json!({ "query": "" })).await.status,
        400
    );
    let body = json!({ "document_ids": [own.rsplit_once('/').unwrap().1] });
    send(&api, "PATCH", &format!("{words}/documents/status/disable"), body).await;
    assert_eq!(contents(&find(&words, "peat", keywords).await).len(), 0);
    api.conforms("finding");
}
