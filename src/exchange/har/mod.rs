//! HTTP Archive (HAR) 1.2, the format in which browsers, proxies and fuzzers record traffic.

mod body;
mod entry;
mod error;
mod parse;
mod read;
mod scan;
mod split;
mod spot;
mod text;
mod write;

pub(in crate::exchange) use error::Size;
pub use error::{HarError, HarErrorKind};
pub use read::{HarReader, Limits, RawEntry};
pub use split::{Piece, Problem, Splitter};
pub use spot::Spot;
pub use write::HarWriter;
