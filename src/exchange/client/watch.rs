//! What is told of an exchange while it goes on.

use crate::exchange::record::{Headers, Request};
use crate::exchange::sse::Frame;

/// What has come of an answer; secrets are masked.
#[derive(Debug)]
#[non_exhaustive]
pub enum Progress<'p> {
    /// The request, as it goes out now.
    Request(&'p Request),
    /// Nothing has come for a while.
    Waiting {
        /// Milliseconds since the request began.
        ms: f64,
    },
    /// Its head.
    Head {
        /// The status.
        status: u16,
        /// The headers.
        headers: &'p Headers,
        /// Milliseconds since the request began.
        ms: f64,
    },
    /// A frame of its event stream, comments counted.
    Frame {
        /// The frame.
        frame: &'p Frame,
        /// Milliseconds since the request began.
        ms: f64,
    },
}

/// Whether the rest of the answer is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Go on reading.
    Read,
    /// Read no further, and close the connection.
    Stop,
}

/// Who is told of progress, and says how to go on.
pub type Watch<'w> = dyn FnMut(Progress<'_>) -> Next + Send + 'w;
