//! Findings: disagreements between documents and server, and how they are told apart and kept.

mod fingerprint;
mod group;
mod model;
mod place;
mod redact;
mod severity;

pub use fingerprint::Fingerprint;
pub use group::{Findings, Order, Witness};
pub use model::{Disagreement, Finding, Sample, Source};
pub use place::{Part, Place, push_member};
pub use redact::{MASK, RedactError, Redactor};
pub use severity::{Basis, Severity};
