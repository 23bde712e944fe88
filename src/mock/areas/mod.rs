//! The operations, one file for each area. An area is a file and a line in [`ROUTES`].

mod annotations;
mod application;
mod audio;
mod end_users;
mod files;
mod models;

use super::routes::Route;

/// The operations of all areas.
pub const ROUTES: &[&[Route]] = &[
    annotations::ROUTES,
    application::ROUTES,
    audio::ROUTES,
    end_users::ROUTES,
    files::ROUTES,
    models::ROUTES,
];
