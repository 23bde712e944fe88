//! What requests about knowledge have in common: bodies, pages, models, rules, and what ids stand for.

use std::ops::Range;
use std::sync::LazyLock;

use serde_json::{Map, Value};

use crate::mock::call::Call;
use crate::mock::fields::Fields;
use crate::mock::refusal::{Breach, Refusal};
use crate::mock::state::{
    Condition, Conditions, Dataset, Document, Embedding, KeywordWeight, ParentMode, ProcessRule,
    RerankingModel, Retrieval, RuleMode, Rules, SearchMethod, Segment, Segmentation, VectorWeight,
    Weights, World,
};

/// The provider of all models of the workspace.
const PROVIDER: &str = "langgenius/openai/openai";

/// Its embedding model.
const EMBEDDING: &str = "stub-embedding";

/// Its model that ranks.
const RERANKING: &str = "stub-rerank";

/// How many items a page holds at most.
const PAGE: i64 = 100;

/// The members of a JSON body. What is empty counts as an empty object here.
pub fn body<'c>(call: &'c Call<'_>) -> Result<Fields<'c>, Refusal> {
    static EMPTY: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);
    let empty = match call.json()? {
        Value::Null | Value::Bool(false) => true,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(_) => false,
        Value::Bool(true) => false,
    };
    if empty { Ok(Fields::of_object(&EMPTY)) } else { call.fields() }
}

/// The page that is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Page {
    /// As it was asked for.
    pub page: i64,
    /// As it was asked for.
    pub limit: i64,
}

impl Page {
    /// Reads `page` and `limit`.
    pub fn of(call: &Call<'_>) -> Result<Self, Refusal> {
        let query = call.query_fields();
        Self { page: query.integer("page").or(1)?, limit: query.integer("limit").or(20)? }.checked()
    }

    /// The same, where numbers that are none count as not sent, and both have to be 1 at least.
    pub fn strict(call: &Call<'_>) -> Result<Self, Refusal> {
        let number = |name: &str, default: i64| match call.query(name) {
            Some(text) if text.trim().parse::<i64>().is_err() => Ok(default),
            _ => call.query_fields().integer(name).range(1..=i64::MAX).or(default),
        };
        Self { page: number("page", 1)?, limit: number("limit", 20)? }.checked()
    }

    fn checked(self) -> Result<Self, Refusal> {
        if self.page.checked_mul(PAGE).is_none() {
            let message = "`page` has to be a number that can be counted to.";
            return Err(Refusal::field(Breach::Bounds, message));
        }
        Ok(self)
    }

    /// How many items it holds. The server takes what makes no sense for the default.
    pub fn size(self) -> i64 {
        if self.limit < 1 { 20 } else { self.limit.min(PAGE) }
    }

    /// Which of so many items are on it.
    pub fn range(self, total: usize) -> Range<usize> {
        let from = (self.page.max(1) - 1).saturating_mul(self.size());
        let at = |place: i64| usize::try_from(place).unwrap_or(usize::MAX).min(total);
        at(from)..at(from.saturating_add(self.size()))
    }

    /// What is told of so many items: the page's own are as many as were asked for.
    pub fn has_more(self, found: usize) -> bool {
        i64::try_from(found) == Ok(self.limit)
    }
}

/// A text of the query that something is looked for with; empty counts as none.
pub fn keyword<'c>(call: &'c Call<'_>) -> Result<Option<&'c str>, Refusal> {
    let keyword = call.query("keyword").filter(|keyword| !keyword.is_empty());
    if keyword.is_some_and(|keyword| keyword.contains('\0')) {
        return Err(nul("keyword"));
    }
    Ok(keyword)
}

fn nul(name: &str) -> Refusal {
    Refusal::field(Breach::Format, format!("`{name}` must not contain U+0000."))
}

/// A text without U+0000, which the database does not take.
pub fn storable(name: &str, text: Option<String>) -> Result<Option<String>, Refusal> {
    if text.as_ref().is_some_and(|text| text.contains('\0')) { Err(nul(name)) } else { Ok(text) }
}

/// The knowledge base of the path. Indexings that are due are done first.
pub fn base<'w>(world: &'w mut World, call: &Call<'_>) -> Result<&'w mut Dataset, Refusal> {
    world.knowledge.settle(&mut world.ids);
    let base = world.knowledge.datasets.get_mut(call.param("dataset_id"));
    base.ok_or_else(|| Refusal::not_found("knowledge base"))
}

/// The document of the path.
pub fn document<'b>(base: &'b mut Dataset, call: &Call<'_>) -> Result<&'b mut Document, Refusal> {
    let document = base.documents.get_mut(call.param("document_id"));
    document.ok_or_else(|| Refusal::not_found("document"))
}

/// The chunk of the path.
pub fn segment<'d>(own: &'d mut Document, call: &Call<'_>) -> Result<&'d mut Segment, Refusal> {
    let segment = own.segments.get_mut(call.param("segment_id"));
    segment.ok_or_else(|| Refusal::not_found("chunk"))
}

/// A provider as it is called in full.
fn provider(name: &str) -> String {
    if name.contains('/') { name.to_owned() } else { format!("langgenius/{name}/{name}") }
}

/// The embedding model that a request names, if it does, and it is one of the workspace.
pub fn embedding(fields: &Fields<'_>) -> Result<Option<Embedding>, Refusal> {
    let model = fields.text("embedding_model").optional()?.filter(|name| !name.is_empty());
    let owner = fields.text("embedding_model_provider").optional()?;
    let owner = owner.filter(|name| !name.is_empty());
    let (Some(model), Some(owner)) = (model, owner) else { return Ok(None) };
    let embedding = Embedding { provider: provider(&owner), model };
    if embedding != default_embedding() {
        let (model, provider) = (embedding.model, embedding.provider);
        return Err(no_model(&format!("embedding model {model} of {provider}")));
    }
    Ok(Some(embedding))
}

/// The embedding model of the workspace.
pub fn default_embedding() -> Embedding {
    Embedding { provider: PROVIDER.to_owned(), model: EMBEDDING.to_owned() }
}

fn no_model(what: &str) -> Refusal {
    Refusal::invalid_param(format!("The workspace has no {what}."))
}

/// Refuses a model that ranks, and is not one of the workspace.
pub fn check_reranking(retrieval: Option<&Retrieval>) -> Result<(), Refusal> {
    let Some(model) = retrieval.map(|retrieval| &retrieval.reranking_model) else { return Ok(()) };
    let named = |name: &Option<String>| name.clone().filter(|name| !name.is_empty());
    let owner = named(&model.reranking_provider_name);
    match (owner, named(&model.reranking_model_name)) {
        (Some(owner), Some(name)) if provider(&owner) != PROVIDER || name != RERANKING => {
            Err(no_model(&format!("model {name} of {owner} for ranking")))
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
        search_method: SearchMethod::from_word(&method).unwrap_or(SearchMethod::SemanticSearch),
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
        weight_type: own
            .text("weight_type")
            .one_of(&["semantic_first", "keyword_first", "customized"])
            .optional()?,
        ..Weights::default()
    };
    if let Some(object) = own.object("keyword_setting").optional()? {
        let weight = Fields::of_object(&object).number("keyword_weight").required()?;
        weights.keyword_setting = KeywordWeight { keyword_weight: Some(weight) };
    }
    if let Some(object) = own.object("vector_setting").optional()? {
        let own = Fields::of_object(&object);
        weights.vector_setting = VectorWeight {
            vector_weight: Some(own.number("vector_weight").required()?),
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

/// How to cut, where a request says so. The rule has no id yet.
pub fn process_rule(fields: &Fields<'_>) -> Result<Option<ProcessRule>, Refusal> {
    let Some(object) = fields.object("process_rule").optional()? else { return Ok(None) };
    let own = Fields::of_object(&object);
    let mode = own.text("mode").one_of(&["automatic", "custom", "hierarchical"]).required()?;
    let rules = match own.object("rules").optional()? {
        Some(object) => Some(rules(&Fields::of_object(&object))?),
        None => None,
    };
    let mode = match mode.as_str() {
        "automatic" => return Ok(Some(ProcessRule::automatic(String::new()))),
        "custom" => RuleMode::Custom,
        _ => RuleMode::Hierarchical,
    };
    let missing = |name: &str| {
        let message = format!("`{name}` is required for this mode.");
        Err(Refusal::field(Breach::Missing, message))
    };
    let Some(mut rules) = rules else { return missing("rules") };
    if rules.cleaning.is_none() {
        return missing("pre_processing_rules");
    }
    if mode == RuleMode::Hierarchical {
        rules.parent_mode.get_or_insert(ParentMode::Paragraph);
    }
    let Some(cut) = &rules.segmentation else { return missing("segmentation") };
    if cut.separator.is_empty() {
        return missing("separator");
    }
    let whole = mode == RuleMode::Hierarchical && rules.parent_mode == Some(ParentMode::FullDoc);
    if !whole && cut.max_tokens == 0 {
        return missing("max_tokens");
    }
    Ok(Some(ProcessRule { id: String::new(), mode, rules }))
}

fn rules(fields: &Fields<'_>) -> Result<Rules, Refusal> {
    let parent_mode = fields.text("parent_mode").one_of(&["full-doc", "paragraph"]).optional()?;
    let parent_mode = parent_mode.map(|mode| match mode.as_str() {
        "full-doc" => ParentMode::FullDoc,
        _ => ParentMode::Paragraph,
    });
    let cleaning = match fields.list("pre_processing_rules").optional()? {
        Some(items) => Some(cleaning(&items)?),
        None => None,
    };
    let segmentation = segmentation(fields, "segmentation")?;
    let below = self::segmentation(fields, "subchunk_segmentation")?;
    Ok(Rules { cleaning, segmentation, parent_mode, below })
}

fn cleaning(items: &[Value]) -> Result<Vec<(String, bool)>, Refusal> {
    let mut rules: Vec<(String, bool)> = Vec::new();
    for item in items {
        let Value::Object(item) = item else {
            let message = "`pre_processing_rules` has to be a list of objects.";
            return Err(Refusal::field(Breach::Type, message));
        };
        let own = Fields::of_object(item);
        let known = ["remove_stopwords", "remove_extra_spaces", "remove_urls_emails"];
        let (id, enabled) =
            (own.text("id").one_of(&known).required()?, own.boolean("enabled").required()?);
        // The last word on a rule counts.
        match rules.iter_mut().find(|(own, _)| *own == id) {
            Some(rule) => rule.1 = enabled,
            None => rules.push((id, enabled)),
        }
    }
    Ok(rules)
}

fn segmentation(fields: &Fields<'_>, name: &str) -> Result<Option<Segmentation>, Refusal> {
    let Some(object) = fields.object(name).optional()? else { return Ok(None) };
    let own = Fields::of_object(&object);
    Ok(Some(Segmentation {
        separator: own.text("separator").or("\n".to_owned())?,
        max_tokens: own.integer("max_tokens").required()?,
        chunk_overlap: own.integer("chunk_overlap").or(0)?,
    }))
}
