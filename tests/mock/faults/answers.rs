//! Faults of answers.

use super::connections::raw_info;
use super::{Trial, ask, delete, info, make, probe, refused, stream};
use crate::api::Answer;

pub const TRIALS: &[Trial] = &[
    ("other-status:GET /info", probe!(|api| info(api).await.status == 218)),
    ("other-status:GET /info=202", probe!(|api| info(api).await.status == 202)),
    (
        "other-error-status:GET /info=429",
        probe!(|api| {
            let answer = refused(api).await;
            answer.status == 429 && answer.json()["status"] == 429
        }),
    ),
    ("other-code:GET /info=no", probe!(|api| refused(api).await.refusal() == (401, "no".into()))),
    ("other-envelope:GET /info", probe!(|api| refused(api).await.json().get("code").is_none())),
    (
        "status-mismatch:GET /info",
        probe!(|api| {
            let answer = refused(api).await;
            answer.status == 401 && answer.json()["status"] == 200
        }),
    ),
    ("html-error:GET /info", probe!(|api| is(&refused(api).await, "text/html; charset=utf-8"))),
    ("other-media-type:GET /info=image/png", probe!(|api| is(&info(api).await, "image/png"))),
    ("mislabelled-json:GET /info", probe!(|api| is(&info(api).await, "text/plain; charset=utf-8"))),
    ("lost-header:GET /info=X-Env", probe!(|api| info(api).await.headers.get("x-env").is_none())),
    (
        "malformed-json:GET /info",
        probe!(|api| {
            let answer = info(api).await;
            answer.status == 200 && !answer.bytes.is_empty() && answer.json().is_null()
        }),
    ),
    ("empty-body:GET /info", probe!(|api| info(api).await.bytes.is_empty())),
    (
        "body-instead-of-none:DELETE /datasets/{dataset_id}",
        probe!(|api| {
            let made = make(api, "ferns").await;
            let answer = delete(api, &made).await;
            answer.status == 200 && !answer.bytes.is_empty()
        }),
    ),
    ("server-error:GET /info", probe!(|api| info(api).await.status == 500)),
    ("api-off:GET /info", probe!(|api| info(api).await.refusal() == (403, "forbidden".into()))),
    (
        "redirect:GET /info=/elsewhere",
        probe!(|api| {
            let (text, _) = raw_info(api).await;
            text.starts_with("HTTP/1.1 302") && text.contains("location: /elsewhere\r\n")
        }),
    ),
    (
        "stream-instead:POST /chat-messages",
        probe!(|api| {
            let answer = ask(api, "chat", "alice", "blocking").await;
            is(&answer, "text/event-stream; charset=utf-8") && answer.events().len() == 1
        }),
    ),
    (
        "mislabelled-stream:POST /chat-messages",
        probe!(|api| is(&stream(api).await, "application/json")),
    ),
];

fn is(answer: &Answer, media_type: &str) -> bool {
    answer.headers.get("content-type") == Some(media_type)
}

#[tokio::test]
async fn each_shows() {
    super::each_shows(TRIALS).await;
}
