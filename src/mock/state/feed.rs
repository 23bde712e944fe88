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
}

/// All feeds, by name.
#[derive(Debug, Clone, Default)]
pub struct Feeds {
    feeds: HashMap<String, Feed>,
}

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
        self.feeds.insert(name.to_owned(), Feed { frames: Vec::new(), open: true });
        self.extend(name, frames, open);
    }

    /// Adds frames to a feed, due after these delays, from now or from its last frame on.
    pub fn extend(
        &mut self,
        name: &str,
        frames: impl IntoIterator<Item = (Duration, Frame)>,
        open: bool,
    ) {
        let Some(feed) = self.feeds.get_mut(name) else { return };
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
        let feed = self.feeds.get_mut(name)?;
        let now = Instant::now();
        let kept = feed.frames.partition_point(|timed| timed.due <= now);
        if kept == feed.frames.len() && !feed.open {
            return None;
        }
        feed.frames.truncate(kept);
        feed.open = false;
        Some(feed.frames.iter().map(|timed| &timed.frame).collect())
    }

    /// What is next behind the first `seen` frames of a feed.
    pub fn next(&self, name: &str, seen: usize) -> Next {
        let Some(feed) = self.feeds.get(name) else { return Next::End };
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
        let frames = self.feeds.get(name).into_iter().flat_map(|feed| &feed.frames);
        frames.filter(|timed| timed.due <= now).map(|timed| &timed.frame).collect()
    }

    /// Whether a feed is there and not over yet.
    pub fn is_running(&self, name: &str) -> bool {
        let now = Instant::now();
        self.feeds
            .get(name)
            .is_some_and(|feed| feed.open || feed.frames.last().is_some_and(|last| last.due > now))
    }

    /// Forgets a feed.
    pub fn forget(&mut self, name: &str) {
        self.feeds.remove(name);
    }
}
