//! How to find in a knowledge base.

use serde::Serialize;

/// How chunks are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SearchMethod {
    /// By meaning.
    SemanticSearch,
    /// By the words of the text.
    FullTextSearch,
    /// By both.
    HybridSearch,
    /// By the keywords of chunks.
    KeywordSearch,
}

impl SearchMethod {
    /// The server's words for them.
    pub const WORDS: [&str; 4] =
        ["semantic_search", "full_text_search", "hybrid_search", "keyword_search"];

    /// The method that the server calls so.
    pub fn from_word(word: &str) -> Option<Self> {
        let methods =
            [Self::SemanticSearch, Self::FullTextSearch, Self::HybridSearch, Self::KeywordSearch];
        Self::WORDS.iter().zip(methods).find(|(own, _)| **own == word).map(|(_, method)| method)
    }
}

/// The model that ranks what was found.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct RerankingModel {
    /// Its provider.
    pub reranking_provider_name: Option<String>,
    /// Its name.
    pub reranking_model_name: Option<String>,
}

/// How much the ways to find count.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Weights {
    /// Which of them comes first.
    pub weight_type: Option<String>,
    /// The weight of keywords.
    pub keyword_setting: KeywordWeight,
    /// The weight of meaning.
    pub vector_setting: VectorWeight,
}

/// How much keywords count.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct KeywordWeight {
    /// From 0 to 1.
    pub keyword_weight: Option<f64>,
}

/// How much meaning counts, and who tells it.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct VectorWeight {
    /// From 0 to 1.
    pub vector_weight: Option<f64>,
    /// The name of the embedding model.
    pub embedding_model_name: Option<String>,
    /// Its provider.
    pub embedding_provider_name: Option<String>,
}

/// How to find in a knowledge base, as answers tell it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Retrieval {
    /// How chunks are found.
    pub search_method: SearchMethod,
    /// Whether what was found is ranked by a model.
    pub reranking_enable: bool,
    /// What ranks: `reranking_model` or `weighted_score`.
    pub reranking_mode: Option<String>,
    /// The model that ranks.
    pub reranking_model: RerankingModel,
    /// How much the ways to find count.
    pub weights: Option<Weights>,
    /// How many chunks are wanted at most.
    pub top_k: i64,
    /// Whether low scores are left out.
    pub score_threshold_enabled: bool,
    /// The least score.
    pub score_threshold: Option<f64>,
}

impl Default for Retrieval {
    fn default() -> Self {
        Self {
            search_method: SearchMethod::SemanticSearch,
            reranking_enable: false,
            reranking_mode: None,
            reranking_model: RerankingModel {
                reranking_provider_name: Some(String::new()),
                reranking_model_name: Some(String::new()),
            },
            weights: None,
            top_k: 2,
            score_threshold_enabled: false,
            score_threshold: None,
        }
    }
}
