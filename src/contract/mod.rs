//! The contract: what the documents promise, overlays included, in one model.

mod base;
mod contract;
mod dialect;
mod events;
mod infer;
mod kinds;
pub mod laws;
pub mod lint;
pub mod model;
mod order;
mod overlay;
mod read;
mod route;
pub mod schema;
mod structure;
mod told;
mod traits;

pub use contract::{Contract, Document, Hit, Sources};
pub use events::{Condition, Constant, Pair, StreamRules};
pub use kinds::{Choice, Counter, Does, Keep, Kind, Kinds, Manner, Use};
pub use model::Operation;
pub use order::{Order, Progress};
pub use overlay::Overlay;
pub use read::METHODS;
pub use told::Told;
