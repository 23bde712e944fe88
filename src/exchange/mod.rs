//! Exchanges: requests and answers as they were on the wire, and the formats they are written in.

pub mod client;
mod content;
pub mod curl;
pub mod har;
mod mask;
pub mod media_type;
pub mod multipart;
pub mod outcome;
pub mod pace;
pub mod query;
pub mod record;
pub mod sse;

pub use client::{Client, ClientOptions, Next, Progress, Proxy, Secret, Watch};
pub use content::Content;
pub use har::{HarError, HarReader, HarWriter, Limits, RawEntry};
pub use media_type::MediaType;
pub use outcome::{End, Failure, FailureKind};
pub use pace::{Pace, PaceOptions};
pub use record::{Body, Exchange, Expects, Header, Headers, Request, Response, Times, Unmet};
pub use sse::{Frame, SseReader};
