//! The models that the workspace may use.

use serde_json::{Value, json};

use crate::mock::call::Call;
use crate::mock::refusal::{Breach, Refusal};
use crate::mock::reply::{Outcome, Reply};
use crate::mock::routes::{Access, Route};
use crate::mock::state::{World, model};

/// The operations.
pub const ROUTES: &[Route] = &[Route {
    method: "GET",
    path: "/workspaces/current/models/model-types/{model_type}",
    access: Access::Knowledge,
    handle: list,
}];

fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    let Some(kind) = model::kind(call.param("model_type")) else {
        return Err(Refusal::field(Breach::Enum, "There are no models of this kind."));
    };
    let tell = |own: &model::Model| {
        json!({
            "model": own.name,
            "label": { "zh_Hans": own.name, "en_US": own.name },
            "model_type": own.kind,
            "features": own.features,
            "fetch_from": "predefined-model",
            "model_properties": own.properties(),
            "deprecated": false,
            "status": "active",
            "load_balancing_enabled": false,
            "has_invalid_load_balancing_configs": false,
        })
    };
    let models: Vec<Value> = model::of_kind(kind).map(tell).collect();
    // Providers without a model of the kind are not told.
    let providers = if models.is_empty() { json!([]) } else { json!([provider(world, &models)]) };
    Ok(Reply::json(json!({ "data": providers })))
}

fn provider(world: &World, models: &[Value]) -> Value {
    let icon = |language: &str| {
        let workspace = format!("/console/api/workspaces/{}", world.tenant);
        format!("{workspace}/model-providers/{}/icon_small/{language}", model::PROVIDER)
    };
    json!({
        "tenant_id": world.tenant,
        "provider": model::PROVIDER,
        "label": { "zh_Hans": "Stand-in models", "en_US": "Stand-in models" },
        "icon_small": { "zh_Hans": icon("zh_Hans"), "en_US": icon("en_US") },
        "icon_small_dark": null,
        "status": "active",
        "models": models,
    })
}
