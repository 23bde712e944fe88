//! Exchanges judged, and what came of it.

mod announce;
mod answered;
mod attempt;
mod budget;
mod calls;
mod campaign;
mod cleanup;
mod crew;
mod drafts;
mod episodes;
mod execute;
mod fetched;
mod fill;
mod journey;
mod judge;
mod judges;
mod line;
mod merge;
mod orphans;
mod outing;
mod pages;
mod patience;
mod pool;
mod recordings;
mod result;
mod reveal;
mod sequence;
mod serve;
mod session;
mod sign;
mod summary;
mod trials;
mod turns;
mod walk;
mod wish;

pub use attempt::{GivenUp, Ready, Tried};
pub use campaign::{Campaign, Finished, RunOptions, clean};
pub use cleanup::Leftover;
pub use execute::Verdict;
pub use judge::{Item, Judge, Judged, Said};
pub use line::{CurlLine, curl_line};
pub use merge::{Part, merge, missing};
pub use outing::Outing;
pub use recordings::{CheckOptions, check_recordings};
pub use result::{
    Coverage, DocumentInfo, ExchangeCounts, Hosts, INTERRUPTED, InputInfo, OperationResult, Ratio,
    RunInfo, RunResult, Skipped, StatusResult, Unjudged, Withheld,
};
pub use serve::FileServer;
pub use session::Recording;
pub use trials::CaseOutcome;
pub use wish::Wish;
