//! Reads HAR files: first the raw entries, one after the other, then each entry by itself, so that
//! entries can be parsed by several threads.

use std::fmt;
use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::Path;
use std::sync::Arc;

use flate2::read::MultiGzDecoder;

use super::split::{Problem, Splitter};
use super::{HarError, HarErrorKind, Spot};

/// What is read at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The largest entry in bytes; larger ones are skipped and reported. 64 MiB by default.
    pub max_entry: usize,
    /// The largest body in bytes, decoded; a larger one is [`Body::Missing`]. 16 MiB by default.
    ///
    /// [`Body::Missing`]: crate::exchange::record::Body::Missing
    pub max_body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_entry: 64 << 20, max_body: 16 << 20 }
    }
}

/// An entry as it stands in the file, not yet parsed ([`RawEntry::parse`]).
#[derive(Clone, PartialEq, Eq)]
pub struct RawEntry {
    /// The file, as it was named.
    pub file: Arc<str>,
    /// Number of the entry, from 0; skipped entries count.
    pub index: u64,
    /// Where the entry begins.
    pub spot: Spot,
    /// The JSON, unmasked.
    pub bytes: Vec<u8>,
}

/// An iterator over the entries of a HAR file, plain or gzip, whatever the file is called.
///
/// An error that concerns one entry is followed by the next entry; any other is the last item
/// ([`HarErrorKind::is_local`]). Memory does not grow with the file.
pub struct HarReader {
    file: Arc<str>,
    gzip: bool,
    splitter: Splitter<Box<dyn Read + Send>>,
}

impl HarReader {
    /// Opens a file.
    ///
    /// # Errors
    /// Where the file cannot be opened or its first bytes cannot be read.
    pub fn open(path: impl AsRef<Path>, limits: &Limits) -> Result<Self, HarError> {
        let path = path.as_ref();
        let name: Arc<str> = path.to_string_lossy().into();
        match File::open(path) {
            Ok(file) => Self::new(file, name, limits),
            Err(error) => Err(HarError { file: name, spot: None, kind: HarErrorKind::Io(error) }),
        }
    }

    /// Reads from any source; `name` stands in messages.
    ///
    /// # Errors
    /// Where the first bytes cannot be read.
    pub fn new(
        mut source: impl Read + Send + 'static,
        name: impl Into<Arc<str>>,
        limits: &Limits,
    ) -> Result<Self, HarError> {
        const MAGIC: [u8; 2] = [0x1F, 0x8B];
        let file = name.into();
        let mut start = Vec::new();
        if let Err(error) = source.by_ref().take(MAGIC.len() as u64).read_to_end(&mut start) {
            return Err(HarError { file, spot: None, kind: HarErrorKind::Io(error) });
        }
        let gzip = start == MAGIC;
        let source = Cursor::new(start).chain(source);
        let source: Box<dyn Read + Send> = if gzip {
            Box::new(MultiGzDecoder::new(io::BufReader::with_capacity(64 << 10, source)))
        } else {
            Box::new(source)
        };
        Ok(Self { file, gzip, splitter: Splitter::new(source, limits.max_entry) })
    }

    /// How many events of an event stream the recorder keeps at most, if it is known to leave out
    /// the rest without a word. Known once the first entry was read.
    #[must_use]
    pub fn cuts_streams_after(&self) -> Option<usize> {
        // `harfile` is what schemathesis records with, which reads twenty events of a stream.
        (self.splitter.creator() == Some("harfile")).then_some(20)
    }
}

impl Iterator for HarReader {
    type Item = Result<RawEntry, HarError>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(match self.splitter.next()? {
            Ok(piece) => Ok(RawEntry {
                file: Arc::clone(&self.file),
                index: piece.index,
                spot: piece.spot,
                bytes: piece.bytes,
            }),
            Err(Problem { spot, kind }) => Err(HarError {
                file: Arc::clone(&self.file),
                spot: Some(spot),
                kind: match kind {
                    HarErrorKind::Io(error) if self.gzip => HarErrorKind::Gzip(error),
                    kind => kind,
                },
            }),
        })
    }
}

impl fmt::Debug for RawEntry {
    /// Without the bytes, which hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawEntry")
            .field("file", &self.file)
            .field("index", &self.index)
            .field("spot", &self.spot)
            .field("length", &self.bytes.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for HarReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HarReader").field("file", &self.file).finish_non_exhaustive()
    }
}
