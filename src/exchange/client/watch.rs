//! What is told of an exchange while it goes on.

use std::cell::OnceCell;
use std::fmt;
use std::ops::Deref;

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
        frame: &'p Masked<'p>,
        /// Milliseconds since the request began.
        ms: f64,
    },
}

/// A frame that is masked when somebody looks at it.
pub struct Masked<'m> {
    frame: &'m Frame,
    mask: &'m (dyn Fn(&mut Frame) + Sync),
    told: OnceCell<Frame>,
}

impl<'m> Masked<'m> {
    /// A frame, and what masks it.
    pub(super) fn new(frame: &'m Frame, mask: &'m (dyn Fn(&mut Frame) + Sync)) -> Self {
        Self { frame, mask, told: OnceCell::new() }
    }
}

impl Deref for Masked<'_> {
    type Target = Frame;

    fn deref(&self) -> &Frame {
        self.told.get_or_init(|| {
            let mut frame = self.frame.clone();
            (self.mask)(&mut frame);
            frame
        })
    }
}

impl fmt::Debug for Masked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
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
