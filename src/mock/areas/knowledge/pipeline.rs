//! Knowledge bases that a pipeline fills.

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::Offset;
use serde_json::{Value, json};

use super::saving::batch;
use super::take;
use crate::mock::areas::files::brought;
use crate::mock::call::Call;
use crate::mock::refusal::{Breach, Refusal};
use crate::mock::reply::{Outcome, Reply};
use crate::mock::routes::{Access, Route};
use crate::mock::state::{Dataset, DocumentForm, Frame, NewDocument, Source, World, now, whole};

const fn route(
    method: &'static str,
    path: &'static str,
    handle: fn(&mut World, &Call<'_>) -> Outcome,
) -> Route {
    Route { method, path, access: Access::Knowledge, handle }
}

/// The operations.
pub const ROUTES: &[Route] = &[
    route("POST", "/datasets/pipeline/file-upload", upload),
    route("GET", "/datasets/{dataset_id:uuid}/pipeline/datasource-plugins", plugins),
    route(
        "POST",
        "/datasets/{dataset_id:uuid}/pipeline/datasource/nodes/{node_id}/run",
        run_datasource,
    ),
    route("POST", "/datasets/{dataset_id:uuid}/pipeline/run", run),
];

/// The kinds of datasources.
const KINDS: [&str; 4] = ["local_file", "online_document", "website_crawl", "online_drive"];

/// The nodes that every pipeline begins with: id, kind, provider and title.
const NODES: [(&str, &str, &str, &str); 2] =
    [("dsfile", "local_file", "file", "File"), ("dscrawl", "website_crawl", "firecrawl", "Crawl")];

/// The knowledge base of a call, which has a pipeline.
fn base<'w>(world: &'w World, call: &Call<'_>) -> Result<&'w Dataset, Refusal> {
    let base = world.knowledge.datasets.get(call.param("dataset_id"));
    let base = base.ok_or_else(|| Refusal::not_found("knowledge base"))?;
    match &base.pipeline {
        Some(_) => Ok(base),
        None => Err(Refusal::invalid_param("No pipeline fills this knowledge base.")),
    }
}

/// Keeps a file for a pipeline.
fn upload(world: &mut World, call: &Call<'_>) -> Outcome {
    let owner = world.knowledge.owner.clone();
    let file = brought(world, call, None, owner)?;
    let told = json!({
        "id": file.id,
        "name": file.name,
        "size": file.content.len(),
        "extension": file.extension(),
        "mime_type": file.media_type,
        "created_by": file.owner,
        "created_at": moment(now()),
    });
    world.files.insert(file.id.clone(), file);
    Ok(Reply::json(told).status(201))
}

/// A time in UTC with its microseconds, as the server writes it.
fn moment(seconds: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "it is far from the limit")]
    let time = Timestamp::from_microsecond((seconds * 1e6) as i64).unwrap_or_default();
    Offset::UTC.to_datetime(time).strftime("%Y-%m-%dT%H:%M:%S%.6f").to_string()
}

/// The nodes that the pipeline begins with.
fn plugins(world: &mut World, call: &Call<'_>) -> Outcome {
    call.query_fields().boolean("is_published").or(true)?;
    base(world, call)?;
    let node = |(id, kind, provider, title): (&str, &str, &str, &str)| {
        let inputs = if kind == "website_crawl" { vec![url_input(id)] } else { Vec::new() };
        json!({
            "node_id": id,
            "plugin_id": format!("langgenius/{provider}"),
            "provider_name": provider,
            "datasource_type": kind,
            "title": title,
            "user_input_variables": inputs,
            "credentials": [],
        })
    };
    Ok(Reply::json(NODES.map(node).into_iter().collect()))
}

/// What a crawler asks for.
fn url_input(node: &str) -> Value {
    json!({
        "belong_to_node_id": node,
        "type": "text-input",
        "label": "URL",
        "description": "",
        "variable": "url",
        "max_length": 200,
        "default_value": "http://127.0.0.1/",
        "placeholder": null,
        "unit": null,
        "tooltips": null,
        "allowed_file_types": null,
        "allowed_file_extensions": [],
        "allowed_file_upload_methods": [],
        "required": true,
        "options": [],
    })
}

/// Lets a datasource tell what it has. All that goes wrong from here on is an event.
fn run_datasource(world: &mut World, call: &Call<'_>) -> Outcome {
    let fields = take::body(call)?;
    let inputs = fields.object("inputs").required()?;
    let kind = fields.text("datasource_type").one_of(&KINDS).required()?;
    fields.text("credential_id").optional()?;
    fields.boolean("is_published").required()?;
    base(world, call)?;
    let node = NODES.iter().find(|(id, ..)| *id == call.param("node_id"));
    let events = match node {
        Some((_, own, ..)) if *own == kind && kind == "website_crawl" => {
            let url = inputs.get("url").and_then(Value::as_str).unwrap_or("http://127.0.0.1/");
            crawl(url, world.chunk_delay)
        }
        Some((_, own, ..)) if *own == kind => vec![failed("This kind of source is not browsed.")],
        Some(_) => vec![failed("The node is not of this `datasource_type`.")],
        None => vec![failed("The pipeline has no such node.")],
    };
    let name = world.ids.uuid();
    let delay = world.chunk_delay;
    world.feeds.start(&name, events.into_iter().map(|event| (delay, Frame::Event(event))), false);
    Ok(Reply::feed(name))
}

fn failed(error: &str) -> Value {
    json!({ "event": "datasource_error", "error": error })
}

/// What stands on the page with this address.
fn page(url: &str) -> String {
    format!("What stands at {url}.\n\nIt is about ferns.")
}

fn crawl(url: &str, delay: Duration) -> Vec<Value> {
    let found = json!({
        "source_url": url,
        "content": page(url),
        "title": "Ferns",
        "description": "A page about ferns.",
    });
    // The server tells hundredths of a second.
    let seconds = (delay.as_secs_f64() * 100.0).round() / 100.0;
    vec![
        json!({ "event": "datasource_processing", "total": 1, "completed": 0 }),
        json!({
            "event": "datasource_completed",
            "data": [found],
            "total": 1,
            "completed": 1,
            "time_consuming": seconds,
        }),
    ]
}

/// Runs the pipeline. One that is published answers at once with the documents that it will make.
fn run(world: &mut World, call: &Call<'_>) -> Outcome {
    let fields = take::body(call)?;
    fields.object("inputs").required()?;
    let kind = fields.text("datasource_type").required()?;
    let infos = fields.list("datasource_info_list").required()?;
    let start = fields.text("start_node_id").required()?;
    let published = fields.boolean("is_published").required()?;
    let streaming = fields.text("response_mode").required()? == "streaming";
    if !infos.iter().all(Value::is_object) {
        let message = "`datasource_info_list` has to be a list of objects.";
        return Err(Refusal::field(Breach::Type, message));
    }
    base(world, call)?;
    let Some(kind) = KINDS.into_iter().find(|own| *own == kind) else {
        let message = format!("`datasource_type` has to be one of {}.", KINDS.join(", "));
        return Err(Refusal::field(Breach::Enum, message));
    };
    if !NODES.iter().any(|(id, own, ..)| *id == start && *own == kind) {
        let message = "The pipeline has no `start_node_id` of this `datasource_type`.";
        return Err(Refusal::field(Breach::Enum, message));
    }
    if !published {
        return Ok(rehearse(world, streaming));
    }
    let lot = batch(world);
    let mut ids = Vec::new();
    for one in infos {
        ids.push(make(world, call, kind, one, &lot)?);
    }
    let base = base(world, call)?;
    let document = |id: &String| {
        let own = base.documents.get(id)?;
        let Source::Pipeline(kind, info) = &own.source else { return None };
        Some(json!({
            "id": own.id,
            "position": own.position,
            "data_source_type": kind,
            "data_source_info": info,
            "name": own.name,
            "indexing_status": "waiting",
            "error": null,
            "enabled": own.enabled,
        }))
    };
    Ok(Reply::run(json!({
        "batch": lot,
        "dataset": {
            "id": base.id,
            "name": base.name,
            "description": base.description.as_deref().unwrap_or_default(),
            "chunk_structure": base.chunk_structure,
        },
        "documents": ids.iter().filter_map(document).collect::<Value>(),
    })))
}

/// Makes the document of one item of a source. What cannot be read makes one that fails.
fn make(
    world: &mut World,
    call: &Call<'_>,
    kind: &'static str,
    info: Value,
    batch: &str,
) -> Result<String, Refusal> {
    let text = match kind {
        "local_file" => {
            let ids = ["reference", "related_id"].iter().filter_map(|name| info[*name].as_str());
            let file = ids.filter_map(|id| world.files.get(id)).find(|file| file.app.is_none());
            file.map(|file| String::from_utf8_lossy(&file.content).into_owned())
        }
        "website_crawl" => {
            let url = info["url"].as_str().or_else(|| info["source_url"].as_str());
            info["content"].as_str().map(str::to_owned).or_else(|| url.map(page))
        }
        _ => info["content"].as_str().map(str::to_owned),
    };
    let name = match kind {
        "online_document" => &info["page"]["page_name"],
        "website_crawl" => &info["title"],
        _ => &info["name"],
    };
    let name = name.as_str().unwrap_or("untitled").to_owned();
    let form = base(world, call)?.chunk_structure.and_then(DocumentForm::from_word);
    let new = NewDocument {
        name,
        source: Source::Pipeline(kind, info),
        rule: None,
        batch: batch.to_owned(),
        created_from: "rag-pipeline",
        form: form.unwrap_or(DocumentForm::Text),
        language: "English".to_owned(),
        text: text.clone().unwrap_or_default(),
    };
    let (ids, takes, dataset) = (&mut world.ids, world.index_time, call.param("dataset_id"));
    let id = world.knowledge.add_document(ids, dataset, new, takes).unwrap_or_default();
    let base = world.knowledge.datasets.get_mut(dataset);
    if text.is_none()
        && let Some(own) = base.and_then(|base| base.documents.get_mut(&id))
    {
        own.job.pieces = Some(Err("The source could not be read.".to_owned()));
    }
    Ok(id)
}

/// Runs the pipeline as it is drawn: it is tried, and nothing is kept of that.
fn rehearse(world: &mut World, streaming: bool) -> Reply {
    let [run, task, workflow] = [(); 3].map(|()| world.ids.uuid());
    let time = whole(now());
    let data = json!({
        "id": run,
        "workflow_id": workflow,
        "status": "succeeded",
        "outputs": {},
        "error": null,
        "elapsed_time": 0.001,
        "total_tokens": 0,
        "total_steps": 3,
        "created_at": time,
        "finished_at": time,
    });
    if !streaming {
        return Reply::run(json!({ "task_id": task, "workflow_run_id": run, "data": data }));
    }
    let event = |name: &str, data: Value| {
        let event = json!({
            "event": name,
            "workflow_run_id": run,
            "task_id": task,
            "data": data,
        });
        (Duration::ZERO, Frame::Event(event))
    };
    let started = json!({
        "id": run,
        "workflow_id": workflow,
        "inputs": {},
        "created_at": time,
        "reason": "initial",
    });
    let mut finished = data;
    finished["created_by"] = json!({ "id": world.knowledge.owner, "user": "Hazel" });
    finished["exceptions_count"] = json!(0);
    finished["files"] = json!([]);
    let frames = [event("workflow_started", started), event("workflow_finished", finished)];
    world.feeds.start(&task, frames, false);
    Reply::feed(task)
}
