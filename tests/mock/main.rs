//! The mock, spoken to over HTTP; every answer is held against the contract in `specs/dify` as well.

#![expect(
    clippy::unwrap_used,
    clippy::similar_names,
    clippy::expect_used,
    reason = "a test may fail, and says why"
)]

mod annotations;
mod api;
mod application;
mod audio;
mod chat;
mod chunks;
mod conversations;
mod documents;
mod faults;
mod feedback;
mod files;
mod human_input;
mod knowledge;
mod models;
mod pipeline;
mod tags;
mod workflows;
