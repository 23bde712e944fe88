//! The end users of an app.

use serde_json::json;

use crate::mock::call::Call;
use crate::mock::refusal::Refusal;
use crate::mock::reply::{Outcome, Reply};
use crate::mock::routes::{Access, Route, UserIn};
use crate::mock::state::{World, naive};

/// The operations.
pub const ROUTES: &[Route] = &[Route {
    method: "GET",
    path: "/end-users/{end_user_id:uuid}",
    access: Access::App(UserIn::Nowhere),
    handle: get,
}];

fn get(world: &mut World, call: &Call<'_>) -> Outcome {
    let user = world.users.get(&call.param("end_user_id").to_ascii_lowercase());
    let Some(user) = user.filter(|user| user.app == call.app) else {
        let message = "This app has no such end user.";
        return Err(Refusal::new(404, "end_user_not_found", message));
    };
    Ok(Reply::json(json!({
        "id": user.id,
        "tenant_id": world.tenant,
        "app_id": world.apps[user.app].id,
        "type": "service-api",
        "external_user_id": user.session,
        "name": null,
        "is_anonymous": user.is_anonymous(),
        "session_id": user.session,
        "created_at": naive(user.created_at),
        "updated_at": naive(user.created_at),
    })))
}
