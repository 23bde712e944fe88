//! The operations, one file for each area. An area is a file and a line in [`ROUTES`].

mod annotations;
mod application;
mod audio;
mod chat;
mod conversations;
mod end_users;
mod feedback;
mod files;
mod human_input;
mod knowledge;
mod messages;
mod models;
mod variables;
mod workflow_history;
mod workflows;

use super::routes::Route;

/// The operations of all areas.
pub const ROUTES: &[&[Route]] = &[
    annotations::ROUTES,
    application::ROUTES,
    audio::ROUTES,
    chat::ROUTES,
    conversations::ROUTES,
    end_users::ROUTES,
    feedback::ROUTES,
    files::ROUTES,
    human_input::ROUTES,
    messages::ROUTES,
    models::ROUTES,
    variables::ROUTES,
    workflow_history::ROUTES,
    workflows::ROUTES,
    knowledge::bases::ROUTES,
    knowledge::contents::ROUTES,
    knowledge::documents::ROUTES,
    knowledge::downloads::ROUTES,
    knowledge::segments::ROUTES,
    knowledge::children::ROUTES,
    knowledge::metadata::ROUTES,
    knowledge::pipeline::ROUTES,
    knowledge::retrieve::ROUTES,
    knowledge::tags::ROUTES,
];
