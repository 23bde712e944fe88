//! A Dify that behaves: the whole service API in memory, for those who have no server at hand.
//!
//! | file or folder | what is in it |
//! |---|---|
//! | `guide.rs` | command lines to try |
//! | `server.rs` | a listener, and how it ends |
//! | `routes.rs` | which paths there are, and who answers them |
//! | `dispatch.rs` | the way of one request: route, key, user, handler |
//! | `call.rs`, `fields.rs` | a request as handlers read it |
//! | `flow/` | workflows at work |
//! | `model.rs` | what the model says |
//! | `inputs.rs`, `uploads.rs` | what apps are given |
//! | `reply.rs`, `refusal.rs`, `wire.rs` | answers, and how they get onto the wire |
//! | `sound.rs` | speech, made and heard |
//! | `witness.rs` | who looks on |
//! | `state/` | what the server remembers |
//! | `faults/` | what it can be told to do wrong |
//! | `line.rs` | connections that can be cut |
//! | `areas/` | the operations, one file for each area |
//! | `text/` | what is done to the texts of documents |
//!
//! Handlers are plain functions from the world and a call to a reply. They never wait: what takes time
//! is given as times, and the wire waits outside the lock.

mod areas;
mod call;
mod dispatch;
mod faults;
mod fields;
mod flow;
mod guide;
mod inputs;
mod line;
mod model;
mod options;
mod refusal;
mod reply;
mod routes;
mod server;
mod sound;
mod state;
mod text;
mod uploads;
mod wire;
mod witness;

pub use faults::{Act, FAULTS, Fault, Injection};
pub use guide::GuideLine;
pub use options::MockOptions;
pub use server::{Mock, MockKey};
pub use witness::{Gate, Witness};
