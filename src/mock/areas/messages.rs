//! Messages: listed, and what might be asked next.

use serde_json::{Value, json};

use super::chat::only_chat;
use super::conversations::{limit, page, paged};
use crate::mock::call::Call;
use crate::mock::refusal::Refusal;
use crate::mock::reply::{Outcome, Reply};
use crate::mock::routes::{Access, Route, UserIn};
use crate::mock::state::{App, Message, World, now};

/// The operations.
pub const ROUTES: &[Route] = &[
    Route { method: "GET", path: "/messages", access: Access::App(UserIn::Query), handle: list },
    Route {
        method: "GET",
        path: "/messages/{message_id:uuid}/suggested",
        access: Access::App(UserIn::QueryRequired),
        handle: suggested,
    },
];

/// The newest messages of a conversation that are older than `first_id`, the oldest of them first.
fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    let app = &world.apps[call.app];
    only_chat(app)?;
    let fields = call.query_fields();
    let id = fields.uuid("conversation_id");
    // An id that is there and empty is that of a conversation without messages.
    let id = if call.query("conversation_id") == Some("") { None } else { Some(id.required()?) };
    let first = fields.uuid("first_id").optional()?;
    let limit = limit(call)?;
    let Some(id) = id else { return Ok(paged(limit, (Vec::new(), false))) };
    let found = app.chats.conversation(&id, &call.user);
    let conversation = found.ok_or_else(|| Refusal::not_found("conversation"))?;
    let messages = app.chats.messages(conversation).rev();
    let first = (first.as_deref(), "message");
    let (page, has_more) = page(messages, |message| &message.id, first, limit)?;
    let now = now();
    let view = |message: &Message| message.view(&opinion(app, message), now);
    Ok(paged(limit, (page.into_iter().rev().map(view).collect(), has_more)))
}

/// What its user thinks of an answer.
fn opinion(app: &App, message: &Message) -> Value {
    let feedback = app.feedbacks.of(&message.id);
    feedback.map_or(Value::Null, |feedback| json!({ "rating": feedback.rating }))
}

/// Three questions that might follow.
fn suggested(world: &mut World, call: &Call<'_>) -> Outcome {
    let app = &world.apps[call.app];
    only_chat(app)?;
    let found = app.chats.message(call.param("message_id"), &call.user);
    let message = found.ok_or_else(|| Refusal::not_found("message"))?;
    if !app.can("suggested_questions_after_answer") {
        return Err(Refusal::bad_request("The app suggests no questions."));
    }
    let topic = message.query.split_whitespace().next_back().unwrap_or("that");
    let topic: String = topic.chars().take(40).collect();
    let questions = [
        format!("What else is there to say of {topic}?"),
        "How do you know?".to_owned(),
        "What would you do in my place?".to_owned(),
    ];
    Ok(Reply::json(json!({ "result": "success", "data": questions })))
}
