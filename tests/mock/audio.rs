//! Speech.

use serde_json::json;

use crate::api::Api;

#[tokio::test]
async fn what_is_spoken_can_be_heard() {
    let api = Api::start().await;
    let body = json!({ "text": " How are you? ", "voice": "oak", "user": "alice" });
    let speech = api.json("chat", "POST", "/text-to-audio", &body).await;
    assert_eq!(speech.headers.get("content-type"), Some("audio/mpeg"));
    assert_eq!(speech.headers.get("content-length"), None);
    assert!(speech.bytes.starts_with(&[0xff, 0xfb, 0x90, 0x64]));
    let heard = api.upload("chat", "/audio-to-text", ("a.mp3", "audio/mp3"), &speech.bytes).await;
    assert_eq!(heard.json(), json!({ "text": "How are you?" }));
    let heard = api.upload("chat", "/audio-to-text", ("a.wav", "audio/wav"), b"RIFF").await;
    assert_eq!(heard.status, 200);
    api.conforms("speech");
}

#[tokio::test]
async fn not_everything_is_spoken_or_heard() {
    let api = Api::start().await;
    for (key, media_type, refusal) in [
        ("chat", "audio/mpeg", (415, "unsupported_audio_type")),
        ("chat", "text/plain", (415, "unsupported_audio_type")),
        ("completion", "audio/wav", (400, "invalid_param")),
    ] {
        let answer = api.upload(key, "/audio-to-text", ("a", media_type), b"x").await;
        assert_eq!(answer.refusal(), (refusal.0, refusal.1.to_owned()), "{key} {media_type}");
    }
    let answer = api.form("chat", "POST", "/audio-to-text", &[("user", None, b"bob")]).await;
    assert_eq!(answer.refusal(), (400, "bad_request_key_error".to_owned()));
    for (body, refusal) in [
        (json!({ "user": "alice" }), "invalid_param"),
        (json!({ "text": "a", "voice": 5 }), "invalid_param"),
        (json!({ "text": "a", "streaming": "perhaps" }), "invalid_param"),
    ] {
        let answer = api.json("chat", "POST", "/text-to-audio", &body).await;
        assert_eq!(answer.refusal(), (400, refusal.to_owned()), "{body}");
    }
    // Messages that are not there are passed over in silence.
    for id in ["nonsense", "5c8a1e7d-90bf-4d23-b6e4-7f1a2b3c4d5e"] {
        let answer = api.json("chat", "POST", "/text-to-audio", &json!({ "message_id": id })).await;
        assert_eq!((answer.status, answer.text().trim()), (200, "null"));
    }
    api.conforms("silence");
}
