//! Exchanges judged, and what came of it.

mod result;

pub use result::{
    Coverage, DocumentInfo, ExchangeCounts, InputInfo, OperationResult, Ratio, RunResult,
    StatusResult, Unjudged,
};
