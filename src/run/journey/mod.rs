//! Journeys, travelled: the engine of Arazzo says what to send, and every step is an exchange like any
//! other.
//!
//! | file | what is in it |
//! |---|---|
//! | `travel.rs` | the way from step to step |
//! | `own.rs` | what the journey has made, and so may change |
//! | `seen.rs` | what was seen where a step failed |

mod own;
mod seen;
mod travel;

pub use travel::{Arrival, Traveller};
