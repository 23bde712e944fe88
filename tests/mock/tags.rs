//! Tags of knowledge bases.

use serde_json::{Value, json};

use crate::api::Api;

const TAGS: &str = "/datasets/tags";

#[tokio::test]
async fn tags_are_made_bound_and_removed() {
    let api = Api::start().await;
    let call = async |method: &str, path: &str, body: &Value| {
        api.json("knowledge", method, path, body).await
    };
    let mut ids = Vec::new();
    for name in ["ferns", "mosses"] {
        let made = call("POST", TAGS, &json!({ "name": name })).await.json();
        assert_eq!((&made["name"], &made["binding_count"]), (&json!(name), &json!("0")));
        ids.push(made["id"].clone());
    }
    let taken = call("POST", TAGS, &json!({ "name": "ferns" })).await;
    assert_eq!(taken.refusal(), (400, "invalid_param".to_owned()));
    let base = call("POST", "/datasets", &json!({ "name": "Shade" })).await.json();
    let bound = format!("/datasets/{}/tags", base["id"].as_str().unwrap());
    let of_base = async || api.get("knowledge", &bound).await.json();
    assert_eq!(of_base().await, json!({ "data": [], "total": 0 }));

    let stranger = "5c8a1e7d-90bf-4d23-b6e4-7f1a2b3c4d5e";
    let body = json!({ "tag_ids": [ids[0], ids[1], stranger], "target_id": base["id"] });
    for _ in 0..2 {
        assert_eq!(call("POST", "/datasets/tags/binding", &body).await.status, 204);
    }
    assert_eq!(of_base().await["total"], 2);
    let body = json!({ "tag_id": ids[0], "name": "horsetails" });
    let renamed = call("PATCH", TAGS, &body).await.json();
    assert_eq!((&renamed["name"], &renamed["binding_count"]), (&json!("horsetails"), &json!("1")));
    let body = json!({ "tag_id": ids[0], "name": "mosses" });
    assert_eq!(call("PATCH", TAGS, &body).await.status, 400, "the name is taken");
    let all = api.get("knowledge", TAGS).await.json();
    let listed = all.as_array().unwrap().iter().map(|tag| (&tag["id"], &tag["binding_count"]));
    let one = json!("1");
    assert_eq!(listed.collect::<Vec<_>>(), [(&ids[1], &one), (&ids[0], &one)], "newest first");
    let query = format!("/datasets?tag_ids={}", ids[0].as_str().unwrap());
    assert_eq!(api.get("knowledge", &query).await.json()["total"], 1);

    let body = json!({ "tag_id": ids[1], "target_id": base["id"] });
    assert_eq!(call("POST", "/datasets/tags/unbinding", &body).await.status, 204);
    assert_eq!(of_base().await["data"], json!([{ "id": ids[0], "name": "horsetails" }]));
    assert_eq!(call("DELETE", TAGS, &json!({ "tag_id": ids[0] })).await.status, 204);
    assert_eq!(of_base().await["total"], 0);
    let gone = call("DELETE", TAGS, &json!({ "tag_id": ids[0] })).await;
    assert_eq!(gone.refusal(), (404, "not_found".to_owned()));

    for (method, path, body, refusal) in [
        ("POST", TAGS, json!({ "name": "" }), (400, "invalid_param")),
        ("POST", TAGS, json!({ "name": "n".repeat(51) }), (400, "invalid_param")),
        ("POST", TAGS, json!(null), (400, "invalid_param")),
        ("PATCH", TAGS, json!({ "tag_id": stranger, "name": "n" }), (404, "not_found")),
        (
            "POST",
            "/datasets/tags/binding",
            json!({ "tag_ids": [], "target_id": base["id"] }),
            (400, "invalid_param"),
        ),
        (
            "POST",
            "/datasets/tags/binding",
            json!({ "tag_ids": [ids[1]], "target_id": stranger }),
            (404, "not_found"),
        ),
        (
            "POST",
            "/datasets/tags/unbinding",
            json!({ "target_id": base["id"] }),
            (400, "invalid_param"),
        ),
    ] {
        let answer = call(method, path, &body).await;
        assert_eq!(answer.refusal(), (refusal.0, refusal.1.to_owned()), "{method} {path} {body}");
    }
    let unnamed = api.send("knowledge", "DELETE", TAGS, &[], Vec::new()).await;
    assert_eq!(unnamed.refusal(), (415, "unsupported_media_type".to_owned()));
    api.conforms("tags");
}
