//! Knowledge bases and what is in them.

mod base;
mod dataset;
mod document;
mod retrieval;
mod rule;
mod segment;

pub use base::Knowledge;
pub use dataset::{Dataset, Embedding, MetadataField, Pipeline, SummarySetting, Tag, Technique};
pub use document::{Document, Form, NewDocument, Source, Stage};
pub use retrieval::{RerankingModel, Retrieval, SearchMethod, Weights};
pub use rule::{ParentMode, ProcessRule, RuleMode, Rules, Segmentation};
pub use segment::{ChildChunk, Segment};
