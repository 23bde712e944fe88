//! Faults of answers.

use std::time::Duration;

use serde_json::{Value, json};

use super::Injection;
use crate::mock::refusal::Refusal;
use crate::mock::reply::{Break, Payload, Reply};

fn is_error(reply: &Reply) -> bool {
    reply.status >= 400
}

/// A success has a status that nobody documented.
pub fn other_status(reply: &mut Reply, injection: &Injection) {
    if !is_error(reply) {
        let status = injection.number().and_then(|status| u16::try_from(status).ok());
        reply.status = status.unwrap_or(218);
        if matches!(reply.payload, Payload::Empty) {
            reply.payload = Payload::Json(json!({}));
        }
    }
}

/// A refusal has a status that nobody documented; the body repeats it.
pub fn other_error_status(reply: &mut Reply, injection: &Injection) {
    if let (true, Payload::Json(body)) = (is_error(reply), &mut reply.payload) {
        let status =
            injection.number().and_then(|status| u16::try_from(status).ok()).unwrap_or(418);
        reply.status = status;
        body["status"] = json!(status);
    }
}

/// A refusal has a code that nobody documented.
pub fn other_code(reply: &mut Reply, injection: &Injection) {
    if let (true, Payload::Json(body)) = (is_error(reply), &mut reply.payload) {
        body["code"] = json!(injection.value.as_deref().unwrap_or("computer_says_no"));
    }
}

/// A refusal has another shape.
pub fn other_envelope(reply: &mut Reply, _: &Injection) {
    if let (true, Payload::Json(body)) = (is_error(reply), &mut reply.payload) {
        *body = json!({ "error": body["message"] });
    }
}

/// A refusal repeats another status than it has.
pub fn status_mismatch(reply: &mut Reply, _: &Injection) {
    if let (true, Payload::Json(body)) = (is_error(reply), &mut reply.payload) {
        body["status"] = json!(200);
    }
}

/// A refusal is a page for people.
pub fn html_error(reply: &mut Reply, _: &Injection) {
    if is_error(reply) {
        reply.media_type = "text/html; charset=utf-8".into();
        let page = "<!doctype html>\n<title>Oh no</title>\n<p>Something is wrong.</p>\n";
        reply.payload = Payload::Bytes(page.into());
    }
}

/// An answer is called something that nobody documented.
pub fn other_media_type(reply: &mut Reply, injection: &Injection) {
    if !is_error(reply) && !matches!(reply.payload, Payload::Empty) {
        let name = injection.value.clone();
        reply.media_type = name.unwrap_or_else(|| "application/x-surprise".to_owned()).into();
    }
}

/// JSON is called a text.
pub fn mislabelled(reply: &mut Reply, _: &Injection) {
    if let Payload::Json(_) = reply.payload {
        reply.media_type = "text/plain; charset=utf-8".into();
    }
}

/// A header is left out.
pub fn lost_header(reply: &mut Reply, injection: &Injection) {
    reply.without = Some(injection.value.clone().unwrap_or_else(|| "x-version".to_owned()));
}

/// The JSON of an answer breaks off in the middle.
pub fn malformed(reply: &mut Reply, _: &Injection) {
    if let (false, Payload::Json(value)) = (is_error(reply), &reply.payload) {
        let text = value.to_string();
        let half = text.char_indices().nth(text.chars().count() / 2).map_or(0, |(at, _)| at);
        reply.payload = Payload::Bytes(text[..half].to_owned().into());
    }
}

/// There is no body where one was promised.
pub fn empty(reply: &mut Reply, _: &Injection) {
    if !is_error(reply) && reply.status != 204 {
        reply.payload = Payload::Bytes(bytes::Bytes::new());
    }
}

/// A body that was promised not to be.
pub fn unpromised_body(reply: &mut Reply, _: &Injection) {
    if reply.status == 204 {
        reply.status = 200;
        reply.payload = Payload::Json(json!({ "result": "success" }));
    }
}

/// The server fails.
pub fn failure(reply: &mut Reply, _: &Injection) {
    *reply = Refusal::new(500, "internal_server_error", "Something broke.").reply();
}

/// The API of the app was switched off.
pub fn switched_off(reply: &mut Reply, _: &Injection) {
    if reply.status != 401 {
        *reply = Refusal::forbidden("The API of this app is switched off.").reply();
    }
}

/// A redirect to elsewhere.
pub fn redirect(reply: &mut Reply, injection: &Injection) {
    let target = injection.value.clone().unwrap_or_else(|| "/signin".to_owned());
    *reply = Reply::new(302, Payload::Empty, "text/html").header("Location", target);
}

/// The connection ends in the middle of the body.
pub fn truncated(reply: &mut Reply, _: &Injection) {
    if !is_error(reply) {
        reply.breaks = Some(Break::Truncate);
    }
}

/// The connection ends before the answer.
pub fn reset(reply: &mut Reply, _: &Injection) {
    reply.breaks = Some(Break::Reset);
}

/// The answer does not come.
pub fn hang(reply: &mut Reply, _: &Injection) {
    reply.breaks = Some(Break::Hang);
}

/// The body does not end. What is told event by event is for the faults of streams.
pub fn endless(reply: &mut Reply, _: &Injection) {
    if !is_error(reply) && !matches!(reply.payload, Payload::Feed { .. }) {
        reply.breaks = Some(Break::Endless);
    }
}

/// The answer takes its time.
pub fn slow(reply: &mut Reply, injection: &Injection) {
    reply.after += Duration::from_millis(injection.number().unwrap_or(1000));
}

/// A blocking call gets a stream.
pub fn stream_instead(reply: &mut Reply, _: &Injection) {
    if let Payload::Json(value) = &mut reply.payload
        && reply.status == 200
        && let Value::Object(_) = value
    {
        let text = format!("data: {value}\n\n");
        reply.media_type = "text/event-stream; charset=utf-8".into();
        reply.payload = Payload::Chunks(vec![text.into()]);
    }
}

/// A stream is called JSON.
pub fn stream_mislabelled(reply: &mut Reply, _: &Injection) {
    if let Payload::Feed { .. } = reply.payload {
        reply.media_type = "application/json".into();
    }
}
