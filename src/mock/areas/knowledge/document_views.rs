//! Documents as answers tell them.

use serde_json::{Map, Value, json};

use super::base_views::BUILT_IN;
use crate::mock::state::{
    Dataset, Document, Files, OWNER_NAME, ProcessRule, Rules, Source, Stage, now,
};

/// A time in whole seconds.
pub fn whole(time: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "it is far from the limit")]
    let seconds = time.floor() as i64;
    seconds
}

/// What a document is told with.
#[derive(Debug, Clone, Copy)]
pub struct Told<'w> {
    /// Its knowledge base.
    pub base: &'w Dataset,
    /// The files of the workspace.
    pub files: &'w Files,
    /// The id of the owner of the workspace.
    pub owner: &'w str,
}

impl Told<'_> {
    /// What is told of the file of a document; nothing where there is none.
    fn source(&self, source: &Source) -> Value {
        let Source::Upload { file, at, text } = source else { return json!({}) };
        let Some(file) = self.files.get(file) else { return json!({}) };
        // A text is as long as it has characters, and has an ending of its own.
        let (size, extension) = match std::str::from_utf8(&file.content) {
            Ok(content) if *text => (content.chars().count(), "txt".to_owned()),
            _ => (file.content.len(), file.extension()),
        };
        json!({
            "upload_file": {
                "id": file.id,
                "name": file.name,
                "size": size,
                "extension": extension,
                "mime_type": file.media_type,
                "created_by": self.owner,
                "created_at": at,
            },
        })
    }

    /// A document as most answers tell it.
    pub fn brief(&self, own: &Document) -> Value {
        let now = now();
        let mut told = json!({
            "id": own.id,
            "position": own.position,
            "data_source_type": own.source.word(),
            "data_source_info": match &own.source {
                Source::Upload { file, .. } => json!({ "upload_file_id": file }),
                Source::Pipeline(_, info) => info.clone(),
            },
            "data_source_detail_dict": self.source(&own.source),
            "dataset_process_rule_id": own.rule.as_ref().map(|rule| &rule.id),
            "name": own.name,
            "created_from": own.created_from,
            "created_by": self.owner,
            "created_at": whole(own.created_at),
            "tokens": own.tokens,
            "indexing_status": own.stage(now).word(),
            "error": own.error(now),
            "enabled": own.enabled,
            "disabled_at": own.disabled_at,
            "disabled_by": own.disabled_at.map(|_| self.owner),
            "archived": own.archived,
        });
        let rest = json!({
            "display_status": own.display_status(now),
            "word_count": own.length(now),
            "hit_count": own.hit_count(),
            "doc_form": own.form.word(),
            "doc_metadata": self.metadata(own).unwrap_or_default(),
            "summary_index_status": null,
            "need_summary": own.need_summary,
        });
        extend(&mut told, rest);
        told
    }

    /// A document as it is told alone, without its metadata.
    pub fn detail(&self, own: &Document) -> Value {
        let now = now();
        let length = own.length(now).unwrap_or_default();
        let count = i64::try_from(own.segments.len()).unwrap_or_default();
        let mut told = json!({
            "id": own.id,
            "position": own.position,
            "data_source_type": own.source.word(),
            "data_source_info": self.source(&own.source),
            "dataset_process_rule_id": own.rule.as_ref().map(|rule| &rule.id),
            "dataset_process_rule": newest_rule(self.base),
            "document_process_rule": own.rule.as_ref().map_or_else(|| json!({}), |rule| {
                let (id, mode) = (&rule.id, rule.mode.word());
                json!({ "id": id, "dataset_id": self.base.id, "mode": mode, "rules": rule.told() })
            }),
            "name": own.name,
            "created_from": own.created_from,
            "created_by": self.owner,
            "created_at": whole(own.created_at),
            "tokens": own.tokens,
            "indexing_status": own.stage(now).word(),
            "completed_at": own.began(Stage::Completed, now),
            "updated_at": whole(own.updated_at),
            "indexing_latency": own.latency,
            "error": own.error(now),
            "enabled": own.enabled,
            "disabled_at": own.disabled_at,
            "disabled_by": own.disabled_at.map(|_| self.owner),
            "archived": own.archived,
        });
        let rest = json!({
            "segment_count": count,
            "average_segment_length": if count == 0 { 0 } else { length / count },
            "hit_count": own.hit_count(),
            "display_status": own.display_status(now),
            "doc_form": own.form.word(),
            "doc_language": own.language,
            "summary_index_status": null,
            "need_summary": own.need_summary,
        });
        extend(&mut told, rest);
        told
    }

    /// The metadata of a document: values of its fields and what all documents have; nothing where
    /// nobody gave it any.
    pub fn metadata(&self, own: &Document) -> Option<Vec<Value>> {
        let metadata = own.metadata.as_ref().filter(|metadata| !metadata.is_empty())?;
        let fields = self.base.metadata.iter().filter(|field| own.fields.contains(&field.id));
        let mut told: Vec<Value> = fields
            .map(|field| {
                let value = metadata.get(&field.name);
                json!({ "id": field.id, "name": field.name, "type": field.kind, "value": value })
            })
            .collect();
        for (name, kind) in BUILT_IN {
            let value = match name {
                "document_name" => own.name.clone(),
                "uploader" => OWNER_NAME.to_owned(),
                "upload_date" => own.created_at.to_string(),
                "last_update_date" => own.updated_at.to_string(),
                _ => own.source.told().to_owned(),
            };
            told.push(json!({ "id": "built-in", "name": name, "type": kind, "value": value }));
        }
        Some(told)
    }
}

/// What every document of a base has among its values where the built-in fields are on.
pub fn built_in(own: &Document) -> Map<String, Value> {
    let values = [
        json!(own.name),
        json!(OWNER_NAME),
        json!(own.created_at),
        json!(own.updated_at),
        json!(own.source.told()),
    ];
    BUILT_IN.iter().zip(values).map(|((name, _), value)| ((*name).to_owned(), value)).collect()
}

/// The rule that a base cut by last, or the default.
fn newest_rule(base: &Dataset) -> Value {
    match &base.rule {
        Some(rule) => json!({ "mode": rule.mode.word(), "rules": ProcessRule::told(rule) }),
        None => json!({ "mode": "custom", "rules": Rules::own(1024).told_as_own() }),
    }
}

fn extend(value: &mut Value, more: Value) {
    if let (Value::Object(value), Value::Object(more)) = (value, more) {
        value.extend(more);
    }
}

/// How far the indexing of a document is.
pub fn status(own: &Document) -> Value {
    let now = now();
    let began = |stage| own.began(stage, now);
    let total = own.pieces(now);
    json!({
        "id": own.id,
        "indexing_status": own.stage(now).word(),
        "processing_started_at": began(Stage::Parsing),
        "parsing_completed_at": began(Stage::Splitting),
        "cleaning_completed_at": began(Stage::Indexing),
        "splitting_completed_at": began(Stage::Indexing),
        "completed_at": began(Stage::Completed),
        "paused_at": null,
        "error": own.error(now),
        "stopped_at": own.error(now).and_then(|_| began(Stage::Splitting)),
        "completed_segments": own.segments.len(),
        "total_segments": total,
    })
}
