//! The operations, one file for each area. An area is a file and a line in [`ROUTES`].

mod application;
mod knowledge;

use super::routes::Route;

/// The operations of all areas.
pub const ROUTES: &[&[Route]] = &[
    application::ROUTES,
    knowledge::bases::ROUTES,
    knowledge::contents::ROUTES,
    knowledge::documents::ROUTES,
    knowledge::downloads::ROUTES,
    knowledge::segments::ROUTES,
    knowledge::children::ROUTES,
    knowledge::metadata::ROUTES,
    knowledge::retrieve::ROUTES,
];
