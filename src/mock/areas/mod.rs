//! The operations, one file for each area. An area is a file and a line in [`ROUTES`].

mod application;
mod human_input;
mod workflow_history;
mod workflows;

use super::routes::Route;

/// The operations of all areas.
pub const ROUTES: &[&[Route]] =
    &[application::ROUTES, human_input::ROUTES, workflow_history::ROUTES, workflows::ROUTES];
