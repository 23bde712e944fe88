//! From the contract to requests: valid ones, plain and by chance, those at the edges, and those
//! with one fault. Nothing here reads or writes; chance comes from a seed.

mod alternatives;
mod any;
mod blueprint;
mod boundary;
mod breach;
mod change;
mod draft;
mod edit;
mod facts;
pub mod files;
mod form;
mod format;
mod number;
mod operation;
mod options;
mod root;
mod roots;
mod sample;
mod scope;
mod seed;
mod spot;
mod text;
mod types;
mod values;
mod walk;
mod write;

pub use draft::{Draft, DraftBody, FormPart, ParameterValue, PartContent, Sent};
pub use files::File;
pub use operation::{Generator, Variation};
pub use options::Options;
pub use scope::Cannot;
pub use seed::{draw, runner};
pub use spot::Spot;
