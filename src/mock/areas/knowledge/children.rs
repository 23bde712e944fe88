//! Chunks below chunks: added, listed, changed, deleted.

use serde_json::{Value, json};

use super::segment_views;
use super::take::{self, Page};
use crate::mock::call::Call;
use crate::mock::refusal::Refusal;
use crate::mock::reply::{Outcome, Reply};
use crate::mock::routes::{Access, Route};
use crate::mock::state::{ChildChunk, Segment, World, unix};

const CHILDREN: &str = "/datasets/{dataset_id:uuid}/documents/{document_id:uuid}/segments/{segment_id:uuid}/child_chunks";

const CHILD: &str = "/datasets/{dataset_id:uuid}/documents/{document_id:uuid}/segments/{segment_id:uuid}/child_chunks/{child_chunk_id:uuid}";

/// The operations.
pub const ROUTES: &[Route] = &[
    Route { method: "POST", path: CHILDREN, access: Access::Knowledge, handle: create },
    Route { method: "GET", path: CHILDREN, access: Access::Knowledge, handle: list },
    Route { method: "PATCH", path: CHILD, access: Access::Knowledge, handle: change },
    Route { method: "DELETE", path: CHILD, access: Access::Knowledge, handle: delete },
];

fn segment<'w>(world: &'w mut World, call: &Call<'_>) -> Result<&'w mut Segment, Refusal> {
    take::segment(take::document(take::base(world, call)?, call)?, call)
}

fn place(segment: &Segment, call: &Call<'_>) -> Result<usize, Refusal> {
    let id = call.param("child_chunk_id");
    let place = segment.children.iter().position(|child| child.id == id);
    place.ok_or_else(|| Refusal::not_found("chunk below this one"))
}

fn content(call: &Call<'_>) -> Result<String, Refusal> {
    let content = take::body(call)?.text("content").required()?;
    Ok(take::storable("content", Some(content))?.unwrap_or_default())
}

fn create(world: &mut World, call: &Call<'_>) -> Outcome {
    segment(world, call)?;
    let content = content(call)?;
    let (id, now) = (world.ids.uuid(), unix());
    let segment = segment(world, call)?;
    let position = segment.next_position();
    let child =
        ChildChunk { id, position, content, customized: true, created_at: now, updated_at: now };
    let data = segment_views::child(segment, &child);
    segment.children.push(child);
    Ok(Reply::json(json!({ "data": data })))
}

fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    let segment = segment(world, call)?;
    let mut page = Page::strict(call)?;
    page.limit = page.size();
    let keyword = take::keyword(call)?.map(str::to_lowercase);
    let wanted = |child: &&ChildChunk| {
        keyword.as_ref().is_none_or(|word| child.content.to_lowercase().contains(word.as_str()))
    };
    let total = segment.children.iter().filter(wanted).count();
    let range = page.range(total);
    let data: Vec<Value> = segment
        .children
        .iter()
        .filter(wanted)
        .skip(range.start)
        .take(range.len())
        .map(|child| segment_views::child(segment, child))
        .collect();
    let size = usize::try_from(page.limit).unwrap_or(usize::MAX);
    Ok(Reply::json(json!({
        "data": data,
        "total": total,
        "total_pages": total.div_ceil(size),
        "page": page.page,
        "limit": page.limit,
    })))
}

fn change(world: &mut World, call: &Call<'_>) -> Outcome {
    let segment = segment(world, call)?;
    let place = place(segment, call)?;
    let content = content(call)?;
    let child = &mut segment.children[place];
    (child.content, child.customized, child.updated_at) = (content, true, unix());
    Ok(Reply::json(json!({ "data": segment_views::child(segment, &segment.children[place]) })))
}

fn delete(world: &mut World, call: &Call<'_>) -> Outcome {
    let segment = segment(world, call)?;
    let place = place(segment, call)?;
    segment.children.remove(place);
    Ok(Reply::no_content())
}
