//! How to find in a knowledge base.

use serde::Serialize;
use serde_json::{Map, Value};

/// How chunks are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum SearchMethod {
    /// By meaning.
    #[serde(rename = "semantic_search")]
    Semantic,
    /// By the words of the text.
    #[serde(rename = "full_text_search")]
    FullText,
    /// By both.
    #[serde(rename = "hybrid_search")]
    Hybrid,
    /// By the keywords of chunks.
    #[serde(rename = "keyword_search")]
    Keyword,
}

impl SearchMethod {
    /// The server's words for them.
    pub const WORDS: [&str; 4] =
        ["semantic_search", "full_text_search", "hybrid_search", "keyword_search"];

    /// The method that the server calls so.
    pub fn from_word(word: &str) -> Option<Self> {
        let methods = [Self::Semantic, Self::FullText, Self::Hybrid, Self::Keyword];
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
    #[serde(rename = "weight_type")]
    pub first: Option<String>,
    /// The weight of keywords.
    pub keyword_setting: KeywordWeight,
    /// The weight of meaning.
    pub vector_setting: VectorWeight,
}

/// How much keywords count.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct KeywordWeight {
    /// From 0 to 1.
    #[serde(rename = "keyword_weight")]
    pub weight: Option<f64>,
}

/// How much meaning counts, and who tells it.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct VectorWeight {
    /// From 0 to 1.
    #[serde(rename = "vector_weight")]
    pub weight: Option<f64>,
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
    /// What documents have to be like. Answers do not tell it.
    #[serde(skip)]
    pub conditions: Option<Conditions>,
}

impl Default for Retrieval {
    fn default() -> Self {
        Self {
            search_method: SearchMethod::Semantic,
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
            conditions: None,
        }
    }
}

/// What metadata of a document has to be like.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Conditions {
    /// Whether one that holds is enough.
    pub any: bool,
    /// The conditions.
    pub all: Vec<Condition>,
}

/// What a metadata value has to be like.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// The name of the field.
    pub name: String,
    /// One of [`Condition::OPERATORS`].
    pub operator: String,
    /// What it is compared with.
    pub value: Value,
}

impl Condition {
    /// The server's words for the ways to compare.
    pub const OPERATORS: &[&str] = &[
        "contains",
        "not contains",
        "start with",
        "end with",
        "is",
        "is not",
        "empty",
        "not empty",
        "in",
        "not in",
        "=",
        "≠",
        ">",
        "<",
        "≥",
        "≤",
        "before",
        "after",
    ];

    /// Whether it holds for a document's values. Nothing is said of a value that is not there, except
    /// that it is not.
    pub fn holds(&self, metadata: &Map<String, Value>) -> bool {
        let value = metadata.get(&self.name).filter(|value| !value.is_null());
        let Some(value) = value else { return self.operator == "empty" };
        let (own, wanted) = (spelled(value), spelled(&self.value));
        let list: Vec<String> = match &self.value {
            Value::Array(items) => items.iter().map(spelled).collect(),
            _ => wanted.split(',').map(|part| part.trim().to_owned()).collect(),
        };
        let numbers = number(value).zip(number(&self.value));
        let compared =
            |meets: fn(f64, f64) -> bool| numbers.is_some_and(|(own, than)| meets(own, than));
        match self.operator.as_str() {
            "contains" => own.contains(&wanted),
            "not contains" => !own.contains(&wanted),
            "start with" => own.starts_with(&wanted),
            "end with" => own.ends_with(&wanted),
            "is" | "=" => own == wanted || compared(|own, than| own.total_cmp(&than).is_eq()),
            "is not" | "≠" => {
                own != wanted && !compared(|own, than| own.total_cmp(&than).is_eq())
            }
            "in" => list.contains(&own),
            "not in" => !list.contains(&own),
            ">" | "after" => compared(|own, than| own > than),
            "<" | "before" => compared(|own, than| own < than),
            "≥" => compared(|own, than| own >= than),
            "≤" => compared(|own, than| own <= than),
            "not empty" => true,
            _ => false,
        }
    }
}

impl Conditions {
    /// Whether they hold for a document's values.
    pub fn hold(&self, metadata: &Map<String, Value>) -> bool {
        let mut all = self.all.iter().map(|condition| condition.holds(metadata));
        if self.any {
            all.any(|holds| holds) || self.all.is_empty()
        } else {
            all.all(|holds| holds)
        }
    }
}

fn spelled(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Condition, Conditions};

    #[test]
    fn conditions_compare_as_their_names_say() {
        let metadata = json!({ "author": "Ann Moss", "year": 1999 });
        let metadata = metadata.as_object().unwrap();
        let holds = |name: &str, operator: &str, value: Value| {
            assert!(Condition::OPERATORS.contains(&operator));
            let (name, operator) = (name.to_owned(), operator.to_owned());
            Condition { name, operator, value }.holds(metadata)
        };
        for (name, operator, value) in [
            ("author", "contains", json!("Moss")),
            ("author", "start with", json!("Ann")),
            ("author", "is", json!("Ann Moss")),
            ("author", "in", json!(["Ann Moss", "x"])),
            ("author", "not empty", Value::Null),
            ("nobody", "empty", Value::Null),
            ("year", "=", json!("1999")),
            ("year", "≥", json!(1999)),
            ("year", "before", json!(2000)),
        ] {
            assert!(holds(name, operator, value.clone()), "{name} {operator} {value}");
        }
        for (name, operator, value) in [
            ("author", "is not", json!("Ann Moss")),
            ("author", "not in", json!("Ann Moss, x")),
            ("year", ">", json!(1999)),
            ("year", "≠", json!(1999)),
            ("nobody", "is", json!("x")),
        ] {
            assert!(!holds(name, operator, value.clone()), "{name} {operator} {value}");
        }
        let author = |value: &str| Condition {
            name: "author".to_owned(),
            operator: "contains".to_owned(),
            value: json!(value),
        };
        let both = vec![author("Ann"), author("Bob")];
        assert!(Conditions { any: true, all: both.clone() }.hold(metadata));
        assert!(!Conditions { any: false, all: both }.hold(metadata));
    }
}
