//! Exchanges judged, and what came of it.

mod campaign;
mod cleanup;
mod episodes;
mod execute;
mod journey;
mod judge;
mod merge;
mod pool;
mod recordings;
mod result;
mod reveal;
mod session;
mod summary;
mod trials;
mod walk;

pub use campaign::{Campaign, Finished, Outing, RunOptions, clean};
pub use cleanup::Leftover;
pub use execute::Verdict;
pub use judge::{Item, Judge, Said};
pub use merge::{Part, merge, missing};
pub use recordings::{CheckOptions, check_recordings};
pub use result::{
    Coverage, DocumentInfo, ExchangeCounts, Hosts, INTERRUPTED, InputInfo, OperationResult, Ratio,
    RunInfo, RunResult, Skipped, StatusResult, Unjudged, Withheld,
};
pub use session::Recording;
pub use trials::CaseOutcome;
