//! Splits a HAR file into its entries while it is read, without holding the file.

use std::io::{self, Read};

use super::scan::Scan;
use super::{HarErrorKind, Spot};

/// How much is read at a time, in bytes.
const CHUNK: usize = 128 << 10;
/// Names of members longer than this many bytes are none that matter.
const NAME: usize = 1 << 10;

/// A `creator` larger than this many bytes is not read.
const CREATOR: usize = 4096;

/// An entry as it stands in the file. It cannot be printed, since its secrets are not masked.
#[derive(Clone, PartialEq, Eq)]
pub struct Piece {
    /// Its number, from 0; skipped entries count.
    pub index: u64,
    /// Where it begins.
    pub spot: Spot,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A problem of the file, and where.
#[derive(Debug)]
pub struct Problem {
    /// Where.
    pub spot: Spot,
    /// What.
    pub kind: HarErrorKind,
}

/// Where in the file's structure the splitter stands; `first` means behind the opening bracket.
#[derive(Debug, Clone, Copy)]
enum State {
    Start,
    Root { first: bool },
    Log { first: bool },
    Entries { first: bool },
    Tail,
    Done,
}

/// The members that matter.
#[derive(PartialEq, Eq)]
enum Name {
    Log,
    Entries,
    Creator,
    Other,
}

/// A value that was read over.
struct Extent {
    /// Where it begins.
    spot: Spot,
    /// Its bytes; `None` if there were more than asked for.
    bytes: Option<Vec<u8>>,
    /// How many bytes it has.
    size: u64,
}

/// An iterator over the elements of `log.entries`.
///
/// Memory is bounded by the largest entry and by `max_entry`: a larger entry is read over and
/// yielded as [`HarErrorKind::TooLarge`]. After a problem that is not local
/// ([`HarErrorKind::is_local`]) nothing follows.
pub struct Splitter<R> {
    source: R,
    /// Bytes read; those before `start` are dealt with, those from `end` on are rubbish.
    buffer: Vec<u8>,
    start: usize,
    /// The next byte to look at.
    position: usize,
    end: usize,
    /// The place of `start`.
    spot: Spot,
    max_entry: usize,
    state: State,
    index: u64,
    log: bool,
    entries: bool,
    creator: Option<String>,
}

impl<R: Read> Splitter<R> {
    /// A splitter of this text; entries larger than `max_entry` bytes are skipped.
    pub fn new(source: R, max_entry: usize) -> Self {
        Self {
            source,
            buffer: vec![0; CHUNK],
            start: 0,
            position: 0,
            end: 0,
            spot: Spot::START,
            max_entry,
            state: State::Start,
            index: 0,
            log: false,
            entries: false,
            creator: None,
        }
    }

    /// The name of the program that wrote the file, if it stood before what was read so far.
    pub fn creator(&self) -> Option<&str> {
        self.creator.as_deref()
    }

    /// One step: an entry, nothing yet, or what is wrong.
    fn step(&mut self) -> Result<Option<Piece>, Problem> {
        match self.state {
            State::Start => self.begin()?,
            State::Root { first } => self.root(first)?,
            State::Log { first } => self.log(first)?,
            State::Entries { first } => return self.entry(first),
            State::Tail => {
                if self.token()?.is_some() {
                    return Err(self.problem(HarErrorKind::Trailing));
                }
                self.state = State::Done;
            }
            State::Done => {}
        }
        Ok(None)
    }

    fn begin(&mut self) -> Result<(), Problem> {
        // One read may give a single byte; the byte order mark has three.
        while self.end < 3 && self.fill()? {}
        if self.pending().starts_with("\u{feff}".as_bytes()) {
            (self.start, self.position) = (3, 3);
            self.spot.offset = 3;
        }
        let kind = match self.token()? {
            None => HarErrorKind::Empty,
            Some(b'{') => {
                self.position += 1;
                self.state = State::Root { first: true };
                return Ok(());
            }
            Some(b'[') => HarErrorKind::NotHar("it is an array, a HAR is an object"),
            Some(_) => {
                let mut values = serde_json::Deserializer::from_slice(self.pending())
                    .into_iter::<serde::de::IgnoredAny>();
                match values.next() {
                    Some(Ok(_)) => HarErrorKind::NotHar("it is a single value"),
                    _ => HarErrorKind::NotJson,
                }
            }
        };
        Err(self.problem(kind))
    }

    fn root(&mut self, first: bool) -> Result<(), Problem> {
        self.state = State::Root { first: false };
        match self.member(first)? {
            None if !self.log => return Err(self.not_har("it has no `log`")),
            None if !self.entries => return Err(self.not_har("it has no `log.entries`")),
            None => self.state = State::Tail,
            Some(Name::Log) => {
                if self.expect()? != b'{' {
                    return Err(self.not_har("its `log` is no object"));
                }
                self.position += 1;
                self.log = true;
                self.state = State::Log { first: true };
            }
            Some(_) => self.skip()?,
        }
        Ok(())
    }

    fn log(&mut self, first: bool) -> Result<(), Problem> {
        self.state = State::Log { first: false };
        match self.member(first)? {
            None => self.state = State::Root { first: false },
            Some(Name::Entries) if self.entries => {
                self.expect()?;
                let Extent { spot, .. } = self.value(0)?;
                return Err(Problem { spot, kind: HarErrorKind::Duplicate });
            }
            Some(Name::Entries) => {
                if self.expect()? != b'[' {
                    return Err(self.not_har("its `log.entries` is no array"));
                }
                self.position += 1;
                self.entries = true;
                self.state = State::Entries { first: true };
            }
            Some(Name::Creator) => {
                self.expect()?;
                let bytes = self.value(CREATOR)?.bytes.unwrap_or_default();
                let creator = serde_json::from_slice::<serde_json::Value>(&bytes).ok();
                let name = creator.as_ref().and_then(|creator| creator.get("name")?.as_str());
                self.creator = name.map(str::to_owned);
            }
            Some(_) => self.skip()?,
        }
        Ok(())
    }

    fn entry(&mut self, first: bool) -> Result<Option<Piece>, Problem> {
        match self.expect()? {
            b']' => {
                self.position += 1;
                self.state = State::Log { first: false };
                return Ok(None);
            }
            b',' if !first => {
                self.position += 1;
                self.expect()?;
            }
            _ if first => {}
            _ => return Err(self.syntax("`,` or `]`")),
        }
        if matches!(self.expect()?, b',' | b']' | b'}' | b':') {
            return Err(self.syntax("an entry"));
        }
        let index = self.index;
        let extent = self.value(self.max_entry).map_err(|mut problem| {
            if matches!(problem.kind, HarErrorKind::CutOff { .. }) {
                problem.kind = HarErrorKind::CutInEntry { entry: index };
            }
            problem
        })?;
        self.index += 1;
        self.state = State::Entries { first: false };
        let Extent { spot, bytes, size } = extent;
        let limit = self.max_entry;
        bytes
            .map(|bytes| Some(Piece { index, spot, bytes }))
            .ok_or(Problem { spot, kind: HarErrorKind::TooLarge { entry: index, size, limit } })
    }

    /// The name of the next member of the object, up to its value; `None` behind the object.
    fn member(&mut self, first: bool) -> Result<Option<Name>, Problem> {
        match self.expect()? {
            b'}' => {
                self.position += 1;
                return Ok(None);
            }
            b',' if !first => self.position += 1,
            _ if first => {}
            _ => return Err(self.syntax("`,` or `}`")),
        }
        if self.expect()? != b'"' {
            return Err(self.syntax("a member's name in double quotes"));
        }
        let name = self.value(NAME)?.bytes.unwrap_or_default();
        if self.expect()? != b':' {
            return Err(self.syntax("`:`"));
        }
        self.position += 1;
        // A name may be written with escapes.
        Ok(Some(match serde_json::from_slice::<String>(&name).as_deref() {
            Ok("log") => Name::Log,
            Ok("entries") => Name::Entries,
            Ok("creator") => Name::Creator,
            _ => Name::Other,
        }))
    }

    /// Reads over a value.
    fn skip(&mut self) -> Result<(), Problem> {
        if matches!(self.expect()?, b',' | b']' | b'}' | b':') {
            return Err(self.syntax("a value"));
        }
        self.value(0).map(|_| ())
    }

    /// Reads one value, which begins at the position; gives its bytes if they are at most `keep`.
    fn value(&mut self, keep: usize) -> Result<Extent, Problem> {
        self.release();
        let spot = self.spot;
        let mut scan = Scan::new();
        let mut kept = true;
        loop {
            if let Some(length) = scan.feed(self.pending()) {
                self.position += length;
                break;
            }
            self.position = self.end;
            if self.position - self.start > keep {
                kept = false;
            }
            if !kept {
                self.release();
            }
            if !self.fill()? {
                if scan.may_end() {
                    break;
                }
                return Err(self.cut_off());
            }
        }
        let bytes = self.buffer.get(self.start..self.position).unwrap_or_default();
        let bytes = (kept && bytes.len() <= keep).then(|| bytes.to_vec());
        self.release();
        Ok(Extent { spot, bytes, size: self.spot.offset - spot.offset })
    }

    /// The next byte that is no white space; it is not consumed.
    fn token(&mut self) -> Result<Option<u8>, Problem> {
        loop {
            let white = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
            if let Some(at) = self.pending().iter().position(|byte| !white(byte)) {
                self.position += at;
                return Ok(self.pending().first().copied());
            }
            self.position = self.end;
            self.release();
            if !self.fill()? {
                return Ok(None);
            }
        }
    }

    /// The next byte that is no white space, where the text must go on.
    fn expect(&mut self) -> Result<u8, Problem> {
        self.token()?.ok_or_else(|| self.cut_off())
    }

    /// The bytes read and not yet looked at.
    fn pending(&self) -> &[u8] {
        self.buffer.get(self.position..self.end).unwrap_or_default()
    }

    /// Deals with all bytes before the position.
    fn release(&mut self) {
        self.spot = self.here();
        self.start = self.position;
    }

    /// Reads more; what begins at `start` is kept. `false` at the end of the text.
    fn fill(&mut self) -> Result<bool, Problem> {
        if self.start == self.end {
            (self.start, self.position, self.end) = (0, 0, 0);
        } else if self.start >= self.buffer.len() / 2 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.position -= self.start;
            self.end -= self.start;
            self.start = 0;
        }
        if self.buffer.len() - self.end < CHUNK / 2 {
            self.buffer.resize(self.buffer.len() * 2, 0);
        } else if self.end == 0 && self.buffer.len() > 64 * CHUNK {
            // One huge entry does not cost its memory for the rest of the file.
            self.buffer.truncate(CHUNK);
            self.buffer.shrink_to_fit();
        }
        loop {
            let free = self.buffer.get_mut(self.end..).unwrap_or_default();
            match self.source.read(free) {
                Ok(0) => return Ok(false),
                Ok(count) => {
                    self.end += count;
                    return Ok(true);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(self.problem(HarErrorKind::Io(error))),
            }
        }
    }

    /// The place of the position.
    fn here(&self) -> Spot {
        self.spot.after(self.buffer.get(self.start..self.position).unwrap_or_default())
    }

    fn problem(&self, kind: HarErrorKind) -> Problem {
        Problem { spot: self.here(), kind }
    }

    fn not_har(&self, why: &'static str) -> Problem {
        self.problem(HarErrorKind::NotHar(why))
    }

    fn cut_off(&self) -> Problem {
        self.problem(HarErrorKind::CutOff { entries: self.index })
    }

    /// What stands at the position is not what should stand there.
    fn syntax(&self, expected: &'static str) -> Problem {
        let pending = self.pending();
        let start = pending.get(..pending.len().min(4)).unwrap_or_default();
        let found = String::from_utf8_lossy(start).chars().next().unwrap_or_default();
        self.problem(HarErrorKind::Syntax { expected, found })
    }
}

impl<R: Read> Iterator for Splitter<R> {
    type Item = Result<Piece, Problem>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if matches!(self.state, State::Done) {
                return None;
            }
            match self.step() {
                Ok(None) => {}
                Ok(Some(piece)) => return Some(Ok(piece)),
                Err(problem) => {
                    if !problem.kind.is_local() {
                        self.state = State::Done;
                    }
                    return Some(Err(problem));
                }
            }
        }
    }
}
