//! Knowledge bases: made, listed, read, changed, deleted.

use serde_json::Value;

use super::base_views::{Asked, BasePage, BaseView};
use super::models;
use super::take::{self, Page};
use crate::mock::call::Call;
use crate::mock::fields::Fields;
use crate::mock::refusal::{Breach, Refusal};
use crate::mock::reply::{Outcome, Reply};
use crate::mock::routes::{Access, Route};
use crate::mock::state::{Dataset, SummarySetting, Technique, World, unix};

/// The operations.
pub const ROUTES: &[Route] = &[
    Route { method: "POST", path: "/datasets", access: Access::Knowledge, handle: create },
    Route { method: "GET", path: "/datasets", access: Access::Knowledge, handle: list },
    Route {
        method: "GET",
        path: "/datasets/{dataset_id:uuid}",
        access: Access::Knowledge,
        handle: read,
    },
    Route {
        method: "PATCH",
        path: "/datasets/{dataset_id:uuid}",
        access: Access::Knowledge,
        handle: change,
    },
    Route {
        method: "DELETE",
        path: "/datasets/{dataset_id:uuid}",
        access: Access::Knowledge,
        handle: delete,
    },
];

/// Who may see a knowledge base.
const PERMISSIONS: [&str; 3] = ["only_me", "all_team_members", "partial_members"];

fn permission(fields: &Fields<'_>) -> Result<Option<&'static str>, Refusal> {
    let word = fields.text("permission").one_of(&PERMISSIONS).optional()?;
    Ok(word.and_then(|word| PERMISSIONS.into_iter().find(|own| *own == word)))
}

fn technique(fields: &Fields<'_>) -> Result<Option<Technique>, Refusal> {
    let word = fields.text("indexing_technique").one_of(&["high_quality", "economy"]).optional()?;
    Ok(word.as_deref().and_then(Technique::from_word))
}

pub fn summary(fields: &Fields<'_>) -> Result<SummarySetting, Refusal> {
    let Some(object) = fields.object("summary_index_setting").optional()? else {
        return Ok(SummarySetting::default());
    };
    let own = Fields::of_object(&object);
    Ok(SummarySetting {
        enable: own.boolean("enable").optional()?,
        model_name: own.text("model_name").optional()?,
        model_provider_name: own.text("model_provider_name").optional()?,
        summary_prompt: own.text("summary_prompt").optional()?,
    })
}

fn create(world: &mut World, call: &Call<'_>) -> Outcome {
    let fields = take::body(call)?;
    let name = take::storable("name", Some(fields.text("name").length(1..=40).required()?))?;
    let name = name.unwrap_or_default();
    let description = fields.text("description").length(0..=400).or(String::new())?;
    let description = take::storable("description", Some(description))?;
    let technique = technique(&fields)?;
    let permission = permission(&fields)?.unwrap_or("only_me");
    let provider = fields.text("provider").one_of(&["vendor", "external"]);
    let provider =
        if provider.or("vendor".to_owned())? == "vendor" { "vendor" } else { "external" };
    let template = fields.uuid("external_knowledge_api_id").optional()?;
    fields.text("external_knowledge_id").optional()?;
    let retrieval = models::retrieval(&fields)?;
    let summary = summary(&fields)?;
    let embedding = models::embedding(&fields)?;
    models::check_reranking(retrieval.as_ref())?;
    if world.knowledge.has_name(&name, "") {
        return Err(Refusal::new(
            409,
            "dataset_name_duplicate",
            "There is one of this name already.",
        ));
    }
    if provider == "external" && template.is_some_and(|id| !id.is_empty()) {
        let message = "The workspace has no such template for knowledge kept elsewhere.";
        return Err(Refusal::invalid_param(message));
    }
    let mut base = Dataset::new(world.ids.uuid(), name, unix());
    if technique == Some(Technique::HighQuality) {
        base.embedding = Some(embedding.unwrap_or_else(models::default_embedding));
    }
    (base.description, base.technique, base.permission) = (description, technique, permission);
    (base.provider, base.retrieval, base.summary) = (provider, retrieval, summary);
    let reply = Reply::written(&BaseView::of(&world.knowledge, &base, Asked::Made));
    world.knowledge.add(base);
    Ok(reply)
}

fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    let page = Page::of(call)?;
    let all = call.query_fields().boolean("include_all").or(false)?;
    let keyword = take::keyword(call)?.map(str::to_lowercase);
    let tags: Vec<&str> = call.query_all("tag_ids").collect();
    if tags.iter().any(|tag| uuid::Uuid::try_parse(tag).is_err()) {
        return Err(Refusal::field(Breach::Format, "`tag_ids` has to be UUIDs."));
    }
    world.knowledge.settle(&mut world.ids);
    let knowledge = &world.knowledge;
    let wanted = |base: &&Dataset| {
        (all || base.permission != "partial_members" || base.members.contains(&knowledge.owner))
            && keyword.as_ref().is_none_or(|word| base.name.to_lowercase().contains(word.as_str()))
            && tags.iter().all(|tag| base.tags.iter().any(|own| own.eq_ignore_ascii_case(tag)))
    };
    let total = knowledge.datasets.iter().filter(wanted).count();
    let range = page.range(total);
    let newest = knowledge.datasets.iter().rev().filter(wanted);
    let data: Vec<BaseView<'_>> = newest
        .skip(range.start)
        .take(range.len())
        .map(|base| BaseView::of(knowledge, base, Asked::Listed))
        .collect();
    let has_more = page.has_more(data.len());
    Ok(Reply::written(&BasePage { data, has_more, limit: page.limit, total, page: page.page }))
}

fn read(world: &mut World, call: &Call<'_>) -> Outcome {
    take::base(world, call)?;
    told(world, call, Asked::Read)
}

fn told(world: &World, call: &Call<'_>, asked: Asked) -> Outcome {
    let base = world.knowledge.datasets.get(call.param("dataset_id"));
    let base = base.ok_or_else(|| Refusal::not_found("knowledge base"))?;
    Ok(Reply::written(&BaseView::of(&world.knowledge, base, asked)))
}

/// The accounts that a request shares a knowledge base with.
fn members(fields: &Fields<'_>) -> Result<Option<Vec<String>>, Refusal> {
    let Some(items) = fields.list("partial_member_list").optional()? else { return Ok(None) };
    let member = |item: Value| {
        let user = item.get("user_id").and_then(Value::as_str)?;
        uuid::Uuid::try_parse(user).ok().map(|user| user.to_string())
    };
    let members: Option<Vec<String>> = items.into_iter().map(member).collect();
    let message = "`partial_member_list` has to be a list of objects with a UUID `user_id`.";
    members.map(Some).ok_or_else(|| Refusal::field(Breach::Type, message))
}

fn change(world: &mut World, call: &Call<'_>) -> Outcome {
    let fields = take::body(call)?;
    let name = take::storable("name", fields.text("name").length(1..=40).optional()?)?;
    let description =
        take::storable("description", fields.text("description").length(0..=400).optional()?)?;
    let (technique, permission) = (technique(&fields)?, permission(&fields)?);
    let model = fields.text("embedding_model").optional()?.filter(|model| !model.is_empty());
    let retrieval = models::retrieval(&fields)?;
    let members = members(&fields)?;
    fields.uuid("external_knowledge_api_id").optional()?;
    fields.text("external_knowledge_id").optional()?;
    if let Some(own) = fields.object("external_retrieval_model").optional()? {
        let own = Fields::of_object(&own);
        own.integer("top_k").or(2)?;
        own.number("score_threshold").optional()?;
        own.boolean("score_threshold_enabled").optional()?;
    }
    let embedding = models::embedding(&fields)?;
    models::check_reranking(retrieval.as_ref())?;
    let id = call.param("dataset_id");
    if let Some(name) = &name
        && world.knowledge.has_name(name, id)
    {
        return Err(Refusal::invalid_param("Another knowledge base has this name."));
    }
    let base = take::base(world, call)?;
    if base.provider == "external" {
        let message = "Knowledge that is kept elsewhere has no template in this workspace.";
        return Err(Refusal::invalid_param(message));
    }
    if technique == Some(Technique::HighQuality) && !base.is_high_quality() && embedding.is_none()
        || model.is_some() && embedding.is_none()
    {
        let message = "`embedding_model` and `embedding_model_provider` are required together.";
        return Err(Refusal::field(Breach::Missing, message));
    }
    if fields.has("description") {
        base.description = description;
    }
    if embedding.is_some() {
        base.embedding = embedding;
    }
    if technique == Some(Technique::Economy) {
        base.embedding = None;
    }
    base.technique = technique.or(base.technique);
    if retrieval.is_some() {
        base.retrieval = retrieval;
    }
    if let Some(permission) = permission {
        base.permission = permission;
        if permission != "partial_members" {
            base.members = Vec::new();
        } else if let Some(members) = members.filter(|members| !members.is_empty()) {
            base.members = members;
        }
    }
    (base.updated, base.updated_at) = (true, unix());
    if let Some(name) = name {
        world.knowledge.rename(id, name);
    }
    told(world, call, Asked::Changed)
}

fn delete(world: &mut World, call: &Call<'_>) -> Outcome {
    let base = world.knowledge.remove(call.param("dataset_id"));
    let base = base.ok_or_else(|| Refusal::not_found("knowledge base"))?;
    for document in base.documents.iter() {
        if let Some(file) = document.source.file() {
            world.files.remove(file);
        }
    }
    Ok(Reply::no_content())
}
