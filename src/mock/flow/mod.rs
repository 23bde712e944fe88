//! Workflows at work: their nodes, what they do and what they tell.
//!
//! A run is worked out at once into frames with delays, which become a feed, and phases with times, which
//! the state keeps. What a run does beside its usual way follows from its query:
//!
//! | a query that contains | lets the run |
//! |---|---|
//! | `#iteration`, `#loop` | pass through an iteration over the words, a loop of three rounds |
//! | `#retry` | ask the model twice |
//! | `#timeout` | wait for a person no longer than it takes to index a document |
//! | `#slow`, `#error:NAME` | ask the model for these |

mod brief;
mod control;
mod graph;
mod head;
mod nodes;
mod play;
mod repeat;
mod resume;
mod start;

pub use brief::snapshot;
pub use control::{stop, submit};
pub use head::micro;
pub use start::{Start, Started, blocking, published, refused, start};
