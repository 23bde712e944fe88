//! Knowledge bases as answers tell them.
//!
//! Making one is what load is made with, so this is written down at once and not put together as a value.

use serde::Serialize;

use super::models;
use crate::mock::state::{
    Dataset, Knowledge, OWNER_NAME, Retrieval, SearchMethod, SummarySetting, Technique, now,
};

/// The fields that all documents have: names and kinds.
pub const BUILT_IN: [(&str, &str); 5] = [
    ("document_name", "string"),
    ("uploader", "string"),
    ("upload_date", "time"),
    ("last_update_date", "time"),
    ("source", "string"),
];

/// What is told of a knowledge base.
#[derive(Debug, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "answers have as many")]
pub struct BaseView<'k> {
    id: &'k str,
    name: &'k str,
    description: Option<&'k str>,
    provider: &'k str,
    permission: &'k str,
    data_source_type: Option<&'k str>,
    indexing_technique: Option<Technique>,
    app_count: usize,
    document_count: usize,
    word_count: i64,
    created_by: &'k str,
    author_name: &'k str,
    created_at: i64,
    updated_by: Option<&'k str>,
    updated_at: i64,
    embedding_model: Option<&'k str>,
    embedding_model_provider: Option<&'k str>,
    embedding_available: Option<bool>,
    retrieval_model_dict: Retrieval,
    summary_index_setting: &'k SummarySetting,
    tags: Vec<Named<'k>>,
    doc_form: Option<&'k str>,
    external_knowledge_info: External,
    external_retrieval_model: Elsewhere,
    doc_metadata: Vec<Named<'k>>,
    built_in_field_enabled: bool,
    pipeline_id: Option<&'k str>,
    runtime_mode: &'k str,
    chunk_structure: Option<&'k str>,
    icon_info: Icon,
    is_published: bool,
    total_documents: usize,
    total_available_documents: usize,
    enable_api: bool,
    is_multimodal: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    partial_member_list: Option<&'k [String]>,
}

#[derive(Debug, Serialize)]
struct Named<'k> {
    id: &'k str,
    name: &'k str,
    r#type: &'k str,
}

#[derive(Debug, Default, Serialize)]
struct External {
    #[serde(rename = "external_knowledge_id")]
    id: Option<String>,
    #[serde(rename = "external_knowledge_api_id")]
    api_id: Option<String>,
    #[serde(rename = "external_knowledge_api_name")]
    api_name: Option<String>,
    #[serde(rename = "external_knowledge_api_endpoint")]
    api_endpoint: Option<String>,
}

#[derive(Debug, Serialize)]
struct Elsewhere {
    top_k: i64,
    score_threshold: Option<f64>,
    score_threshold_enabled: Option<bool>,
}

#[derive(Debug, Default, Serialize)]
struct Icon {
    #[serde(rename = "icon_type")]
    kind: Option<&'static str>,
    #[serde(rename = "icon")]
    sign: Option<&'static str>,
    #[serde(rename = "icon_background")]
    background: Option<&'static str>,
    #[serde(rename = "icon_url")]
    url: Option<&'static str>,
}

/// Who asks for a knowledge base.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// Who made it. Nobody looks whether its model can be had.
    Made,
    /// Who changed it. Those that it is shared with are always told.
    Changed,
    /// A list.
    Listed,
    /// Who reads it alone.
    Read,
}

impl<'k> BaseView<'k> {
    /// What is told of a knowledge base.
    pub fn of(knowledge: &'k Knowledge, base: &'k Dataset, asked: Asked) -> Self {
        let now = now();
        let read = matches!(asked, Asked::Listed | Asked::Read);
        let available =
            !base.is_high_quality() || base.embedding.as_ref().is_some_and(models::is_available);
        let external_retrieval_model = match &base.retrieval {
            None => {
                Elsewhere { top_k: 2, score_threshold: Some(0.0), score_threshold_enabled: None }
            }
            Some(own) => Elsewhere {
                top_k: own.top_k,
                score_threshold: own.score_threshold,
                score_threshold_enabled: Some(own.score_threshold_enabled),
            },
        };
        let mut retrieval = base.retrieval.clone().unwrap_or_default();
        // Without a model there is nothing but keywords, which only those are told who ask for one.
        if asked == Asked::Read && !base.is_high_quality() {
            retrieval.search_method = SearchMethod::Keyword;
        }
        let mut doc_metadata: Vec<Named<'_>> = base
            .metadata
            .iter()
            .map(|field| Named { id: &field.id, name: &field.name, r#type: field.kind })
            .collect();
        if base.built_in_fields {
            let named = |(name, kind)| Named { id: "built-in", name, r#type: kind };
            doc_metadata.extend(BUILT_IN.into_iter().map(named));
        }
        let tags = knowledge.tags_of(base);
        let icon_info = match base.pipeline {
            Some(_) => Icon {
                kind: Some("emoji"),
                sign: Some("\u{1f4d9}"),
                background: Some("#FFF4ED"),
                url: None,
            },
            None => Icon::default(),
        };
        let shared = base.permission == "partial_members";
        let told = asked == Asked::Changed || asked == Asked::Read && shared;
        Self {
            id: &base.id,
            name: &base.name,
            description: base.description.as_deref(),
            provider: base.provider,
            permission: base.permission,
            data_source_type: base.data_source_type,
            indexing_technique: base.technique,
            app_count: 0,
            document_count: base.documents.len(),
            word_count: base.documents.iter().filter_map(|own| own.length(now)).sum(),
            created_by: &knowledge.owner,
            author_name: OWNER_NAME,
            created_at: base.created_at,
            updated_by: base.updated.then_some(knowledge.owner.as_str()),
            updated_at: base.updated_at,
            embedding_model: base.embedding.as_ref().map(|own| own.model.as_str()),
            embedding_model_provider: base.embedding.as_ref().map(|own| own.provider.as_str()),
            embedding_available: read.then_some(available),
            retrieval_model_dict: retrieval,
            summary_index_setting: &base.summary,
            tags: tags
                .map(|tag| Named { id: &tag.id, name: &tag.name, r#type: "knowledge" })
                .collect(),
            doc_form: base.form(),
            external_knowledge_info: External::default(),
            external_retrieval_model,
            doc_metadata,
            built_in_field_enabled: base.built_in_fields,
            pipeline_id: base.pipeline.as_ref().map(|own| own.id.as_str()),
            runtime_mode: if base.pipeline.is_some() { "rag_pipeline" } else { "general" },
            chunk_structure: base.chunk_structure,
            icon_info,
            is_published: base.pipeline.as_ref().is_some_and(|own| own.published),
            total_documents: base.documents.len(),
            total_available_documents: base
                .documents
                .iter()
                .filter(|own| own.is_available(now))
                .count(),
            enable_api: true,
            is_multimodal: false,
            partial_member_list: told.then_some(if shared { &base.members } else { &[] }),
        }
    }
}

/// A page of knowledge bases.
#[derive(Debug, Serialize)]
pub struct BasePage<'k> {
    /// The knowledge bases.
    pub data: Vec<BaseView<'k>>,
    /// Whether there may be more.
    pub has_more: bool,
    /// As it was asked for.
    pub limit: i64,
    /// How many there are on all pages.
    pub total: usize,
    /// As it was asked for.
    pub page: i64,
}
