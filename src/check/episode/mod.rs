//! The exchanges of one case together: what they made, showed, changed and removed, in order.
//!
//! | file | what is in it |
//! |---|---|
//! | `act.rs` | one exchange of an episode, read |
//! | `episode.rs` | all of them, in the order in which they were sent |
//! | `walk.rs` | the pages of lists that it read, put together |
//! | `thing.rs` | what the contract calls things, and what became of each of them |
//! | `value.rs` | what a request asks a thing to be |
//! | `story.rs` | what was seen of a thing, and what was written in between |
//! | `chronicle.rs` | all of these together, for laws to ask |

mod act;
mod chronicle;
#[expect(clippy::module_inception, reason = "the folder is named after what is in it")]
mod episode;
mod story;
mod thing;
mod value;
mod walk;

pub use act::{Act, Known, Outcome, Read};
pub use chronicle::Chronicle;
pub use episode::Episode;
pub use story::{Story, Written};
pub use thing::{Moment, Thing, Touch, touched};
pub use value::{Asked, asked, asked_by, named, same};
pub use walk::{Sheet, View};
