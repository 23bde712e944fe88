//! Journeys: workflows of Arazzo 1.0 documents, read, checked against the contract, and made cases.
//!
//! | file | what is in it |
//! |---|---|
//! | `suite.rs` | an Arazzo document, its workflows, and the journey of one of them |
//! | `shape.rs` | which members there may be, and of which type |
//! | `steps.rs`, `names.rs`, `words.rs` | workflows and steps, and what they name |
//! | `values.rs` | the expressions in it, and whether what they name is there |
//! | `expression.rs`, `condition.rs` | the language of expressions and conditions |
//! | `inputs.rs` | what gives inputs their values |
//! | `cases.rs` | one case for each workflow and key that fits |
//! | `draft.rs` | what the engine wants to send, made a draft |

mod cases;
mod condition;
mod draft;
mod expression;
mod faults;
mod inputs;
mod names;
mod shape;
mod steps;
mod suite;
mod values;
mod words;

pub use cases::cases;
pub use condition::expressions as expressions_in;
pub use draft::draft;
pub use inputs::{Given, Input, Inputs};
pub use names::{Does, Strangers};
pub use suite::{Journey, MARK, StepInfo, Suite, Workflow, builtin};
