//! Knowledge bases, their documents, the chunks of these, and finding in them.

mod base_views;
pub mod bases;
pub mod children;
pub mod contents;
mod document_views;
pub mod documents;
pub mod downloads;
pub mod metadata;
mod models;
pub mod pipeline;
pub mod retrieve;
mod rules;
mod saving;
mod segment_views;
pub mod segments;
pub mod tags;
mod take;
