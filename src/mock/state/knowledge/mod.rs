//! Knowledge bases and what is in them.

mod base;
mod dataset;
mod document;
mod retrieval;
mod rule;
mod segment;

pub use base::{Knowledge, OWNER_NAME};
pub use dataset::{Dataset, Embedding, MetadataField, SummarySetting, Tag, Technique};
pub use document::{Document, Form, NewDocument, Source, Stage};
pub use retrieval::{
    Condition, Conditions, KeywordWeight, RerankingModel, Retrieval, SearchMethod, VectorWeight,
    Weights,
};
pub use rule::{ParentMode, ProcessRule, RuleMode, Rules, Segmentation};
pub use segment::{ChildChunk, Segment};
