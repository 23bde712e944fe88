//! Documents: listed, read, deleted, switched on and off, and how far their indexing is.

use serde_json::{Value, json};

use super::document_views::{Told, status};
use super::take::{self, Page};
use crate::mock::call::Call;
use crate::mock::refusal::{Breach, Refusal};
use crate::mock::reply::{Outcome, Reply};
use crate::mock::routes::{Access, Route};
use crate::mock::state::{Document, Stage, World, now, unix};

/// The operations.
pub const ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/datasets/{dataset_id:uuid}/documents",
        access: Access::Knowledge,
        handle: list,
    },
    Route {
        method: "GET",
        path: "/datasets/{dataset_id:uuid}/documents/{document_id:uuid}",
        access: Access::Knowledge,
        handle: read,
    },
    Route {
        method: "DELETE",
        path: "/datasets/{dataset_id:uuid}/documents/{document_id:uuid}",
        access: Access::Knowledge,
        handle: delete,
    },
    Route {
        method: "GET",
        path: "/datasets/{dataset_id:uuid}/documents/{batch}/indexing-status",
        access: Access::Knowledge,
        handle: progress,
    },
    Route {
        method: "PATCH",
        path: "/datasets/{dataset_id:uuid}/documents/status/{action}",
        access: Access::Knowledge,
        handle: switch,
    },
];

/// What people may be shown of the state of a document.
const SHOWN: [&str; 7] =
    ["queuing", "indexing", "paused", "error", "available", "disabled", "archived"];

fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    let (page, keyword) = (Page::of(call)?, take::keyword(call)?);
    let shown = call.query("status").map(|status| match status.to_ascii_lowercase().as_str() {
        "active" | "enabled" => "available".to_owned(),
        other => other.to_owned(),
    });
    // What is no such state is passed over.
    let shown = shown.filter(|shown| SHOWN.contains(&shown.as_str()));
    take::base(world, call)?;
    let told = told(world, call)?;
    let now = now();
    let wanted = |own: &&Document| {
        shown.as_ref().is_none_or(|shown| own.display_status(now) == shown)
            && keyword.is_none_or(|keyword| own.name.contains(keyword))
    };
    let total = told.base.documents.iter().filter(wanted).count();
    let range = page.range(total);
    let newest = told.base.documents.iter().rev().filter(wanted);
    let data: Vec<Value> =
        newest.skip(range.start).take(range.len()).map(|own| told.brief(own)).collect();
    Ok(Reply::json(json!({
        "has_more": page.has_more(data.len()),
        "data": data,
        "limit": page.limit,
        "total": total,
        "page": page.page,
    })))
}

/// What documents of the base of the path are told with.
pub fn told<'w>(world: &'w World, call: &Call<'_>) -> Result<Told<'w>, Refusal> {
    let base = world.knowledge.datasets.get(call.param("dataset_id"));
    let base = base.ok_or_else(|| Refusal::not_found("knowledge base"))?;
    Ok(Told { base, files: &world.files, owner: &world.knowledge.owner })
}

fn read(world: &mut World, call: &Call<'_>) -> Outcome {
    take::document(take::base(world, call)?, call)?;
    let told = told(world, call)?;
    let own = told.base.documents.get(call.param("document_id"));
    let own = own.ok_or_else(|| Refusal::not_found("document"))?;
    let metadata = || json!({ "doc_type": null, "doc_metadata": told.metadata(own) });
    let mut reply = match call.query("metadata").unwrap_or("all") {
        "without" => return Ok(Reply::json(told.detail(own))),
        "only" => json!({ "id": own.id }),
        "all" => told.detail(own),
        _ => {
            let message = "`metadata` has to be one of all, only, without.";
            return Err(Refusal::new(400, "invalid_metadata", message));
        }
    };
    if let (Value::Object(reply), Value::Object(metadata)) = (&mut reply, metadata()) {
        reply.extend(metadata);
    }
    Ok(Reply::json(reply))
}

fn delete(world: &mut World, call: &Call<'_>) -> Outcome {
    let base = take::base(world, call)?;
    if take::document(base, call)?.archived {
        let message = "What is archived cannot be deleted.";
        return Err(Refusal::new(403, "archived_document_immutable", message));
    }
    let document = base.documents.remove(call.param("document_id"));
    if let Some(file) = document.as_ref().and_then(|document| document.source.file()) {
        world.files.remove(file);
    }
    Ok(Reply::no_content())
}

fn progress(world: &mut World, call: &Call<'_>) -> Outcome {
    let base = take::base(world, call)?;
    let batch = call.param("batch");
    let data: Vec<Value> =
        base.documents.iter().filter(|own| own.batch == batch).map(status).collect();
    if data.is_empty() {
        return Err(Refusal::not_found("batch of documents"));
    }
    Ok(Reply::json(json!({ "data": data })))
}

fn switch(world: &mut World, call: &Call<'_>) -> Outcome {
    let action = call.param("action");
    let body = call.object()?;
    let invalid = |message: String| Refusal::new(400, "invalid_action", message);
    if !["enable", "disable", "archive", "un_archive"].contains(&action) {
        let message = format!("{action} is none of enable, disable, archive, un_archive.");
        return Err(invalid(message));
    }
    let message = "`document_ids` has to be a list of UUIDs.";
    let ids: Vec<String> = match body.get("document_ids") {
        None | Some(Value::Null) => Vec::new(),
        Some(ids) => {
            let id = |id: &Value| uuid::Uuid::try_parse(id.as_str()?).ok().map(|id| id.to_string());
            let ids: Option<Vec<String>> =
                ids.as_array().and_then(|ids| ids.iter().map(id).collect());
            ids.ok_or_else(|| Refusal::field(Breach::Type, message))?
        }
    };
    let base = take::base(world, call)?;
    let now = now();
    // Either all change or none; what is not there is passed over.
    for own in ids.iter().filter_map(|id| base.documents.get(id)) {
        if action == "disable" && own.stage(now) != Stage::Completed {
            return Err(invalid(format!("{} is not indexed yet.", own.name)));
        }
    }
    for id in &ids {
        if let Some(own) = base.documents.get_mut(id) {
            switched(own, action, now);
        }
    }
    Ok(Reply::success())
}

/// Does what an action says. What can be found of a document can be so of its chunks.
fn switched(own: &mut Document, action: &str, now: f64) {
    let found = own.enabled && !own.archived;
    match action {
        "enable" if !own.enabled => (own.enabled, own.disabled_at) = (true, None),
        "disable" if own.enabled => (own.enabled, own.disabled_at) = (false, Some(unix())),
        "archive" if !own.archived => own.archived = true,
        "un_archive" if own.archived => own.archived = false,
        _ => return,
    }
    own.updated_at = now;
    let finds = own.enabled && !own.archived;
    if finds != found {
        for segment in own.segments.iter_mut() {
            segment.enabled = finds;
            segment.disabled_at = (!finds).then(unix);
            segment.updated_at = unix();
        }
    }
}
