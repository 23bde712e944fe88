//! Finding chunks for a query.

use serde_json::{Value, json};

use super::segment_views;
use super::{models, take};
use crate::mock::call::Call;
use crate::mock::refusal::{Breach, Refusal};
use crate::mock::reply::{Outcome, Reply};
use crate::mock::routes::{Access, Route};
use crate::mock::state::{Document, DocumentForm, Retrieval, SearchMethod, Segment, World, now};
use crate::mock::text;

/// The operations. The second is the older name of the first.
pub const ROUTES: &[Route] = &[
    Route {
        method: "POST",
        path: "/datasets/{dataset_id:uuid}/retrieve",
        access: Access::Knowledge,
        handle: retrieve,
    },
    Route {
        method: "POST",
        path: "/datasets/{dataset_id:uuid}/hit-testing",
        access: Access::Knowledge,
        handle: retrieve,
    },
];

/// A chunk that was found.
struct Found<'d> {
    document: &'d Document,
    segment: &'d Segment,
    score: f64,
    /// The chunks below it that were found, by their places, and how well they fit.
    below: Vec<(usize, f64)>,
}

fn retrieve(world: &mut World, call: &Call<'_>) -> Outcome {
    let fields = take::body(call)?;
    let query = fields.text("query").length(0..=250).required()?;
    let query = take::storable("query", Some(query))?.unwrap_or_default();
    let asked = models::retrieval(&fields)?;
    fields.object("external_retrieval_model").optional()?;
    let files = fields.texts("attachment_ids").optional()?.unwrap_or_default();
    if query.is_empty() && files.is_empty() {
        let message = "`query` has to have something in it, or `attachment_ids` has.";
        return Err(Refusal::field(Breach::Bounds, message));
    }
    let owner = world.knowledge.owner.clone();
    let base = take::base(world, call)?;
    let unset = || Retrieval { top_k: 4, ..Retrieval::default() };
    let how = asked.or_else(|| base.retrieval.clone()).unwrap_or_else(unset);
    if how.search_method != SearchMethod::Keyword && !base.is_high_quality() {
        let message = "Without an embedding model there is nothing but keyword_search.";
        return Err(Refusal::invalid_param(message));
    }
    let now = now();
    let empty = serde_json::Map::new();
    let wanted = |own: &&Document| {
        let metadata = own.metadata.as_ref().unwrap_or(&empty);
        own.is_available(now) && how.conditions.as_ref().is_none_or(|all| all.hold(metadata))
    };
    let documents = base.documents.iter().filter(wanted);
    let chunks = documents.flat_map(|own| own.segments.iter().map(move |segment| (own, segment)));
    let mut found: Vec<Found<'_>> = chunks
        .filter(|(_, segment)| segment.enabled && !query.is_empty())
        .filter_map(|(document, segment)| fit(document, segment, &query, how.search_method))
        .collect();
    found.sort_by(|one, other| other.score.total_cmp(&one.score));
    let keywords = how.search_method == SearchMethod::Keyword;
    if let (true, false, Some(least)) = (how.score_threshold_enabled, keywords, how.score_threshold)
    {
        found.retain(|found| found.score >= least);
    }
    found.truncate(usize::try_from(how.top_k).unwrap_or_default());
    let records: Vec<Value> = found.iter().map(|found| told(found, keywords, &owner)).collect();
    Ok(Reply::json(json!({ "query": { "content": query }, "records": records })))
}

/// How well a chunk fits; nothing where it does not.
fn fit<'d>(
    document: &'d Document,
    segment: &'d Segment,
    query: &str,
    method: SearchMethod,
) -> Option<Found<'d>> {
    let score = |content: &str| match method {
        SearchMethod::Keyword => {
            let keywords = segment.keywords.as_deref().unwrap_or_default().join(" ");
            text::shared_words(query, &keywords)
        }
        SearchMethod::FullText => text::shared_words(query, content),
        SearchMethod::Semantic => text::likeness(query, content),
        SearchMethod::Hybrid => {
            text::likeness(query, content).max(text::shared_words(query, content))
        }
    };
    let (score, below) = if document.form == DocumentForm::Hierarchical {
        let children = segment.children.iter().enumerate();
        let scored = children.map(|(place, child)| (place, score(&child.content)));
        let mut below: Vec<(usize, f64)> = scored.filter(|(_, score)| *score > 0.0).collect();
        below.sort_by(|one, other| other.1.total_cmp(&one.1));
        (below.first().map_or(0.0, |(_, score)| *score), below)
    } else {
        (score(&segment.content), Vec::new())
    };
    (score > 0.0).then_some(Found { document, segment, score, below })
}

fn told(found: &Found<'_>, keywords: bool, owner: &str) -> Value {
    let own = found.document;
    let mut segment = segment_views::found(own, found.segment, owner);
    segment["document"] = json!({
        "id": own.id,
        "data_source_type": own.source.word(),
        "name": own.name,
        "doc_type": null,
        "doc_metadata": own.metadata,
    });
    let child = |(place, score): &(usize, f64)| {
        let child = &found.segment.children[*place];
        let (id, content, position) = (&child.id, &child.content, child.position);
        json!({ "id": id, "content": content, "position": position, "score": score })
    };
    let children: Vec<Value> = found.below.iter().map(child).collect();
    json!({
        "segment": segment,
        "child_chunks": children,
        // Keywords fit or do not.
        "score": if keywords { 0.0 } else { found.score },
        "tsne_position": null,
        "files": [],
        "summary": found.segment.summary,
    })
}
