//! The report for people: findings by operation, then a summary.
//!
//! | file | what it writes |
//! |---|---|
//! | `write.rs` | the whole, in its order |
//! | `brief.rs` | findings in few lines, grouped by what they share |
//! | `operation.rs` | an operation and its findings |
//! | `summary.rs` | what was looked at, what was found, what was covered, the verdict |
//! | `page.rs` | lines of limited width, with or without colours |

mod brief;
mod operation;
mod page;
mod summary;
mod write;

pub use page::{BOLD, DIM, GOOD, PLAIN, Page, style_of};
pub use write::{FORMAT, findings};
