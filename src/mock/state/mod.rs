//! What the server remembers.
//!
//! Everything is plain data that can be copied: a copy of the world is the world as it was.

mod annotation;
mod app;
mod chat;
mod feed;
mod feedback;
mod file;
mod form;
mod ids;
mod knowledge;
pub mod model;
mod profile;
mod run;
mod store;
mod time;
mod user;
mod world;

pub use annotation::{Annotation, Annotations, JobState, ReplySetting};
pub use app::{App, Mode};
pub use chat::{Chats, Conversation, Message, MessageFile, Naming, Thought, Variable};
pub use feed::{Feeds, Frame, Next};
pub use feedback::{Feedback, Feedbacks};
pub use file::{Files, StoredFile};
pub use form::{BUTTONS, FIELD, Form};
pub use ids::Ids;
pub use knowledge::{
    ChildChunk, Condition, Conditions, Dataset, Document, Embedding, Form as DocumentForm,
    KeywordWeight, Knowledge, MetadataField, NewDocument, OWNER_NAME, ParentMode, ProcessRule,
    RerankingModel, Retrieval, RuleMode, Rules, SearchMethod, Segment, Segmentation, Source, Stage,
    SummarySetting, Tag, Technique, VectorWeight, Weights,
};
pub use profile::UPLOAD_LIMITS;
pub use run::{Head, NodeRun, Phase, Run, RunStatus, Runs, Turn, Version};
pub use store::Store;
pub use time::naive;
pub use user::{EndUser, Users};
pub use world::{World, now, unix, whole};
