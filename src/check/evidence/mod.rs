//! One exchange beside what is promised of it: everything a check looks at, worked out once.

mod answer;
mod evidence;
mod header;
mod page;
mod request;
mod stream;
pub mod time;

pub use answer::Answer;
pub use evidence::{Evidence, Target};
pub use header::HeaderEvidence;
pub use page::{Asked, Page};
pub use request::{Breach, RequestEvidence};
pub(in crate::check) use request::{is_hidden, sent};
pub use stream::{Event, Stream};
