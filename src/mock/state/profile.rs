//! What the apps take and what they can do: settings that nobody changes while the server runs.

use serde_json::{Value, json};

use super::Mode;

/// The largest uploads, in megabytes: images, videos, sound, and all else.
pub const UPLOAD_LIMITS: [u64; 4] = [10, 100, 50, 15];

/// The parameters of an app, as `GET /parameters` tells them while its annotations do not reply.
pub fn parameters(key_name: &str, mode: Mode) -> Value {
    let drawn = mode.is_drawn();
    let talks = mode != Mode::Completion;
    let opening = match mode {
        Mode::Completion => Value::Null,
        _ if drawn => json!("Welcome! Whom are you looking for?"),
        _ => json!("Good morning! What can I do for you?"),
    };
    let questions = if talks { json!(["What can you do?", "Who made you?"]) } else { json!([]) };
    // Settings of drawn apps are as their editor stored them.
    let (speech, moderation) = if drawn {
        let speech = json!({ "enabled": true, "language": "en-US", "voice": "willow" });
        (speech, json!({ "enabled": false }))
    } else {
        let speech = json!({
            "enabled": true, "voice": "willow", "language": "en-US", "autoPlay": "disabled",
        });
        (speech, json!({ "enabled": false, "type": "", "configs": [] }))
    };
    let [image, video, audio, other] = UPLOAD_LIMITS;
    json!({
        "opening_statement": opening,
        "suggested_questions": questions,
        "suggested_questions_after_answer": { "enabled": talks },
        "speech_to_text": { "enabled": talks },
        "text_to_speech": speech,
        "retriever_resource": { "enabled": true },
        "annotation_reply": { "enabled": false },
        "more_like_this": { "enabled": !talks },
        "user_input_form": form(key_name),
        "sensitive_word_avoidance": moderation,
        "file_upload": file_upload(drawn),
        "system_parameters": {
            "image_file_size_limit": image,
            "video_file_size_limit": video,
            "audio_file_size_limit": audio,
            "file_size_limit": other,
            "workflow_file_upload_limit": 10,
        },
    })
}

/// What is asked before the first message, or for a run.
fn form(key_name: &str) -> Value {
    match key_name {
        "completion" => json!([
            { "paragraph": {
                "label": "Word", "variable": "query", "required": true, "default": "",
                "max_length": 2000,
            } },
        ]),
        "chatflow" => json!([
            { "text-input": {
                "label": "Topic", "variable": "topic", "type": "text-input", "required": false,
                "max_length": 48, "options": [],
            } },
        ]),
        "workflow" => json!([
            { "text-input": {
                "label": "Text", "variable": "query", "type": "text-input", "required": true,
                "max_length": 256, "options": [],
            } },
            { "number": {
                "label": "Sentences", "variable": "count", "type": "number", "required": false,
                "max_length": 48, "options": [],
            } },
            { "select": {
                "label": "Tone", "variable": "tone", "type": "select", "required": false,
                "max_length": 48, "options": ["formal", "casual"],
            } },
            { "file": {
                "label": "Attachment", "variable": "attachment", "type": "file",
                "required": false, "max_length": 48, "options": [],
                "allowed_file_types": ["image", "document"],
                "allowed_file_extensions": [],
                "allowed_file_upload_methods": ["local_file", "remote_url"],
            } },
        ]),
        "human-input" => json!([
            { "text-input": {
                "label": "Request", "variable": "query", "type": "text-input", "required": true,
                "max_length": 256, "options": [],
            } },
        ]),
        _ => json!([
            { "text-input": {
                "label": "Topic", "variable": "topic", "required": false, "max_length": 48,
                "default": "",
            } },
            { "select": {
                "label": "Tone", "variable": "tone", "required": false,
                "options": ["formal", "casual"], "default": "formal",
            } },
        ]),
    }
}

/// Which files go with a message.
fn file_upload(drawn: bool) -> Value {
    let methods = json!(["local_file", "remote_url"]);
    let mut rule = json!({
        "enabled": true,
        "number_limits": 3,
        "allowed_file_types": ["image", "document", "audio", "video"],
        "allowed_file_extensions": [],
        "allowed_file_upload_methods": methods,
    });
    if drawn {
        let [image, video, audio, other] = UPLOAD_LIMITS;
        rule["fileUploadConfig"] = json!({
            "audio_file_size_limit": audio,
            "batch_count_limit": 5,
            "file_size_limit": other,
            "image_file_size_limit": image,
            "video_file_size_limit": video,
            "workflow_file_upload_limit": 10,
        });
    } else {
        rule["image"] = json!({
            "enabled": true, "number_limits": 3, "detail": "low", "transfer_methods": methods,
        });
    }
    rule
}
