//! Exchanges judged, and what came of it.

mod attempt;
mod campaign;
mod cleanup;
mod execute;
mod judge;
mod pool;
mod recordings;
mod result;
mod session;
mod summary;
mod trials;

pub use attempt::{Tried, Wish};
pub use campaign::{Campaign, Finished, RunOptions, clean};
pub use cleanup::Leftover;
pub use execute::Verdict;
pub use judge::{Item, Judge, Said};
pub use recordings::{CheckOptions, check_recordings};
pub use result::{
    Coverage, DocumentInfo, ExchangeCounts, InputInfo, OperationResult, Ratio, RunInfo, RunResult,
    Skipped, StatusResult, Unjudged,
};
pub use session::Recording;
pub use trials::CaseOutcome;
