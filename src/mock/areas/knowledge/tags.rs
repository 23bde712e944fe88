//! Tags of knowledge bases.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::take;
use crate::mock::call::Call;
use crate::mock::fields::Fields;
use crate::mock::refusal::{Breach, Refusal};
use crate::mock::reply::{Outcome, Reply};
use crate::mock::routes::{Access, Route};
use crate::mock::state::{Dataset, Knowledge, Tag, World};

const KEY: Access = Access::Knowledge;

/// The operations.
pub const ROUTES: &[Route] = &[
    Route { method: "GET", path: "/datasets/tags", access: KEY, handle: list },
    Route { method: "POST", path: "/datasets/tags", access: KEY, handle: create },
    Route { method: "PATCH", path: "/datasets/tags", access: KEY, handle: rename },
    Route { method: "DELETE", path: "/datasets/tags", access: KEY, handle: delete },
    Route { method: "POST", path: "/datasets/tags/binding", access: KEY, handle: bind },
    Route { method: "POST", path: "/datasets/tags/unbinding", access: KEY, handle: unbind },
    Route { method: "GET", path: "/datasets/{dataset_id:uuid}/tags", access: KEY, handle: of_base },
];

/// A tag, and on how many knowledge bases it is: a number, told as a text.
fn told(tag: &Tag, bound: usize) -> Value {
    json!({ "id": tag.id, "name": tag.name, "type": "knowledge", "binding_count": bound.to_string() })
}

#[expect(clippy::unnecessary_wraps, reason = "handlers that never refuse are of the same type")]
fn list(world: &mut World, _: &Call<'_>) -> Outcome {
    let knowledge = &world.knowledge;
    let mut bound: HashMap<&str, usize> = HashMap::new();
    for tag in knowledge.datasets.iter().flat_map(|base| &base.tags) {
        *bound.entry(tag).or_default() += 1;
    }
    let newest = knowledge.tags.iter().rev();
    let tags = newest.map(|tag| told(tag, bound.get(tag.id.as_str()).copied().unwrap_or(0)));
    Ok(Reply::json(tags.collect()))
}

fn name(fields: &Fields<'_>) -> Result<String, Refusal> {
    fields.text("name").length(1..=50).storable().required()
}

/// Refuses a name that another tag has.
fn check_free(knowledge: &Knowledge, name: &str, beside: &str) -> Result<(), Refusal> {
    if knowledge.tags.iter().any(|tag| tag.name == name && tag.id != beside) {
        return Err(Refusal::invalid_param("There is a tag of this name already."));
    }
    Ok(())
}

fn create(world: &mut World, call: &Call<'_>) -> Outcome {
    let name = name(&take::body(call)?)?;
    check_free(&world.knowledge, &name, "")?;
    let tag = Tag { id: world.ids.uuid(), name };
    let reply = Reply::json(told(&tag, 0));
    world.knowledge.tags.insert(tag.id.clone(), tag);
    Ok(reply)
}

fn rename(world: &mut World, call: &Call<'_>) -> Outcome {
    let fields = take::body(call)?;
    let name = name(&fields)?;
    let id = fields.text("tag_id").required()?.to_ascii_lowercase();
    let knowledge = &mut world.knowledge;
    if knowledge.tags.get(&id).is_none() {
        return Err(Refusal::not_found("tag"));
    }
    check_free(knowledge, &name, &id)?;
    let bound = knowledge.bound(&id);
    let tag = knowledge.tags.get_mut(&id).ok_or_else(|| Refusal::not_found("tag"))?;
    tag.name = name;
    Ok(Reply::json(told(tag, bound)))
}

fn delete(world: &mut World, call: &Call<'_>) -> Outcome {
    let id = take::body(call)?.text("tag_id").required()?.to_ascii_lowercase();
    let knowledge = &mut world.knowledge;
    knowledge.tags.remove(&id).ok_or_else(|| Refusal::not_found("tag"))?;
    for base in knowledge.datasets.iter_mut() {
        base.tags.retain(|own| *own != id);
    }
    Ok(Reply::no_content())
}

/// Ids of tags, of which there has to be one at least.
fn tag_ids(ids: Vec<String>) -> Result<Vec<String>, Refusal> {
    if ids.is_empty() {
        return Err(Refusal::field(Breach::Bounds, "`tag_ids` has to name a tag."));
    }
    let id = |id: String| {
        let id = uuid::Uuid::try_parse(&id).map(|id| id.to_string());
        id.map_err(|_| Refusal::field(Breach::Format, "`tag_ids` has to be UUIDs."))
    };
    ids.into_iter().map(id).collect()
}

fn target<'k>(knowledge: &'k mut Knowledge, id: &str) -> Result<&'k mut Dataset, Refusal> {
    let base = knowledge.datasets.get_mut(&id.to_ascii_lowercase());
    base.ok_or_else(|| Refusal::not_found("knowledge base"))
}

fn bind(world: &mut World, call: &Call<'_>) -> Outcome {
    let fields = take::body(call)?;
    let mut ids = tag_ids(fields.texts("tag_ids").required()?)?;
    let id = fields.text("target_id").required()?;
    // Unknown tags are passed over.
    ids.retain(|id| world.knowledge.tags.get(id).is_some());
    let base = target(&mut world.knowledge, &id)?;
    for id in ids {
        if !base.tags.contains(&id) {
            base.tags.push(id);
        }
    }
    Ok(Reply::no_content())
}

fn unbind(world: &mut World, call: &Call<'_>) -> Outcome {
    let fields = take::body(call)?;
    let one = fields.text("tag_id").optional()?.filter(|id| !id.is_empty());
    if let Some(one) = &one {
        tag_ids(vec![one.clone()])?;
    }
    let mut ids = fields.texts("tag_ids").or(Vec::new())?;
    if ids.is_empty() {
        ids.extend(one);
    }
    let ids = tag_ids(ids)?;
    let base = target(&mut world.knowledge, &fields.text("target_id").required()?)?;
    base.tags.retain(|own| !ids.contains(own));
    Ok(Reply::no_content())
}

fn of_base(world: &mut World, call: &Call<'_>) -> Outcome {
    let id = call.param("dataset_id").to_ascii_lowercase();
    let base = world.knowledge.datasets.get(&id);
    let base = base.ok_or_else(|| Refusal::not_found("knowledge base"))?;
    let tag = |tag: &Tag| json!({ "id": tag.id, "name": tag.name });
    let data: Vec<Value> = world.knowledge.tags_of(base).map(tag).collect();
    Ok(Reply::json(json!({ "total": data.len(), "data": data })))
}
