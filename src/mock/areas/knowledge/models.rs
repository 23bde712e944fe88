//! The models that requests name, and how they want to find.

use serde_json::Value;

use crate::mock::fields::Fields;
use crate::mock::refusal::{Breach, Refusal};
use crate::mock::state::{
    Condition, Conditions, Embedding, KeywordWeight, RerankingModel, Retrieval, SearchMethod,
    VectorWeight, Weights, model,
};

/// The embedding model of the workspace, where nobody names one.
pub fn default_embedding() -> Embedding {
    let model = model::of_kind("text-embedding").next().map_or("", |model| model.name);
    Embedding { provider: model::PROVIDER.to_owned(), model: model.to_owned() }
}

/// Whether the workspace has an embedding model.
pub fn is_available(embedding: &Embedding) -> bool {
    model::is_known("text-embedding", &embedding.provider, &embedding.model)
}

/// The embedding model that a request names, if it does, and it is one of the workspace.
pub fn embedding(fields: &Fields<'_>) -> Result<Option<Embedding>, Refusal> {
    let named = |field: Option<String>| field.filter(|name| !name.is_empty());
    let model = named(fields.text("embedding_model").optional()?);
    let provider = named(fields.text("embedding_model_provider").optional()?);
    let (Some(model), Some(provider)) = (model, provider) else { return Ok(None) };
    let mut embedding = Embedding { provider, model };
    if !is_available(&embedding) {
        return Err(no_model(&embedding.model, &embedding.provider));
    }
    // It may have been named in short.
    model::PROVIDER.clone_into(&mut embedding.provider);
    Ok(Some(embedding))
}

fn no_model(model: &str, provider: &str) -> Refusal {
    Refusal::invalid_param(format!("The workspace has no model {model} of {provider} for this."))
}

/// Refuses a model that ranks, and is not one of the workspace.
pub fn check_reranking(retrieval: Option<&Retrieval>) -> Result<(), Refusal> {
    let Some(own) = retrieval.map(|retrieval| &retrieval.reranking_model) else { return Ok(()) };
    let given = |name: &Option<String>| name.clone().filter(|name| !name.is_empty());
    match given(&own.reranking_provider_name).zip(given(&own.reranking_model_name)) {
        Some((provider, name)) if !model::is_known("rerank", &provider, &name) => {
            Err(no_model(&name, &provider))
        }
        _ => Ok(()),
    }
}

/// How to find, where a request says so.
pub fn retrieval(fields: &Fields<'_>) -> Result<Option<Retrieval>, Refusal> {
    let Some(object) = fields.object("retrieval_model").optional()? else { return Ok(None) };
    let own = Fields::of_object(&object);
    let method = own.text("search_method").one_of(&SearchMethod::WORDS).required()?;
    let retrieval = Retrieval {
        search_method: SearchMethod::from_word(&method).unwrap_or(SearchMethod::Semantic),
        reranking_enable: own.boolean("reranking_enable").required()?,
        reranking_model: reranking(&own)?,
        reranking_mode: own
            .text("reranking_mode")
            .one_of(&["reranking_model", "weighted_score"])
            .optional()?,
        top_k: own.integer("top_k").required()?,
        score_threshold_enabled: own.boolean("score_threshold_enabled").required()?,
        score_threshold: own.number("score_threshold").optional()?,
        weights: weights(&own)?,
        conditions: conditions(&own)?,
    };
    Ok(Some(retrieval))
}

fn reranking(fields: &Fields<'_>) -> Result<RerankingModel, Refusal> {
    let Some(object) = fields.object("reranking_model").optional()? else {
        return Ok(RerankingModel::default());
    };
    let own = Fields::of_object(&object);
    Ok(RerankingModel {
        reranking_provider_name: own.text("reranking_provider_name").optional()?,
        reranking_model_name: own.text("reranking_model_name").optional()?,
    })
}

fn weights(fields: &Fields<'_>) -> Result<Option<Weights>, Refusal> {
    let Some(object) = fields.object("weights").optional()? else { return Ok(None) };
    let own = Fields::of_object(&object);
    let mut weights = Weights {
        first: own
            .text("weight_type")
            .one_of(&["semantic_first", "keyword_first", "customized"])
            .optional()?,
        ..Weights::default()
    };
    if let Some(object) = own.object("keyword_setting").optional()? {
        let weight = Fields::of_object(&object).number("keyword_weight").required()?;
        weights.keyword_setting = KeywordWeight { weight: Some(weight) };
    }
    if let Some(object) = own.object("vector_setting").optional()? {
        let own = Fields::of_object(&object);
        weights.vector_setting = VectorWeight {
            weight: Some(own.number("vector_weight").required()?),
            embedding_model_name: Some(own.text("embedding_model_name").required()?),
            embedding_provider_name: Some(own.text("embedding_provider_name").required()?),
        };
    }
    Ok(Some(weights))
}

fn conditions(fields: &Fields<'_>) -> Result<Option<Conditions>, Refusal> {
    let name = "metadata_filtering_conditions";
    let Some(object) = fields.object(name).optional()? else { return Ok(None) };
    let own = Fields::of_object(&object);
    let operator = own.text("logical_operator").one_of(&["and", "or"]).optional()?;
    let mut conditions = Conditions { any: operator.as_deref() == Some("or"), all: Vec::new() };
    for item in own.list("conditions").optional()?.unwrap_or_default() {
        let Value::Object(item) = item else {
            let message = "`conditions` has to be a list of objects.";
            return Err(Refusal::field(Breach::Type, message));
        };
        let own = Fields::of_object(&item);
        let value = item.get("value").cloned().unwrap_or_default();
        let texts =
            |value: &Value| value.as_array().is_some_and(|v| v.iter().all(Value::is_string));
        if !(value.is_null() || value.is_string() || value.is_number() || texts(&value)) {
            let message = "`value` has to be a text, a number or a list of texts.";
            return Err(Refusal::field(Breach::Type, message));
        }
        conditions.all.push(Condition {
            name: own.text("name").required()?,
            operator: own.text("comparison_operator").one_of(Condition::OPERATORS).required()?,
            value,
        });
    }
    Ok(Some(conditions))
}
