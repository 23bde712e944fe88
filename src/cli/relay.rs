//! What the test harness prints, on its way to standard output.
//!
//! The harness ends the program where nobody reads any more, and what was made would stay on the server.
//! So it prints into a pipe that is always read.

use std::io::{self, PipeWriter, Read, Write};
use std::os::fd::AsRawFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

/// A pipe, and who reads it.
pub struct Relay {
    writer: PipeWriter,
    reader: JoinHandle<()>,
}

impl Relay {
    /// Begins to pass on what comes. Once nobody reads it any more, `stop` says that nothing more is to be
    /// begun.
    ///
    /// # Errors
    /// Where there is no pipe or no thread to be had.
    pub fn start(stop: Arc<AtomicBool>) -> io::Result<Self> {
        let (mut from, writer) = io::pipe()?;
        let reader = thread::Builder::new().spawn(move || {
            let mut buffer = [0; 8192];
            let mut is_read = true;
            while let Ok(length @ 1..) = from.read(&mut buffer) {
                let piece = buffer.get(..length).unwrap_or_default();
                let mut stdout = io::stdout().lock();
                is_read = is_read && stdout.write_all(piece).and_then(|()| stdout.flush()).is_ok();
                if !is_read {
                    stop.store(true, Ordering::Relaxed);
                }
            }
        })?;
        Ok(Self { writer, reader })
    }

    /// The path under which the harness finds the pipe.
    pub fn path(&self) -> String {
        format!("/dev/fd/{}", self.writer.as_raw_fd())
    }

    /// Waits until everything has been passed on; the harness must have closed its end.
    pub fn end(self) {
        drop(self.writer);
        // It cannot panic.
        let _ = self.reader.join();
    }
}
