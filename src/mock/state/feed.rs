//! Events of a stream, each with the time at which it is due.
//!
//! A run is worked out at once, as a list of what happens when. Streams are views of that list, so any
//! number of listeners see the same, and stopping a run is cutting the list.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use serde_json::Value;

/// A frame of an event stream.
#[derive(Debug, Clone, PartialEq)]
pub enum Frame {
    /// A sign of life: `event: ping`.
    Ping,
    /// An event with its data.
    Event(Value),
}

#[derive(Debug, Clone)]
struct Timed {
    due: Instant,
    frame: Frame,
}

#[derive(Debug, Clone, Default)]
struct Feed {
    frames: Vec<Timed>,
    /// More may come.
    open: bool,
    /// How many streams are reading it.
    listeners: usize,
    /// When it was started.
    born: Option<Instant>,
}

/// All feeds, by name. Those that are over go when nobody reads them any more.
#[derive(Debug, Clone, Default)]
pub struct Feeds {
    by_name: HashMap<String, Feed>,
    /// How often something that streams may wait for was put in or taken out.
    changes: u64,
    /// So many feeds are let be before the next look for those that nobody needs.
    room: usize,
}

/// So many feeds are let be in any case.
const ROOM: usize = 1024;

/// So long a feed is waited for its first listener.
const YOUTH: Duration = Duration::from_secs(10);

/// What is next in a feed.
#[derive(Debug, Clone, PartialEq)]
pub enum Next {
    /// This frame, now.
    Frame(Frame),
    /// Nothing until then.
    Wait(Instant),
    /// Nothing yet, and nobody knows when.
    Idle,
    /// Nothing any more.
    End,
}

impl Feeds {
    /// Opens a feed whose frames are due after these delays from now, each after the one before it.
    /// It ends after the last one unless it stays `open`.
    pub fn start(
        &mut self,
        name: &str,
        frames: impl IntoIterator<Item = (Duration, Frame)>,
        open: bool,
    ) {
        if self.by_name.len() >= self.room.max(ROOM) {
            self.by_name.retain(|_, feed| feed.is_needed());
            self.room = self.by_name.len() * 2;
        }
        let feed = self.by_name.entry(name.to_owned()).or_default();
        feed.frames.clear();
        feed.born = Some(Instant::now());
        self.extend(name, frames, open);
    }

    /// Adds frames to a feed, due after these delays, from now or from its last frame on.
    pub fn extend(
        &mut self,
        name: &str,
        frames: impl IntoIterator<Item = (Duration, Frame)>,
        open: bool,
    ) {
        let Some(feed) = self.by_name.get_mut(name) else { return };
        self.changes += u64::from(feed.listeners > 0);
        let now = Instant::now();
        let mut due = feed.frames.last().map_or(now, |last| last.due.max(now));
        for (delay, frame) in frames {
            due += delay;
            feed.frames.push(Timed { due, frame });
        }
        feed.open = open;
    }

    /// Takes back the frames that are not due yet. Gives those that are kept, or nothing if there is no
    /// such feed or it is over.
    pub fn cut(&mut self, name: &str) -> Option<Vec<&Frame>> {
        let feed = self.by_name.get_mut(name)?;
        let kept = feed.due();
        if kept == feed.frames.len() && !feed.open {
            return None;
        }
        self.changes += 1;
        feed.frames.truncate(kept);
        feed.open = false;
        Some(feed.frames.iter().map(|timed| &timed.frame).collect())
    }

    /// How many frames of a feed are due by now.
    pub fn due(&self, name: &str) -> usize {
        self.by_name.get(name).map_or(0, Feed::due)
    }

    /// How many frames a feed has, those that are not due yet included.
    pub fn len(&self, name: &str) -> usize {
        self.by_name.get(name).map_or(0, |feed| feed.frames.len())
    }

    /// What is next behind the first `seen` frames of a feed.
    pub fn next(&self, name: &str, seen: usize) -> Next {
        let Some(feed) = self.by_name.get(name) else { return Next::End };
        match feed.frames.get(seen) {
            Some(timed) if timed.due <= Instant::now() => Next::Frame(timed.frame.clone()),
            Some(timed) => Next::Wait(timed.due),
            None if feed.open => Next::Idle,
            None => Next::End,
        }
    }

    /// The frames of a feed that are due by now.
    pub fn seen(&self, name: &str) -> Vec<&Frame> {
        let now = Instant::now();
        let frames = self.by_name.get(name).into_iter().flat_map(|feed| &feed.frames);
        frames.filter(|timed| timed.due <= now).map(|timed| &timed.frame).collect()
    }

    /// Whether a feed is there and not over yet.
    pub fn is_running(&self, name: &str) -> bool {
        self.by_name.get(name).is_some_and(Feed::is_running)
    }

    /// How often something changed that streams may wait for.
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// A stream begins to read a feed.
    pub fn listen(&mut self, name: &str) {
        if let Some(feed) = self.by_name.get_mut(name) {
            feed.listeners += 1;
        }
    }

    /// A stream reads a feed no more. A feed that is over goes with its last listener.
    pub fn leave(&mut self, name: &str) {
        let Some(feed) = self.by_name.get_mut(name) else { return };
        feed.listeners = feed.listeners.saturating_sub(1);
        if feed.listeners == 0 && !feed.is_running() {
            self.by_name.remove(name);
        }
    }
}

impl Feed {
    /// How many frames are due by now.
    fn due(&self) -> usize {
        let now = Instant::now();
        self.frames.partition_point(|timed| timed.due <= now)
    }

    fn is_running(&self) -> bool {
        self.open || self.due() < self.frames.len()
    }

    /// Whether somebody reads it, is about to, or may still want what is not due yet.
    fn is_needed(&self) -> bool {
        let new = self.born.is_some_and(|born| born.elapsed() < YOUTH);
        new || self.listeners > 0 || self.due() < self.frames.len()
    }
}
