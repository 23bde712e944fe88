//! Exchanges judged, and what came of it.

mod judge;
mod recordings;
mod result;
mod summary;

pub use judge::{Item, Judge, Said};
pub use recordings::{CheckOptions, check_recordings};
pub use result::{
    Coverage, DocumentInfo, ExchangeCounts, InputInfo, OperationResult, Ratio, RunResult,
    StatusResult, Unjudged,
};
