//! Exchanges: requests and answers as they were on the wire, and the formats they are written in.

pub mod curl;
pub mod har;
pub mod media_type;
pub mod multipart;
pub mod query;
pub mod record;
pub mod sse;

pub use har::{HarError, HarReader, HarWriter, Limits, RawEntry};
pub use media_type::MediaType;
pub use record::{Body, Exchange, Header, Headers, Request, Response, Times};
pub use sse::{Frame, SseReader};
