//! Conversations: listed, named, deleted.

use serde_json::{Value, json};

use super::chat::{only_chat, title};
use crate::mock::call::Call;
use crate::mock::refusal::{Breach, Refusal};
use crate::mock::reply::{Outcome, Reply};
use crate::mock::routes::{Access, Route, UserIn};
use crate::mock::state::{Conversation, World, now};

/// The operations.
pub const ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/conversations",
        access: Access::App(UserIn::Query),
        handle: list,
    },
    Route {
        method: "DELETE",
        path: "/conversations/{c_id:uuid}",
        access: Access::App(UserIn::Json),
        handle: delete,
    },
    Route {
        method: "POST",
        path: "/conversations/{c_id:uuid}/name",
        access: Access::App(UserIn::Json),
        handle: rename,
    },
];

/// The database has room for so many characters of a name.
const NAME: usize = 255;

/// The conversation that the path names.
///
/// # Errors
/// 404 where the user has no such conversation.
pub fn named<'w>(world: &'w World, call: &Call<'_>) -> Result<&'w Conversation, Refusal> {
    let chats = &world.apps[call.app].chats;
    let found = chats.conversation(call.param("c_id"), &call.user);
    found.ok_or_else(|| Refusal::not_found("conversation"))
}

/// A page of things, and whether there are more: of those behind the one with the id `last`, as many as
/// the limit allows.
///
/// # Errors
/// 404 "there is no such WHAT" where nothing has that id.
pub fn page<'t, T>(
    mut things: impl Iterator<Item = &'t T>,
    id: fn(&T) -> &str,
    (last, what): (Option<&str>, &str),
    limit: usize,
) -> Result<(Vec<&'t T>, bool), Refusal> {
    if let Some(last) = last
        && !things.any(|thing| id(thing) == last)
    {
        return Err(Refusal::not_found(what));
    }
    let page: Vec<&T> = things.by_ref().take(limit).collect();
    Ok((page, things.next().is_some()))
}

/// The answer that shows a page.
pub fn paged(limit: usize, (data, has_more): (Vec<Value>, bool)) -> Reply {
    Reply::json(json!({ "limit": limit, "has_more": has_more, "data": data }))
}

/// The limit of a page.
///
/// # Errors
/// 400 where it is no number from 1 to 100.
pub fn limit(call: &Call<'_>) -> Result<usize, Refusal> {
    let limit = call.query_fields().integer("limit").range(1..=100).or(20)?;
    Ok(usize::try_from(limit).unwrap_or_default())
}

fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    let app = &world.apps[call.app];
    only_chat(app)?;
    let fields = call.query_fields();
    let last = fields.uuid("last_id").optional()?;
    let limit = limit(call)?;
    let orders = ["created_at", "-created_at", "updated_at", "-updated_at"];
    let order = fields.text("sort_by").one_of(&orders).or("-updated_at".to_owned())?;
    let conversations = app.chats.conversations(&call.user, order.ends_with("updated_at"));
    let (id, last): (fn(&Conversation) -> &str, _) =
        (|conversation| &conversation.id, (last.as_deref(), "conversation"));
    let (page, has_more) = if order.starts_with('-') {
        page(conversations.rev(), id, last, limit)?
    } else {
        page(conversations, id, last, limit)?
    };
    let now = now();
    let data = page.into_iter().map(|conversation| conversation.view(now)).collect();
    Ok(paged(limit, (data, has_more)))
}

fn delete(world: &mut World, call: &Call<'_>) -> Outcome {
    only_chat(&world.apps[call.app])?;
    let id = named(world, call)?.id.clone();
    let app = &mut world.apps[call.app];
    for message in app.chats.remove(&id) {
        app.feedbacks.take_back(&message);
    }
    Ok(Reply::no_content())
}

fn rename(world: &mut World, call: &Call<'_>) -> Outcome {
    only_chat(&world.apps[call.app])?;
    let fields = call.fields()?;
    let name = fields.text("name").optional()?;
    let name = if fields.boolean("auto_generate").or(false)? {
        None
    } else {
        let name = name.filter(|name| !name.trim().is_empty());
        let missing = "`name` is required, unless `auto_generate` is true.";
        let name = name.ok_or_else(|| Refusal::field(Breach::Missing, missing))?;
        if name.chars().count() > NAME || name.contains('\0') {
            let message = format!("`name` has to have at most {NAME} characters, and no U+0000.");
            return Err(Refusal::field(Breach::Bounds, message));
        }
        Some(name)
    };
    let conversation = named(world, call)?;
    let first = world.apps[call.app].chats.messages(conversation).next();
    let name = match (name, first) {
        (Some(name), _) => name,
        (None, Some(message)) => title(&message.query),
        (None, None) => return Err(Refusal::not_found("message")),
    };
    let (id, now) = (conversation.id.clone(), now());
    let chats = &mut world.apps[call.app].chats;
    if let Some(conversation) = chats.conversation_mut(&id, &call.user) {
        conversation.rename(name);
    }
    chats.touch(&id, now);
    Ok(Reply::json(named(world, call)?.view(now)))
}
