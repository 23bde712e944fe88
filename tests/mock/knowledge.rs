//! Knowledge bases and their documents, from the first to the last.

use std::time::Duration;

use dify_contract::mock::MockOptions;
use serde_json::{Value, json};

use crate::api::{Answer, Api};

const KEY: &str = "knowledge";

const NOWHERE: &str = "00000000-0000-4000-8000-000000000000";

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
async fn indexed(api: &Api, base: &str, batch: &str) -> Vec<String> {
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

const BOG: &str = "Sundew catches flies.\n\nPeat  grows slowly.\n\nCranberries are sour.";

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
async fn a_document_is_indexed_found_cut_anew_and_deleted() {
    let api = start().await;
    let base = base(&api, json!({ "name": "Bog" })).await;
    let made = send(&api, "POST", &format!("{base}/document/create-by-text"), text("plants", BOG))
        .await
        .json();
    let own = &made["document"];
    assert_eq!(
        (&own["indexing_status"], &own["display_status"]),
        (&json!("waiting"), &json!("queuing"))
    );
    assert_eq!((&own["word_count"], &own["tokens"]), (&Value::Null, &Value::Null));
    let path = format!("{base}/documents/{}", own["id"].as_str().unwrap());
    let batch = made["batch"].as_str().unwrap();
    let update = json!({ "name": "again", "text": "Heather." });
    let busy = send(&api, "POST", &format!("{path}/update-by-text"), update.clone()).await;
    assert_eq!(busy.refusal(), (400, "invalid_param".to_owned()));
    assert_eq!(send(&api, "POST", &format!("{path}/segments"), json!({})).await.status, 404);
    let seen = indexed(&api, &base, batch).await;
    let order = ["waiting", "parsing", "splitting", "indexing", "completed"];
    let places: Vec<usize> =
        seen.iter().map(|state| order.iter().position(|own| own == state).unwrap()).collect();
    assert!(places.is_sorted(), "{seen:?}");

    let detail = api.get(KEY, &path).await.json();
    assert_eq!(
        (&detail["segment_count"], &detail["average_segment_length"]),
        (&json!(3), &json!(20))
    );
    assert_eq!(detail["data_source_info"]["upload_file"]["size"], BOG.len());
    assert_eq!(detail["document_process_rule"]["rules"]["segmentation"]["separator"], "\n\n");
    let only = api.get(KEY, &format!("{path}?metadata=only")).await.json();
    assert_eq!(only.as_object().unwrap().len(), 3);
    assert!(
        api.get(KEY, &format!("{path}?metadata=without"))
            .await
            .json()
            .get("doc_metadata")
            .is_none()
    );
    assert_eq!(api.get(KEY, &format!("{path}?metadata=x")).await.refusal().1, "invalid_metadata");
    let counts = api.get(KEY, &base).await.json();
    assert_eq!(
        (&counts["document_count"], &counts["total_available_documents"]),
        (&json!(1), &json!(1))
    );
    assert_eq!((&counts["word_count"], &counts["doc_form"]), (&json!(60), &json!("text_model")));

    let anew = send(&api, "POST", &format!("{path}/update_by_text"), update).await.json();
    assert_eq!((&anew["batch"], &anew["document"]["created_from"]), (&json!(batch), &json!("web")));
    assert_eq!(anew["document"]["word_count"], 60);
    assert_eq!(api.get(KEY, &base).await.json()["total_available_documents"], 0);
    indexed(&api, &base, batch).await;
    let segments = api.get(KEY, &format!("{path}/segments")).await.json();
    assert_eq!(
        (&segments["total"], &segments["data"][0]["content"]),
        (&json!(1), &json!("Heather."))
    );
    // A document of the same name is indexed anew.
    let (same, other) = document(&api, &base, text("again", BOG)).await;
    assert_eq!(same, path);
    assert_ne!(other, batch);
    assert_eq!(
        api.get(KEY, &format!("{base}/documents/{batch}/indexing-status")).await.status,
        404
    );

    assert_eq!(api.send(KEY, "DELETE", &path, &[], Vec::new()).await.status, 204);
    assert_eq!(api.get(KEY, &path).await.status, 404);
    assert_eq!(api.get(KEY, &format!("{path}/segments")).await.status, 404);
    let counts = api.get(KEY, &base).await.json();
    assert_eq!((&counts["document_count"], &counts["word_count"]), (&json!(0), &json!(0)));
    api.conforms("documents");
}

#[tokio::test]
async fn files_become_documents_and_can_be_had_back() {
    let api = start().await;
    let base = base(&api, json!({ "name": "Files" })).await;
    let data = json!({ "indexing_technique": "economy", "process_rule": { "mode": "automatic" } })
        .to_string();
    let by_file = format!("{base}/document/create-by-file");
    let none = api.form(KEY, "POST", &by_file, &[("data", None, data.as_bytes())]).await;
    assert_eq!(none.refusal(), (400, "no_file_uploaded".to_owned()));
    let file = ("file", Some("bog.txt"), BOG.as_bytes());
    let bare = api.form(KEY, "POST", &by_file, &[file]).await;
    assert_eq!(bare.refusal(), (400, "invalid_param".to_owned()));
    let broken = api.form(KEY, "POST", &by_file, &[("data", None, b"{"), file]).await;
    assert_eq!(broken.refusal(), (400, "invalid_param".to_owned()));
    let nameless = api
        .form(KEY, "POST", &by_file, &[("data", None, data.as_bytes()), ("file", Some(""), b"x")])
        .await;
    assert_eq!(nameless.refusal().1, "filename_not_exists_error");
    let image = api
        .form(
            KEY,
            "POST",
            &by_file,
            &[("data", None, data.as_bytes()), ("file", Some("a.png"), b"x")],
        )
        .await;
    assert_eq!(image.refusal(), (400, "invalid_param".to_owned()));

    let mut ids = Vec::new();
    for (path, name) in
        [(&by_file, "bog.txt"), (&format!("{base}/document/create_by_file"), "fen.md")]
    {
        let file = ("file", Some(name), BOG.as_bytes());
        let made =
            api.form(KEY, "POST", path, &[("data", None, data.as_bytes()), file]).await.json();
        assert_eq!(
            made["document"]["data_source_detail_dict"]["upload_file"]["extension"],
            name.rsplit_once('.').unwrap().1
        );
        indexed(&api, &base, made["batch"].as_str().unwrap()).await;
        ids.push(made["document"]["id"].as_str().unwrap().to_owned());
    }
    let list = api.get(KEY, &format!("{base}/documents?keyword=bog")).await.json();
    assert_eq!((&list["total"], &list["data"][0]["position"]), (&json!(1), &json!(1)));
    let path = format!("{base}/documents/{}", ids[0]);
    let png = api.form(KEY, "PATCH", &path, &[("file", Some("a.png"), b"x")]).await;
    assert_eq!(png.refusal(), (415, "unsupported_file_type".to_owned()));
    assert_eq!(api.form(KEY, "PATCH", &path, &[("data", None, b"{}")]).await.status, 400);
    let renamed = json!({ "name": "moss" }).to_string();
    let anew = api
        .form(
            KEY,
            "PATCH",
            &path,
            &[("data", None, renamed.as_bytes()), ("file", Some("fen.md"), b"Moss.")],
        )
        .await;
    assert_eq!((anew.status, anew.json()["document"]["name"].clone()), (200, json!("moss")));
    indexed(&api, &base, anew.json()["batch"].as_str().unwrap()).await;

    let link = api.get(KEY, &format!("{path}/download")).await.json();
    assert!(link["url"].as_str().unwrap().contains("/file-preview?"));
    let zip = send(
        &api,
        "POST",
        &format!("{base}/documents/download-zip"),
        json!({ "document_ids": ids }),
    )
    .await;
    assert_eq!(zip.headers.get("content-type"), Some("application/zip"));
    assert_eq!(names(&zip.bytes), ["fen.md", "fen (1).md"]);
    let strange = send(
        &api,
        "POST",
        &format!("{base}/documents/download-zip"),
        json!({ "document_ids": [NOWHERE] }),
    )
    .await;
    assert_eq!(strange.refusal(), (404, "not_found".to_owned()));
    let nothing = send(
        &api,
        "POST",
        &format!("{base}/documents/download-zip"),
        json!({ "document_ids": [] }),
    )
    .await;
    assert_eq!(nothing.status, 400);
    api.conforms("files");
}

/// The names in the central directory of an archive.
fn names(zip: &[u8]) -> Vec<String> {
    let entries = zip.windows(4).enumerate().filter(|(_, window)| *window == b"PK\x01\x02");
    let name = |(at, _): (usize, &[u8])| {
        let length = usize::from(u16::from_le_bytes([zip[at + 28], zip[at + 29]]));
        String::from_utf8_lossy(&zip[at + 46..at + 46 + length]).into_owned()
    };
    entries.map(name).collect()
}

#[tokio::test]
pub async fn documents_are_switched_off_and_put_away() {
    let api = start().await;
    let base = base(&api, json!({ "name": "Switches" })).await;
    let (path, _) = document(&api, &base, text("plants", BOG)).await;
    let id = path.rsplit_once('/').unwrap().1.to_owned();
    let switch = async |action: &str| {
        let path = format!("{base}/documents/status/{action}");
        send(&api, "PATCH", &path, json!({ "document_ids": [id] })).await
    };
    let shown = async || api.get(KEY, &path).await.json()["display_status"].clone();
    for (action, state, available) in
        [("disable", "disabled", 0), ("enable", "available", 1), ("archive", "archived", 0)]
    {
        assert_eq!(switch(action).await.status, 200);
        assert_eq!(shown().await, state);
        let base = api.get(KEY, &base).await.json();
        assert_eq!(base["total_available_documents"], available);
    }
    let gone = api.send(KEY, "DELETE", &path, &[], Vec::new()).await;
    assert_eq!(gone.refusal(), (403, "archived_document_immutable".to_owned()));
    let list = api.get(KEY, &format!("{base}/documents?status=archived")).await.json();
    assert_eq!(list["total"], 1);
    assert_eq!(api.get(KEY, &format!("{base}/documents?status=active")).await.json()["total"], 0);
    assert_eq!(switch("un_archive").await.status, 200);
    assert_eq!(api.get(KEY, &format!("{base}/documents?status=active")).await.json()["total"], 1);
    assert_eq!(switch("paint").await.refusal(), (400, "invalid_action".to_owned()));
    let nobody = send(
        &api,
        "PATCH",
        &format!("{base}/documents/status/disable"),
        json!({ "document_ids": [NOWHERE] }),
    )
    .await;
    assert_eq!(nobody.status, 200);
    let made = send(&api, "POST", &format!("{base}/document/create-by-text"), text("new", BOG))
        .await
        .json();
    let body = json!({ "document_ids": [made["document"]["id"]] });
    let busy = send(&api, "PATCH", &format!("{base}/documents/status/disable"), body).await;
    assert_eq!(busy.refusal(), (400, "invalid_action".to_owned()));
    api.conforms("switches");
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
