//! Speech into text, and text into speech.

use serde_json::{Value, json};

use crate::mock::call::Call;
use crate::mock::refusal::Refusal;
use crate::mock::reply::{Outcome, Payload, Reply};
use crate::mock::routes::{Access, Route, UserIn};
use crate::mock::sound;
use crate::mock::state::{App, World, now};

/// The operations.
pub const ROUTES: &[Route] = &[
    Route {
        method: "POST",
        path: "/audio-to-text",
        access: Access::App(UserIn::Form),
        handle: hear,
    },
    Route {
        method: "POST",
        path: "/text-to-audio",
        access: Access::App(UserIn::Json),
        handle: speak,
    },
];

/// What is listened to. `audio/mpeg` is not among it.
const SOUNDS: &[&str] = &["audio/mp3", "audio/m4a", "audio/wav", "audio/amr", "audio/mpga"];

/// The largest recording, in megabytes.
const LARGEST: usize = 30;

fn hear(world: &mut World, call: &Call<'_>) -> Outcome {
    let part = call.form().into_iter().find(|part| part.name == "file" && part.filename.is_some());
    let Some(part) = part else {
        let message = "The form has no file named `file`.";
        return Err(Refusal::new(400, "bad_request_key_error", message));
    };
    if !world.apps[call.app].can("speech_to_text") {
        return Err(Refusal::invalid_param("Speech to text is switched off in this app."));
    }
    if !SOUNDS.contains(&part.mimetype().as_str()) {
        let message = format!("Recordings are taken as {}.", SOUNDS.join(", "));
        return Err(Refusal::new(415, "unsupported_audio_type", message));
    }
    if part.content.len() > LARGEST << 20 {
        let message = format!("A recording may have at most {LARGEST} MB.");
        return Err(Refusal::new(413, "audio_too_large", message));
    }
    let nothing = || format!("There are no words in these {} bytes of sound.", part.content.len());
    let text = sound::hear(&part.content).unwrap_or_else(nothing);
    Ok(Reply::json(json!({ "text": text })).after(world.chunk_delay))
}

fn speak(world: &mut World, call: &Call<'_>) -> Outcome {
    let fields = call.fields()?;
    let message = fields.text("message_id").optional()?;
    let voice = fields.text("voice").optional()?;
    let text = fields.text("text").optional()?;
    fields.boolean("streaming").optional()?;
    let app = &mut world.apps[call.app];
    let text = match message.filter(|id| !id.is_empty()) {
        None => text.ok_or_else(|| Refusal::invalid_param("There is neither text nor message."))?,
        Some(id) => match answer(app, &id) {
            Some(answer) => answer,
            // Neither a refusal nor a sound.
            None => return Ok(Reply::json(Value::Null)),
        },
    };
    if voice.is_none() && !app.can("text_to_speech") {
        return Err(Refusal::invalid_param("Text to speech is switched off in this app."));
    }
    let sound = Payload::Chunks(sound::speak(text.trim()));
    Ok(Reply::new(200, sound, "audio/mpeg").after(world.chunk_delay))
}

/// The answer of a message, where there is something in it, or the model failed.
fn answer(app: &mut App, message: &str) -> Option<String> {
    let id = uuid::Uuid::try_parse(message).ok()?.to_string();
    let (message, now) = (app.chats.message_mut(&id)?, now());
    let answer = message.answer_at(now).to_owned();
    let failed = message.error.is_some() && message.is_over(now);
    (failed || !answer.is_empty()).then_some(answer)
}
