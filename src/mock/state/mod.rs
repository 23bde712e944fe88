//! What the server remembers.
//!
//! Everything is plain data that can be copied: a copy of the world is the world as it was.

mod app;
mod chat;
mod feed;
mod file;
mod ids;
mod knowledge;
mod run;
mod store;
mod user;
mod world;

pub use app::{App, Mode};
pub use chat::Chats;
pub use feed::{Feeds, Frame, Next};
pub use file::{Files, StoredFile};
pub use ids::Ids;
pub use knowledge::{
    ChildChunk, Condition, Conditions, Dataset, Document, Embedding, Form, KeywordWeight,
    Knowledge, MetadataField, NewDocument, OWNER_NAME, ParentMode, Pipeline, ProcessRule,
    RerankingModel, Retrieval, RuleMode, Rules, SearchMethod, Segment, Segmentation, Source, Stage,
    SummarySetting, Tag, Technique, VectorWeight, Weights,
};
pub use run::Runs;
pub use store::Store;
pub use user::{EndUser, Users};
pub use world::{World, now, unix};
