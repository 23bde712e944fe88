//! Chunks: added, listed, read, changed, deleted.

use serde_json::{Value, json};

use super::segment_views;
use super::take::{self, Page};
use crate::mock::call::Call;
use crate::mock::fields::Fields;
use crate::mock::refusal::{Breach, Refusal};
use crate::mock::reply::{Outcome, Reply};
use crate::mock::routes::{Access, Route};
use crate::mock::state::{Document, DocumentForm, Ids, Segment, Stage, World, now, unix};
use crate::mock::text::{self, Piece};

const SEGMENTS: &str = "/datasets/{dataset_id:uuid}/documents/{document_id:uuid}/segments";

const SEGMENT: &str =
    "/datasets/{dataset_id:uuid}/documents/{document_id:uuid}/segments/{segment_id:uuid}";

/// The operations.
pub const ROUTES: &[Route] = &[
    Route { method: "POST", path: SEGMENTS, access: Access::Knowledge, handle: create },
    Route { method: "GET", path: SEGMENTS, access: Access::Knowledge, handle: list },
    Route { method: "GET", path: SEGMENT, access: Access::Knowledge, handle: read },
    Route { method: "POST", path: SEGMENT, access: Access::Knowledge, handle: change },
    Route { method: "DELETE", path: SEGMENT, access: Access::Knowledge, handle: delete },
];

/// The most files that a chunk may have.
const FILES: usize = 10;

/// What becomes a chunk.
struct New {
    content: String,
    answer: Option<String>,
    keywords: Option<Vec<String>>,
}

/// Ids of files, which have to be UUIDs.
fn files(fields: &Fields<'_>) -> Result<Vec<String>, Refusal> {
    let ids = fields.texts("attachment_ids").optional()?.unwrap_or_default();
    if ids.iter().any(|id| uuid::Uuid::try_parse(id).is_err()) {
        return Err(Refusal::field(Breach::Format, "`attachment_ids` has to be UUIDs."));
    }
    Ok(ids)
}

fn new(item: &Value) -> Result<(New, usize), Refusal> {
    let Value::Object(item) = item else {
        return Err(Refusal::field(Breach::Type, "`segments` has to be a list of objects."));
    };
    let own = Fields::of_object(item);
    let content = own.text("content").must(|text| !text.trim().is_empty(), "have something in it");
    let content = take::storable("content", Some(content.required()?))?.unwrap_or_default();
    let new = New {
        content,
        answer: take::storable("answer", own.text("answer").optional()?)?,
        keywords: own.texts("keywords").optional()?,
    };
    Ok((new, files(&own)?.len()))
}

fn news(call: &Call<'_>) -> Result<Vec<(New, usize)>, Refusal> {
    let items = take::body(call)?.list("segments");
    let items = items.must(|items| !items.is_empty(), "have something in it").required()?;
    items.iter().map(new).collect()
}

fn create(world: &mut World, call: &Call<'_>) -> Outcome {
    let base = take::base(world, call)?;
    let measured = base.is_high_quality();
    let own = take::document(base, call)?;
    if own.stage(now()) != Stage::Completed || !own.enabled {
        return Err(Refusal::not_found("document that chunks can be added to now"));
    }
    // What is wrong with the body itself is told in an envelope of its own.
    call.json()?;
    let news = match news(call) {
        Ok(news) => news,
        Err(refusal) => return Ok(Reply::json(json!({ "error": refusal.message })).status(400)),
    };
    for (new, files) in &news {
        if own.form == DocumentForm::Qa
            && new.answer.as_ref().is_none_or(|text| text.trim().is_empty())
        {
            return Err(Refusal::field(Breach::Missing, "`answer` is required here."));
        }
        if *files > FILES {
            let message = format!("`attachment_ids` has to have at most {FILES} items.");
            return Err(Refusal::field(Breach::Bounds, message));
        }
    }
    let owner = world.knowledge.owner.clone();
    let base = world.knowledge.datasets.get_mut(call.param("dataset_id"));
    let own = take::document(base.ok_or_else(Refusal::unknown)?, call)?;
    let mut data = Vec::new();
    for (new, _) in news {
        let segment = added(own, new, measured, &mut world.ids);
        own.word_count = Some(own.word_count.unwrap_or_default() + segment.word_count);
        data.push(segment_views::segment(own, &segment, &owner));
        own.segments.insert(segment.id.clone(), segment);
    }
    Ok(Reply::json(json!({ "data": data, "doc_form": own.form.word() })))
}

fn added(own: &Document, new: New, measured: bool, ids: &mut Ids) -> Segment {
    let answer = new.answer.filter(|_| own.form == DocumentForm::Qa);
    let children = match own.form {
        DocumentForm::Hierarchical if measured => children(own, &new.content),
        _ => Vec::new(),
    };
    let piece = Piece { content: new.content, answer, children };
    let position = own.segments.iter().map(|other| other.position).max().unwrap_or(0) + 1;
    let now = unix();
    let mut segment = Segment::of(&piece, position, measured, own.form, (now, now), ids);
    match new.keywords.filter(|keywords| !keywords.is_empty()) {
        Some(keywords) => segment.keywords = Some(keywords),
        None => _ = segment.keywords.get_or_insert_default(),
    }
    segment
}

/// What lies below a text by the rule of its document.
fn children(own: &Document, content: &str) -> Vec<String> {
    let pieces = text::pieces(content, own.form, own.rule.as_deref()).unwrap_or_default();
    pieces.into_iter().flat_map(|piece| piece.children).collect()
}

/// The states of a chunk.
const STATES: [&str; 5] = ["waiting", "indexing", "completed", "error", "paused"];

fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    let page = Page::strict(call)?;
    let keyword = take::keyword(call)?.map(str::to_lowercase);
    let states: Vec<&str> = call.query_all("status").collect();
    if !states.iter().all(|state| STATES.contains(state)) {
        let message = format!("`status` has to be one of {}.", STATES.join(", "));
        return Err(Refusal::field(Breach::Enum, message));
    }
    let owner = world.knowledge.owner.clone();
    let own = take::document(take::base(world, call)?, call)?;
    // All chunks are completed as soon as they are there.
    let completed = states.is_empty() || states.contains(&"completed");
    let wanted = |segment: &&Segment| {
        let named = |word: &String| segment.content.to_lowercase().contains(word.as_str());
        completed && keyword.as_ref().is_none_or(named)
    };
    let total = own.segments.iter().filter(wanted).count();
    let range = page.range(total);
    let on_page = own.segments.iter().filter(wanted).skip(range.start).take(range.len());
    let data: Vec<Value> =
        on_page.map(|segment| segment_views::segment(own, segment, &owner)).collect();
    Ok(Reply::json(json!({
        "has_more": page.has_more(data.len()),
        "data": data,
        "doc_form": own.form.word(),
        "total": total,
        "limit": page.limit,
        "page": page.page,
    })))
}

/// The answer with one chunk.
fn told(own: &Document, call: &Call<'_>, owner: &str) -> Outcome {
    let segment = own.segments.get(call.param("segment_id"));
    let segment = segment.ok_or_else(|| Refusal::not_found("chunk"))?;
    let data = segment_views::segment(own, segment, owner);
    Ok(Reply::json(json!({ "data": data, "doc_form": own.form.word() })))
}

fn read(world: &mut World, call: &Call<'_>) -> Outcome {
    let owner = world.knowledge.owner.clone();
    let own = take::document(take::base(world, call)?, call)?;
    told(own, call, &owner)
}

/// What is to change of a chunk; nothing where it stays.
struct Change {
    content: Option<String>,
    answer: Option<String>,
    keywords: Option<Vec<String>>,
    enabled: Option<bool>,
    below: bool,
    summary: Option<String>,
}

fn asked(call: &Call<'_>) -> Result<Change, Refusal> {
    let object = take::body(call)?.object("segment").required()?;
    let own = Fields::of_object(&object);
    files(&own)?;
    let content = take::storable("content", own.text("content").optional()?)?;
    Ok(Change {
        content: content.filter(|content| !content.is_empty()),
        answer: take::storable("answer", own.text("answer").optional()?)?,
        keywords: own.texts("keywords").optional()?.filter(|keywords| !keywords.is_empty()),
        enabled: own.boolean("enabled").optional()?,
        below: own.boolean("regenerate_child_chunks").or(false)?,
        summary: own.text("summary").optional()?,
    })
}

fn change(world: &mut World, call: &Call<'_>) -> Outcome {
    let owner = world.knowledge.owner.clone();
    let base = take::base(world, call)?;
    let measured = base.is_high_quality();
    take::segment(take::document(base, call)?, call)?;
    let change = asked(call)?;
    let base = world.knowledge.datasets.get_mut(call.param("dataset_id"));
    let own = take::document(base.ok_or_else(Refusal::unknown)?, call)?;
    let below = match &change.content {
        Some(content) if change.below && measured && own.form == DocumentForm::Hierarchical => {
            Some(children(own, content))
        }
        None if change.below && measured && own.form == DocumentForm::Hierarchical => {
            let content = take::segment(own, call)?.content.clone();
            Some(children(own, &content))
        }
        _ => None,
    };
    let form = own.form;
    let segment = take::segment(own, call)?;
    if change.enabled == Some(false) && segment.enabled {
        // Whatever else was asked for is not done.
        (segment.enabled, segment.disabled_at) = (false, Some(unix()));
        return told(own, call, &owner);
    }
    if !segment.enabled && change.enabled != Some(true) {
        return Err(Refusal::invalid_param("A disabled chunk can only be enabled."));
    }
    let before = segment.word_count;
    let enabled = change.enabled == Some(true);
    apply(segment, change, measured, form, enabled);
    if let Some(below) = below {
        segment.place(&below, unix(), &mut world.ids);
    }
    let grown = segment.word_count - before;
    own.word_count = Some((own.word_count.unwrap_or_default() + grown).max(0));
    told(own, call, &owner)
}

fn apply(segment: &mut Segment, change: Change, measured: bool, form: DocumentForm, enabled: bool) {
    let content = change.content.filter(|content| *content != segment.content);
    let renewed = content.is_some();
    if let Some(content) = content {
        let now = unix();
        segment.index_node_hash = text::fingerprint(&content);
        segment.content = content;
        segment.updated = true;
        (segment.updated_at, segment.indexing_at, segment.completed_at) = (now, now, now);
    }
    if form == DocumentForm::Qa && change.answer.is_some() {
        segment.answer = change.answer;
    }
    (segment.enabled, segment.disabled_at) = (true, None);
    if measured {
        segment.summary = change.summary.or_else(|| segment.summary.take());
    } else if form != DocumentForm::Hierarchical
        && change.keywords.is_none()
        && (renewed || enabled)
    {
        segment.keywords = Some(text::keywords(&segment.content));
    }
    if let Some(keywords) = change.keywords
        && (!renewed || !measured)
    {
        segment.keywords = Some(keywords);
    }
    segment.measure(measured);
}

fn delete(world: &mut World, call: &Call<'_>) -> Outcome {
    let own = take::document(take::base(world, call)?, call)?;
    let segment = own.segments.remove(call.param("segment_id"));
    let segment = segment.ok_or_else(|| Refusal::not_found("chunk"))?;
    own.word_count = Some((own.word_count.unwrap_or_default() - segment.word_count).max(0));
    Ok(Reply::no_content())
}
