//! What to try: operations, phases and what a target can do, made cases.
//!
//! | file or folder | what is in it |
//! |---|---|
//! | `guide.rs` | what an overlay says of how to call operations (`x-contract-plan`, `x-contract-make`, …) |
//! | `resources.rs` | which operation makes or reveals which id, and which needs it |
//! | `cost.rs` | which requests may call a model |
//! | `case.rs` | a case, its name, and what it needs |
//! | `known.rs` | what is known of requests that schemas do not tell |
//! | `phases/` | where cases come from, one file for each phase |
//! | `journeys/` | workflows of Arazzo documents, read and made cases |
//! | `planner.rs` | all cases of a target, in their order |
//! | `tally.rs` | what a plan would do, counted |
//! | `sequence/` | sequences of operations on things |
//! | `shard.rs` | a part of a run |
//! | `share.rs` | work shared among threads |
//! | `ledger.rs` | what was made and has to be removed |

mod case;
mod cost;
mod guide;
pub mod journeys;
mod known;
mod ledger;
mod phases;
mod planner;
mod resources;
pub mod sequence;
mod shard;
mod share;
mod tally;

pub use case::{Attempt, Case, Hold, Need, Phase, Twist};
pub use cost::Costs;
pub use guide::{Fetch, Form, FormRule, Guide, Ready, fetches, ready, streams_only};
pub use known::overrides;
pub use ledger::{Begun, Entry, Ledger, There};
pub use planner::{Plan, PlanOptions, Subject, plan};
pub use resources::{Provider, Resources, Reveals, needs, reads, template};
pub use shard::Shard;
pub use tally::Tally;

/// What stands in the place of a new name until the run puts its own there.
#[must_use]
pub fn case_name_mark() -> &'static str {
    "new name"
}
