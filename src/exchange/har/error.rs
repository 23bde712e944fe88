//! What can be wrong with a recording: where, and what to do about it.

use std::fmt;
use std::io;
use std::sync::Arc;

use super::Spot;

/// Something wrong with a HAR file or with one of its entries.
#[derive(Debug)]
pub struct HarError {
    /// The file, as it was named.
    pub file: Arc<str>,
    /// Where in the file; absent where the file could not be opened.
    pub spot: Option<Spot>,
    /// What is wrong.
    pub kind: HarErrorKind,
}

/// What is wrong with a HAR file.
#[derive(Debug)]
#[non_exhaustive]
pub enum HarErrorKind {
    /// The file cannot be opened or read.
    Io(io::Error),
    /// The file is gzip, and broken or cut off.
    Gzip(io::Error),
    /// The file holds nothing.
    Empty,
    /// The file is no JSON.
    NotJson,
    /// The file is JSON, but no HAR; the words say why.
    NotHar(&'static str),
    /// The JSON is broken outside the entries.
    Syntax {
        /// What should stand here.
        expected: &'static str,
        /// What stands here.
        found: char,
    },
    /// The file ends inside an entry.
    CutInEntry {
        /// Number of the entry, from 0.
        entry: u64,
    },
    /// The file ends between or after the entries.
    CutOff {
        /// How many complete entries there were.
        entries: u64,
    },
    /// Something follows the end of the JSON.
    Trailing,
    /// `log.entries` stands there twice.
    Duplicate,
    /// An entry is larger than the limit; it was skipped.
    TooLarge {
        /// Number of the entry, from 0.
        entry: u64,
        /// Its size in bytes.
        size: u64,
        /// The limit in bytes.
        limit: usize,
    },
    /// An entry is not what HAR 1.2 says; it was skipped.
    Entry {
        /// Number of the entry, from 0.
        entry: u64,
        /// What is wrong with it.
        problem: String,
    },
}

impl HarErrorKind {
    /// Whether reading goes on behind it: only what is wrong with one entry.
    #[must_use]
    pub fn is_local(&self) -> bool {
        matches!(self, Self::Duplicate | Self::TooLarge { .. } | Self::Entry { .. })
    }
}

impl fmt::Display for HarErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => write!(f, "cannot be read: {error}"),
            Self::Gzip(error) => write!(
                f,
                "the gzip data is broken or cut off ({error}); what came before was read; \
                 copy or compress the recording again"
            ),
            Self::Empty => f.write_str("the file is empty; record the traffic again"),
            Self::NotJson => f.write_str("this is no JSON; give a HAR 1.2 file, plain or gzip"),
            Self::NotHar(why) => {
                write!(f, "this is JSON, but no HAR: {why}; give a HAR 1.2 file")
            }
            Self::Syntax { expected, found } => write!(
                f,
                "the JSON is broken: expected {expected}, found {found:?}; \
                 what came before was read; export the recording again"
            ),
            Self::CutInEntry { entry } => write!(
                f,
                "the file ends in the middle of entry {entry}; the entries before it were read; \
                 export or copy the recording again"
            ),
            Self::CutOff { entries } => write!(
                f,
                "the file ends after {entries} complete entries without closing the recording; \
                 export or copy it again"
            ),
            Self::Trailing => f.write_str(
                "something follows the end of the recording; it was not read; \
                 give several recordings as several files",
            ),
            Self::Duplicate => f.write_str(
                "`log.entries` stands here again; only the first was read; \
                 give several recordings as several files",
            ),
            Self::TooLarge { entry, size, limit } => write!(
                f,
                "entry {entry} has {size} bytes, more than the limit of {}; it was skipped",
                Size(*limit)
            ),
            Self::Entry { entry, problem } => {
                write!(f, "entry {entry} is not what HAR 1.2 says: {problem}; it was skipped")
            }
        }
    }
}

impl fmt::Display for HarError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.spot {
            Some(spot) => write!(f, "{}:{spot}: {}", self.file, self.kind),
            None => write!(f, "{}: {}", self.file, self.kind),
        }
    }
}

impl std::error::Error for HarError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.kind {
            HarErrorKind::Io(error) | HarErrorKind::Gzip(error) => Some(error),
            _ => None,
        }
    }
}

/// A number of bytes, written in the largest unit that divides it: `16 MiB`, `5 bytes`.
pub(in crate::exchange) struct Size(pub usize);

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const KIB: usize = 1 << 10;
        const MIB: usize = 1 << 20;
        match self.0 {
            size if size >= MIB && size % MIB == 0 => write!(f, "{} MiB", size / MIB),
            size if size >= KIB && size % KIB == 0 => write!(f, "{} KiB", size / KIB),
            size => write!(f, "{size} bytes"),
        }
    }
}
