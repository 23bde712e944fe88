//! Chunks as answers tell them.

use serde_json::{Value, json};

use crate::mock::state::{ChildChunk, Document, ParentMode, RuleMode, Segment};

/// A chunk.
pub fn segment(own: &Document, segment: &Segment, owner: &str) -> Value {
    let mut told = found(own, segment, owner);
    if let Value::Object(told) = &mut told {
        let shown = if shows_children(own) { &segment.children[..] } else { &[] };
        let children: Vec<Value> = shown.iter().map(|own| child(segment, own)).collect();
        for (name, value) in [
            ("sign_content", json!(segment.content)),
            ("keywords", json!(segment.keywords)),
            ("updated_at", json!(segment.updated_at)),
            ("updated_by", json!(segment.updated.then_some(owner))),
            ("child_chunks", children.into()),
            ("attachments", json!([])),
            ("summary", json!(segment.summary)),
        ] {
            told.insert(name.to_owned(), value);
        }
    }
    told
}

/// A chunk as it is told where it was found.
pub fn found(own: &Document, segment: &Segment, owner: &str) -> Value {
    json!({
        "id": segment.id,
        "position": segment.position,
        "document_id": own.id,
        "content": segment.content,
        "sign_content": null,
        "answer": segment.answer,
        "word_count": segment.word_count,
        "tokens": segment.tokens,
        "keywords": segment.keywords.as_deref().unwrap_or_default(),
        "index_node_id": segment.index_node_id,
        "index_node_hash": segment.index_node_hash,
        "hit_count": segment.hit_count,
        "enabled": segment.enabled,
        "disabled_at": segment.disabled_at,
        "disabled_by": segment.disabled_at.map(|_| owner),
        "status": "completed",
        "created_by": owner,
        "created_at": segment.created_at,
        "indexing_at": segment.indexing_at,
        "completed_at": segment.completed_at,
        "error": null,
        "stopped_at": null,
    })
}

/// Whether chunks of a document are told with those below them: only where they are paragraphs.
fn shows_children(own: &Document) -> bool {
    own.rule.as_ref().is_some_and(|rule| {
        rule.mode == RuleMode::Hierarchical && rule.rules.parent_mode == Some(ParentMode::Paragraph)
    })
}

/// A chunk below a chunk.
pub fn child(segment: &Segment, own: &ChildChunk) -> Value {
    json!({
        "id": own.id,
        "segment_id": segment.id,
        "content": own.content,
        "position": own.position,
        "word_count": own.content.chars().count(),
        "type": if own.customized { "customized" } else { "automatic" },
        "created_at": own.created_at,
        "updated_at": own.updated_at,
    })
}
