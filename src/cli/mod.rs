//! The command line: one file for each command, and what they share.
//!
//! | file | what is in it |
//! |---|---|
//! | `app.rs` | the commands, and the way from arguments to the exit code |
//! | `stop.rs` | why a command ended before its time |
//! | `documents.rs` | arguments that make a contract |
//! | `target.rs` | arguments that make a target |
//! | `number.rs` | numbers and addresses as arguments |
//! | `operation.rs` | operations by their names |
//! | `places.rs` | whether a fault of the mock can act |
//! | `output.rs` | colours, widths, standard output and error |
//! | `progress.rs` | the line that tells how far we are |
//! | `reports.rs` | the reports written |
//! | `runtime.rs` | where commands wait for the network |
//! | `outline.rs` | a schema in a few lines |
//! | `attempt.rs` (`try`, with `attempt/`), `check.rs`, `report.rs`, `mock.rs`, `init.rs`, `doctor.rs`, `lint.rs`, `show.rs` (with `describe.rs`), `list.rs`, `explain.rs`, `completions.rs` | the commands |

mod app;
mod attempt;
mod check;
mod choice;
mod cleanup;
mod completions;
mod describe;
mod doctor;
mod documents;
mod explain;
mod init;
mod lint;
mod list;
mod mock;
mod number;
mod operation;
mod outline;
mod output;
mod places;
mod progress;
#[cfg(unix)]
mod relay;
mod report;
mod reports;
mod run;
mod runtime;
mod show;
mod stop;
mod suites;
mod target;

use crate::suggest;
pub use app::run;
