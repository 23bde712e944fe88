//! The operations, one file for each area. An area is a file and a line in [`ROUTES`].

mod application;

use super::routes::Route;

/// The operations of all areas.
pub const ROUTES: &[&[Route]] = &[application::ROUTES];
