//! What an app is and what it takes.

use serde_json::json;

use crate::mock::call::Call;
use crate::mock::reply::{Outcome, Reply};
use crate::mock::routes::{Access, Route, UserIn};
use crate::mock::state::World;

/// The operations.
pub const ROUTES: &[Route] =
    &[Route { method: "GET", path: "/info", access: Access::App(UserIn::Nowhere), handle: info }];

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
