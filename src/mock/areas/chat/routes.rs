//! Which apps are asked where.

use super::asked::Asked;
use super::{flow, script, stop};
use crate::mock::call::Call;
use crate::mock::refusal::Refusal;
use crate::mock::reply::Outcome;
use crate::mock::routes::{Access, Route, UserIn};
use crate::mock::state::{App, Mode, World};

const USER: Access = Access::App(UserIn::JsonRequired);

/// The operations.
pub const ROUTES: &[Route] = &[
    Route { method: "POST", path: "/chat-messages", access: USER, handle: chat },
    Route {
        method: "POST",
        path: "/chat-messages/{task_id}/stop",
        access: USER,
        handle: stop_chat,
    },
    Route { method: "POST", path: "/completion-messages", access: USER, handle: complete },
    Route {
        method: "POST",
        path: "/completion-messages/{task_id}/stop",
        access: USER,
        handle: stop_completion,
    },
];

/// Refuses apps that do not talk.
pub fn only_chat(app: &App) -> Result<(), Refusal> {
    if app.mode.is_chat() {
        return Ok(());
    }
    Err(Refusal::new(400, "not_chat_app", "The key is that of an app that does not talk."))
}

fn only_completion(app: &App) -> Result<(), Refusal> {
    if app.mode == Mode::Completion {
        return Ok(());
    }
    let message = "The key is that of an app that completes no texts.";
    Err(Refusal::new(400, "app_unavailable", message))
}

fn chat(world: &mut World, call: &Call<'_>) -> Outcome {
    only_chat(&world.apps[call.app])?;
    let asked = Asked::read_chat(call)?;
    let mode = world.apps[call.app].mode;
    if mode == Mode::AdvancedChat {
        return flow::chat(world, call, &asked);
    }
    if mode == Mode::AgentChat && !asked.streaming {
        let message =
            "An agent answers nothing but streams: `response_mode` has to be `streaming`.";
        return Err(Refusal::invalid_param(message));
    }
    asked.has_query()?;
    let conversation = asked.known_conversation(&world.apps[call.app], call)?;
    let given = asked.check(world, call)?;
    let turn = asked.note(world, call, conversation, given);
    script::answer(world, call.app, &turn, asked.streaming)
}

fn complete(world: &mut World, call: &Call<'_>) -> Outcome {
    only_completion(&world.apps[call.app])?;
    let asked = Asked::read_completion(call)?;
    let given = asked.check(world, call)?;
    let turn = asked.note(world, call, None, given);
    script::answer(world, call.app, &turn, asked.streaming)
}

fn stop_chat(world: &mut World, call: &Call<'_>) -> Outcome {
    only_chat(&world.apps[call.app])?;
    Ok(stop::stop(world, call))
}

fn stop_completion(world: &mut World, call: &Call<'_>) -> Outcome {
    only_completion(&world.apps[call.app])?;
    Ok(stop::stop(world, call))
}
