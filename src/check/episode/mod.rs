//! The exchanges of one case together: what they made, showed, changed and removed, in order.
//!
//! | file | what is in it |
//! |---|---|
//! | `act.rs` | one exchange of an episode, read |
//! | `episode.rs` | all of them, in the order in which they were sent |
//! | `thing.rs` | what the contract calls things, and what became of each of them |

mod act;
#[expect(clippy::module_inception, reason = "the folder is named after what is in it")]
mod episode;
mod thing;

pub use act::{Act, Outcome};
pub use episode::Episode;
pub use thing::{Moment, Thing};
