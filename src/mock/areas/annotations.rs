//! Answers that people wrote, and whether they are given to users.

use serde_json::{Value, json};

use crate::mock::call::Call;
use crate::mock::refusal::{Breach, Refusal};
use crate::mock::reply::{Outcome, Reply};
use crate::mock::routes::{Access, Route, UserIn};
use crate::mock::state::{Annotation, JobState, ReplySetting, World, model, unix};

const OWNER: Access = Access::App(UserIn::Nowhere);

/// The operations.
pub const ROUTES: &[Route] = &[
    Route { method: "GET", path: "/apps/annotations", access: OWNER, handle: list },
    Route { method: "POST", path: "/apps/annotations", access: OWNER, handle: create },
    Route {
        method: "PUT",
        path: "/apps/annotations/{annotation_id:uuid}",
        access: OWNER,
        handle: update,
    },
    Route {
        method: "DELETE",
        path: "/apps/annotations/{annotation_id:uuid}",
        access: OWNER,
        handle: delete,
    },
    Route {
        method: "POST",
        path: "/apps/annotation-reply/{action}",
        access: OWNER,
        handle: switch,
    },
    Route {
        method: "GET",
        path: "/apps/annotation-reply/{action}/status/{job_id:uuid}",
        access: OWNER,
        handle: status,
    },
];

/// The longest page.
const PAGE: usize = 100;

fn told(annotation: &Annotation) -> Value {
    json!({
        "id": annotation.id,
        "question": annotation.question,
        "answer": annotation.answer,
        "hit_count": annotation.hit_count,
        "created_at": annotation.created_at,
    })
}

fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    let fields = call.query_fields();
    let page = fields.integer("page").range(1..=i64::MAX).or(1)?;
    let limit = fields.integer("limit").range(1..=i64::MAX).or(20)?;
    let keyword = fields.text("keyword").storable().or(String::new())?.to_lowercase();
    let wanted = |annotation: &&Annotation| {
        keyword.is_empty()
            || annotation.question.to_lowercase().contains(&keyword)
            || annotation.answer.to_lowercase().contains(&keyword)
    };
    let annotations = &world.apps[call.app].annotations;
    let length = usize::try_from(limit).unwrap_or(PAGE).min(PAGE);
    let first = usize::try_from(page - 1).unwrap_or(usize::MAX).saturating_mul(length);
    let total = match keyword.as_str() {
        "" => annotations.len(),
        _ => annotations.newest().filter(wanted).count(),
    };
    let found = annotations.newest().filter(wanted).skip(first).take(length);
    let data: Vec<Value> = found.map(told).collect();
    Ok(Reply::json(json!({
        // A full page counts as a sign of more, be it the last one.
        "has_more": i64::try_from(data.len()) == Ok(limit),
        "data": data,
        "limit": limit,
        "total": total,
        "page": page,
    })))
}

fn texts(call: &Call<'_>) -> Result<(String, String), Refusal> {
    let fields = call.fields()?;
    let question = fields.text("question").storable().required()?;
    Ok((question, fields.text("answer").storable().required()?))
}

fn create(world: &mut World, call: &Call<'_>) -> Outcome {
    let (question, answer) = texts(call)?;
    let id = world.ids.uuid();
    let annotation = Annotation { id, question, answer, hit_count: 0, created_at: unix() };
    let reply = Reply::json(told(&annotation)).status(201);
    world.apps[call.app].annotations.add(annotation);
    Ok(reply)
}

fn update(world: &mut World, call: &Call<'_>) -> Outcome {
    let (question, answer) = texts(call)?;
    let id = call.param("annotation_id").to_ascii_lowercase();
    let annotation = world.apps[call.app].annotations.get_mut(&id);
    let annotation = annotation.ok_or_else(|| Refusal::not_found("annotation"))?;
    (annotation.question, annotation.answer) = (question, answer);
    Ok(Reply::json(told(annotation)))
}

fn delete(world: &mut World, call: &Call<'_>) -> Outcome {
    let id = call.param("annotation_id").to_ascii_lowercase();
    let removed = world.apps[call.app].annotations.remove(&id);
    removed.map(|_| Reply::no_content()).ok_or_else(|| Refusal::not_found("annotation"))
}

fn switch(world: &mut World, call: &Call<'_>) -> Outcome {
    let fields = call.fields()?;
    let score_threshold = fields.number("score_threshold").required()?;
    let provider = fields.text("embedding_provider_name").storable().required()?;
    let model = fields.text("embedding_model_name").storable().required()?;
    let annotations = &mut world.apps[call.app].annotations;
    let action = call.param("action");
    let outcome = match action {
        "disable" => Ok(None),
        // Only what has to be embedded needs the model.
        "enable"
            if annotations.len() > 0 && !model::is_known("text-embedding", &provider, &model) =>
        {
            Err(format!("The workspace has no embedding model {model} of {provider}."))
        }
        "enable" => {
            Ok(Some(ReplySetting { id: world.ids.uuid(), score_threshold, provider, model }))
        }
        _ => {
            let message = "Annotation replies can be switched by `enable` and `disable`.";
            return Err(Refusal::field(Breach::Enum, message));
        }
    };
    let job = world.ids.uuid();
    annotations.begin(&job, action, outcome, world.index_time);
    Ok(Reply::json(json!({ "job_id": job, "job_status": "waiting" })))
}

fn status(world: &mut World, call: &Call<'_>) -> Outcome {
    let job = call.param("job_id").to_ascii_lowercase();
    let state = world.apps[call.app].annotations.job(&job, call.param("action"));
    let state =
        state.ok_or_else(|| Refusal::invalid_param("There is no such job for this action."))?;
    let error = match &state {
        JobState::Failed(why) => why.as_str(),
        _ => "",
    };
    Ok(Reply::json(json!({ "job_id": job, "job_status": state.word(), "error_msg": error })))
}
