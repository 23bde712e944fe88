//! What an app is and what it takes.

#![expect(clippy::unnecessary_wraps, reason = "handlers that never refuse are of the same type")]

use serde_json::{Map, Value, json};

use crate::mock::call::Call;
use crate::mock::reply::{Outcome, Reply};
use crate::mock::routes::{Access, Route, UserIn};
use crate::mock::state::{Mode, World};

const OWNER: Access = Access::App(UserIn::Nowhere);

/// The operations.
pub const ROUTES: &[Route] = &[
    Route { method: "GET", path: "/info", access: OWNER, handle: info },
    Route { method: "GET", path: "/parameters", access: OWNER, handle: parameters },
    Route { method: "GET", path: "/meta", access: OWNER, handle: meta },
    Route { method: "GET", path: "/site", access: OWNER, handle: site },
];

fn info(world: &mut World, call: &Call<'_>) -> Outcome {
    let app = &world.apps[call.app];
    Ok(Reply::json(json!({
        "name": app.name,
        "description": app.description,
        "tags": [],
        "mode": app.mode.word(),
        "author_name": "Hazel",
    })))
}

fn parameters(world: &mut World, call: &Call<'_>) -> Outcome {
    let app = &mut world.apps[call.app];
    let mut parameters = Value::clone(&app.parameters);
    // The settings of drawn apps do not know of annotations.
    if !app.mode.is_drawn()
        && let Some(setting) = app.annotations.setting()
    {
        parameters["annotation_reply"] = json!({
            "id": setting.id,
            "enabled": true,
            "score_threshold": setting.score_threshold,
            "embedding_model": {
                "embedding_provider_name": setting.provider,
                "embedding_model_name": setting.model,
            },
        });
    }
    Ok(Reply::json(parameters))
}

fn meta(world: &mut World, call: &Call<'_>) -> Outcome {
    let mut icons = Map::new();
    if world.apps[call.app].mode == Mode::AgentChat {
        let icon = "/console/api/workspaces/current/tool-provider/builtin/time/icon";
        icons.insert("current_time".to_owned(), json!(icon));
    }
    Ok(Reply::json(json!({ "tool_icons": icons })))
}

fn site(world: &mut World, call: &Call<'_>) -> Outcome {
    let app = &world.apps[call.app];
    Ok(Reply::json(json!({
        "title": app.name,
        "chat_color_theme": null,
        "chat_color_theme_inverted": false,
        "icon_type": "emoji",
        "icon": "\u{1f33f}",
        "icon_background": "#E4FBCC",
        "description": app.description,
        "copyright": "Hazel",
        "privacy_policy": null,
        "custom_disclaimer": "",
        "default_language": "en-US",
        "show_workflow_steps": true,
        "use_icon_as_answer_icon": false,
        "icon_url": null,
    })))
}
