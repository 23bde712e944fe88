//! Everything the server remembers.

use std::time::{Duration, SystemTime};

use super::{App, Feeds, Files, Ids, Knowledge, Users};
use crate::mock::faults::Memory;
use crate::mock::options::MockOptions;

/// Everything the server remembers.
#[derive(Debug, Clone)]
pub struct World {
    /// How long a model takes for each piece of an answer.
    pub chunk_delay: Duration,
    /// How long it takes to index a document.
    pub index_time: Duration,
    /// Where new ids come from.
    pub ids: Ids,
    /// The id of the workspace.
    pub tenant: String,
    /// The apps, in the order of their keys.
    pub apps: Vec<App>,
    /// The end users of all apps.
    pub users: Users,
    /// The uploaded files.
    pub files: Files,
    /// Streams that are under way.
    pub feeds: Feeds,
    /// The knowledge of the workspace.
    pub knowledge: Knowledge,
    /// What faults remember.
    pub memory: Memory,
}

impl World {
    /// The world as it begins.
    pub fn new(options: &MockOptions) -> Self {
        let mut ids = Ids::new(options.seed);
        Self {
            chunk_delay: options.chunk_delay,
            index_time: options.index_time,
            apps: super::app::seeded(&mut ids),
            knowledge: Knowledge::seeded(&mut ids),
            tenant: ids.uuid(),
            users: Users::default(),
            files: Files::default(),
            feeds: Feeds::default(),
            memory: Memory::default(),
            ids,
        }
    }
}

/// Seconds since 1970, with their fractions.
pub fn now() -> f64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0.0, |time| time.as_secs_f64())
}

/// Whole seconds since 1970.
pub fn unix() -> i64 {
    whole(now())
}

/// A time in whole seconds.
pub fn whole(time: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "it is far from the limit")]
    let seconds = time as i64;
    seconds
}
