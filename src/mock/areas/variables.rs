//! The variables of conversations.

use serde_json::Value;

use super::chat::only_chat;
use super::conversations::{limit, named, page, paged};
use crate::mock::call::Call;
use crate::mock::fields::Fields;
use crate::mock::refusal::{Breach, Refusal};
use crate::mock::reply::{Outcome, Reply};
use crate::mock::routes::{Access, Route, UserIn};
use crate::mock::state::{Variable, World, now};

/// The operations.
pub const ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/conversations/{c_id:uuid}/variables",
        access: Access::App(UserIn::Query),
        handle: list,
    },
    Route {
        method: "PUT",
        path: "/conversations/{c_id:uuid}/variables/{variable_id:uuid}",
        access: Access::App(UserIn::Json),
        handle: set,
    },
];

fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    only_chat(&world.apps[call.app])?;
    let fields = call.query_fields();
    let last = fields.uuid("last_id").optional()?;
    let limit = limit(call)?;
    let part = part(&fields)?;
    let variables = named(world, call)?.variables.iter();
    let meant = |variable: &&Variable| {
        part.as_deref().is_none_or(|part| variable.name.to_lowercase().contains(part))
    };
    let last = (last.as_deref(), "variable");
    let (page, has_more) = page(variables.filter(meant), |variable| variable.id, last, limit)?;
    Ok(paged(limit, (page.into_iter().map(Variable::view).collect(), has_more)))
}

/// What names have to contain, in lower case.
fn part(fields: &Fields<'_>) -> Result<Option<String>, Refusal> {
    let Some(name) = fields.text("variable_name").length(1..=255).optional()? else {
        return Ok(None);
    };
    let lower = name.to_lowercase();
    let mark = |letter: char| matches!(letter, '-' | '_' | '.');
    let plain = name.chars().all(|letter| letter.is_alphanumeric() || mark(letter));
    let dangerous = ["--", "xp_", "sp_"].iter().any(|word| lower.contains(word));
    if plain && !dangerous && !name.chars().all(mark) {
        return Ok(Some(lower));
    }
    let message = "`variable_name` has to be made of letters, digits, `-`, `_` and `.`, and must not \
                   look like SQL.";
    Err(Refusal::field(Breach::Format, message))
}

fn set(world: &mut World, call: &Call<'_>) -> Outcome {
    only_chat(&world.apps[call.app])?;
    let Some(value) = call.fields()?.raw("value") else {
        return Err(Refusal::field(Breach::Missing, "`value` is required."));
    };
    let conversation = named(world, call)?.id.clone();
    let chats = &mut world.apps[call.app].chats;
    let id = call.param("variable_id").to_ascii_lowercase();
    let variable = chats
        .conversation_mut(&conversation, &call.user)
        .and_then(|conversation| conversation.variables.iter_mut().find(|of| of.id == id))
        .ok_or_else(|| Refusal::not_found("variable"))?;
    if !variable.kind.takes(&value) {
        let (name, kind) = (variable.name, variable.kind.word());
        let message =
            format!("The variable {name} takes values of the type {kind}, not {}.", word(&value));
        return Err(Refusal::bad_request(message));
    }
    variable.set(value, now());
    Ok(Reply::json(variable.view()))
}

/// What a value is.
fn word(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
