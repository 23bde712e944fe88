//! Files that users upload, and the users who do.

use serde_json::json;

use crate::api::Api;

const PNG: (&str, &str) = ("pixel.PNG", "image/png");

#[tokio::test]
async fn a_file_is_kept_for_its_user() {
    let api = Api::start().await;
    let file = api.upload("chat", "/files/upload", PNG, b"pixels").await;
    assert_eq!(file.status, 201);
    let file = file.json();
    assert_eq!(
        (&file["name"], &file["extension"], &file["mime_type"], &file["size"]),
        (&json!("pixel.PNG"), &json!("png"), &json!("image/png"), &json!(6))
    );

    let path = format!("/end-users/{}", file["created_by"].as_str().unwrap());
    let user = api.get("chat", &path).await.json();
    assert_eq!((&user["session_id"], &user["is_anonymous"]), (&json!("alice"), &json!(false)));
    assert_eq!(user["tenant_id"], file["tenant_id"]);
    let elsewhere = api.get("agent", &path).await;
    assert_eq!(elsewhere.refusal(), (404, "end_user_not_found".to_owned()));

    // Another file of hers, one of nobody's, and one of somebody of the same name in another app.
    let again = api.upload("chat", "/files/upload", PNG, b"").await.json();
    assert_eq!(again["created_by"], file["created_by"]);
    let parts: [(&str, Option<&str>, &[u8]); 1] = [("user", None, b"bob")];
    let nothing = api.form("chat", "POST", "/files/upload", &parts).await;
    assert_eq!(nothing.refusal(), (400, "no_file_uploaded".to_owned()));
    let elsewhere = api.upload("workflow", "/files/upload", PNG, b"").await.json();
    assert_ne!(elsewhere["created_by"], file["created_by"]);

    // No message has used it.
    let preview = format!("/files/{}/preview?user=alice", file["id"].as_str().unwrap());
    assert_eq!(api.get("chat", &preview).await.refusal(), (404, "file_not_found".to_owned()));
    let odd = api.get("chat", &(preview + "&as_attachment=perhaps")).await;
    assert_eq!(odd.refusal(), (400, "invalid_param".to_owned()));
    api.conforms("files");
}

#[tokio::test]
async fn odd_uploads_are_refused() {
    let api = Api::start().await;
    for (name, content, refusal) in [
        (("a/b.png", "image/png"), b"x", (400, "invalid_param")),
        (("", "image/png"), b"x", (400, "filename_not_exists_error")),
        (("a.png", ""), b"x", (415, "unsupported_file_type")),
    ] {
        let answer = api.upload("chat", "/files/upload", name, content).await;
        assert_eq!(answer.refusal(), (refusal.0, refusal.1.to_owned()), "{name:?}");
    }
    let two: [(&str, Option<&str>, &[u8]); 2] =
        [("file", Some("a.png"), b"x"), ("other", Some("b.png"), b"y")];
    let answer = api.form("chat", "POST", "/files/upload", &two).await;
    assert_eq!(answer.refusal(), (400, "too_many_files".to_owned()));
    let answer = api.form("chat", "POST", "/files/upload", &two[..1]).await;
    assert_eq!(answer.refusal(), (415, "unsupported_file_type".to_owned()));
    let answer = api.json("chat", "POST", "/files/upload", &json!({ "file": "x" })).await;
    assert_eq!(answer.refusal(), (400, "no_file_uploaded".to_owned()));
    // Very long names are cut.
    let name = format!("{}.wav", "w".repeat(300));
    let sound = api.upload("chat", "/files/upload", (&name, "audio/wav; rate=9"), b"x").await;
    assert_eq!(sound.json()["name"].as_str().map(str::len), Some(204));
    assert_eq!(sound.json()["mime_type"], "audio/wav");
    api.conforms("odd-uploads");
}

#[tokio::test]
async fn sound_may_be_larger_than_pictures() {
    let api = Api::start().await;
    let large = vec![0; (10 << 20) + 1];
    let answer = api.upload("chat", "/files/upload", PNG, &large).await;
    assert_eq!(answer.refusal(), (413, "file_too_large".to_owned()));
    let answer = api.upload("chat", "/files/upload", ("a.wav", "audio/wav"), &large).await;
    assert_eq!(answer.json()["size"], large.len());
}
