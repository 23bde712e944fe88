//! What users think of answers.

use serde_json::{Value, json};

use crate::mock::call::Call;
use crate::mock::refusal::{Breach, Refusal};
use crate::mock::reply::{Outcome, Reply};
use crate::mock::routes::{Access, Route, UserIn};
use crate::mock::state::{Feedback, World, naive, unix};

/// The operations.
pub const ROUTES: &[Route] = &[
    Route {
        method: "POST",
        path: "/messages/{message_id:uuid}/feedbacks",
        access: Access::App(UserIn::JsonRequired),
        handle: rate,
    },
    Route {
        method: "GET",
        path: "/app/feedbacks",
        access: Access::App(UserIn::Nowhere),
        handle: list,
    },
];

fn rate(world: &mut World, call: &Call<'_>) -> Outcome {
    let fields = call.fields()?;
    let rating = fields.text("rating").one_of(&["like", "dislike"]).optional()?;
    let content = fields.text("content").storable().optional()?;
    let app = &mut world.apps[call.app];
    let message = app.chats.message(call.param("message_id"), &call.user);
    let message = message.ok_or_else(|| Refusal::not_found("message"))?;
    match rating {
        Some(rating) => {
            let now = unix();
            app.feedbacks.rate(Feedback {
                id: world.ids.uuid(),
                message: message.id.clone(),
                conversation: message.conversation.clone(),
                rating,
                content,
                user: call.user.clone(),
                created_at: now,
                updated_at: now,
            });
        }
        None if app.feedbacks.take_back(&message.id).is_none() => {
            let why = "There is no rating of this message to take back.";
            return Err(Refusal::field(Breach::Missing, why));
        }
        None => {}
    }
    Ok(Reply::success())
}

fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    let fields = call.query_fields();
    let page = fields.integer("page").range(1..=i64::MAX).or(1)?;
    let limit = fields.integer("limit").range(1..=101).or(20)?;
    let app = &world.apps[call.app];
    let first = (page - 1).saturating_mul(limit);
    let (first, limit) = (usize::try_from(first).unwrap_or(usize::MAX), usize::try_from(limit));
    let told = |own: &Feedback| {
        json!({
            "id": own.id,
            "app_id": app.id,
            "conversation_id": own.conversation,
            "message_id": own.message,
            "rating": own.rating,
            "content": own.content,
            "from_source": "user",
            "from_end_user_id": own.user,
            "from_account_id": null,
            "created_at": naive(own.created_at),
            "updated_at": naive(own.updated_at),
        })
    };
    let found = app.feedbacks.newest().skip(first).take(limit.unwrap_or_default());
    Ok(Reply::json(json!({ "data": found.map(told).collect::<Value>() })))
}
