//! Documents, from the first to the last.

use serde_json::{Value, json};

use crate::knowledge::{BOG, KEY, NOWHERE, base, document, indexed, send, start, text};

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
    api.conforms("document-files");
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
async fn a_rule_that_cannot_be_followed_ends_in_an_error() {
    let api = start().await;
    let base = base(&api, json!({ "name": "Faults" })).await;
    let mut body = text("short", BOG);
    body["process_rule"]["rules"]["segmentation"]["max_tokens"] = json!(10);
    let made = send(&api, "POST", &format!("{base}/document/create-by-text"), body).await.json();
    let batch = made["batch"].as_str().unwrap();
    assert_eq!(indexed(&api, &base, batch).await.last().unwrap(), "error");
    let status = api.get(KEY, &format!("{base}/documents/{batch}/indexing-status")).await.json();
    let own = &status["data"][0];
    assert!(
        own["error"].is_string() && own["stopped_at"].is_i64() && own["completed_at"].is_null()
    );
    let list = api.get(KEY, &format!("{base}/documents?status=error")).await.json();
    assert_eq!((&list["total"], &list["data"][0]["display_status"]), (&json!(1), &json!("error")));
    for wrong in [
        json!({ "mode": "custom" }),
        json!({ "mode": "magic" }),
        json!({ "mode": "custom", "rules": { "pre_processing_rules": [] } }),
        json!({ "mode": "custom", "rules": { "segmentation": { "max_tokens": 100 } } }),
    ] {
        let mut body = text("wrong", BOG);
        body["process_rule"] = wrong.clone();
        let path = format!("{base}/document/create-by-text");
        assert_eq!(send(&api, "POST", &path, body).await.refusal().0, 400, "{wrong}");
    }
    api.conforms("rules");
}

#[tokio::test]
async fn questions_have_answers() {
    let api = start().await;
    let base = base(&api, json!({ "name": "Questions" })).await;
    let mut body = text("plants", BOG);
    body["doc_form"] = json!("qa_model");
    let (own, _) = document(&api, &base, body).await;
    let path = format!("{own}/segments");
    let segments = api.get(KEY, &path).await.json();
    assert_eq!(segments["data"][0]["answer"], "Sundew catches flies.");
    let new = json!({ "segments": [{ "content": "What is red?" }] });
    assert_eq!(send(&api, "POST", &path, new).await.refusal(), (400, "invalid_param".to_owned()));
    let new = json!({ "segments": [{ "content": "What is red?", "answer": "Sundew." }] });
    let made = send(&api, "POST", &path, new).await.json();
    assert_eq!(
        (&made["data"][0]["word_count"], &made["data"][0]["answer"]),
        (&json!(19), &json!("Sundew."))
    );
    api.conforms("questions");
}
