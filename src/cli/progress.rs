//! The line on a terminal that tells how far we are.

use std::io::{self, IsTerminal, Write};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::report::text;

/// How long we wait before the line is shown at all: what is done at once needs none.
const PATIENCE: Duration = Duration::from_millis(500);

/// How long we wait before the line is shown again.
const PAUSE: Duration = Duration::from_millis(100);

/// The line; it is erased when this is dropped.
pub struct Progress {
    state: Mutex<State>,
    shows: bool,
}

struct State {
    next: Instant,
    most: u64,
    shown: bool,
}

impl Progress {
    /// A line on standard error, if that is a terminal.
    pub fn new() -> Self {
        let state = State { next: Instant::now() + PATIENCE, most: 0, shown: false };
        Self { state: Mutex::new(state), shows: io::stderr().is_terminal() }
    }

    /// Tells how many exchanges were judged so far; may be called by several threads at once.
    pub fn tell(&self, judged: u64) {
        if !self.shows {
            return;
        }
        // A thread that would have to wait has nothing important to say.
        let Ok(mut state) = self.state.try_lock() else { return };
        state.most = state.most.max(judged);
        if Instant::now() < state.next {
            return;
        }
        state.next = Instant::now() + PAUSE;
        state.shown = true;
        let _ = write!(io::stderr(), "\rjudged {} exchanges…", text::number(state.most));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.state.get_mut().is_ok_and(|state| state.shown) {
            let _ = write!(io::stderr(), "\r\u{1b}[K");
        }
    }
}
