//! Sequences of operations on things: made, read, listed, changed, removed, in any order.
//!
//! | file | what is in it |
//! |---|---|
//! | `model.rs` | what can be done with one key: kinds of things, and the requests that make, show, change and remove them |
//! | `build.rs` | the model of a key, from the contract |
//! | `moves.rs` | what can be done next, and what the model then is |
//! | `script.rs` | sequences that are always tried: the life of a thing, and how it goes with what it is a part of |

mod build;
mod model;
mod moves;
mod script;

pub use build::{Builder, model};
pub use model::{Ask, Change, Maker, Model, Sort};
pub use moves::{Move, State, strategy};
pub use script::{called, fall, life};
