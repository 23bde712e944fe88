//! Reads frames from a stream that comes in pieces.

use super::{Cut, Field, Frame, LineEnd};

/// The largest frame that is kept unless told otherwise: 8 MiB.
pub const DEFAULT_LIMIT: usize = 8 << 20;

const BYTE_ORDER_MARK: [u8; 3] = [0xEF, 0xBB, 0xBF];

/// Splits an event stream into frames; the pieces in which it comes make no difference.
///
/// A frame comes out once its blank line is complete. Where that line ends with CR, this is one
/// byte later, since LF may follow.
#[derive(Debug)]
pub struct SseReader {
    limit: usize,
    /// Bytes taken in.
    offset: u64,
    /// Number of the line that is being read, from 1.
    line: u64,
    /// How many bytes of a byte order mark were seen; `None` once it is decided.
    mark: Option<usize>,
    /// Whether a byte order mark was seen and no frame has told it yet.
    byte_order_mark: bool,
    /// The line that is being read, unless its frame is too large.
    text: Vec<u8>,
    /// How many bytes that line has.
    length: u64,
    /// Whether the last byte was CR.
    cr: bool,
    frame: Option<Frame>,
}

impl Default for SseReader {
    fn default() -> Self {
        Self::new(DEFAULT_LIMIT)
    }
}

impl SseReader {
    /// A reader at the beginning of a stream. The fields of a frame of more than `limit` bytes are
    /// not kept ([`Cut::TooLarge`]), so memory is bounded by the limit.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self {
            limit,
            offset: 0,
            line: 1,
            mark: Some(0),
            byte_order_mark: false,
            text: Vec::new(),
            length: 0,
            cr: false,
            frame: None,
        }
    }

    /// Takes the next piece of the stream; gives the frames that it completes.
    pub fn push(&mut self, piece: &[u8]) -> Vec<Frame> {
        let mut frames = Vec::new();
        let mut rest = self.skip_mark(piece);
        if self.cr && !rest.is_empty() {
            rest = self.after_cr(rest, &mut frames);
        }
        while let Some(at) = memchr::memchr2(b'\n', b'\r', rest) {
            let (line, end) = rest.split_at(at);
            self.take(line);
            self.offset += 1;
            rest = end.get(1..).unwrap_or_default();
            if end.first() == Some(&b'\n') {
                frames.extend(self.end_line(LineEnd::Lf));
            } else {
                self.cr = true;
                if rest.is_empty() {
                    return frames;
                }
                rest = self.after_cr(rest, &mut frames);
            }
        }
        self.take(rest);
        frames
    }

    /// The stream is over; gives the last frame if there is one, cut or not.
    #[must_use]
    pub fn finish(mut self) -> Option<Frame> {
        if let Some(seen @ 1..) = self.mark.take() {
            self.take(BYTE_ORDER_MARK.get(..seen).unwrap_or_default());
        }
        if self.cr
            && let Some(frame) = self.end_line(LineEnd::Cr)
        {
            return Some(frame);
        }
        let text = std::mem::take(&mut self.text);
        let mut frame = self.frame?;
        frame.length = self.offset - frame.offset;
        if frame.cut.is_none() {
            frame.cut = Some(Cut::EndOfStream);
            if !text.is_empty() {
                frame.fields.push(Field::read(&text));
            }
        }
        Some(frame)
    }

    /// Reads over a byte order mark, which is one at the very beginning of a stream alone.
    fn skip_mark<'a>(&mut self, mut piece: &'a [u8]) -> &'a [u8] {
        while let Some(seen) = self.mark
            && let Some((byte, rest)) = piece.split_first()
        {
            if BYTE_ORDER_MARK.get(seen) != Some(byte) {
                self.mark = None;
                self.take(BYTE_ORDER_MARK.get(..seen).unwrap_or_default());
                break;
            }
            piece = rest;
            self.mark = Some(seen + 1);
            if seen + 1 == BYTE_ORDER_MARK.len() {
                self.mark = None;
                self.byte_order_mark = true;
                self.offset = BYTE_ORDER_MARK.len() as u64;
            }
        }
        piece
    }

    /// Ends the line before a CR, by what follows it.
    fn after_cr<'a>(&mut self, rest: &'a [u8], frames: &mut Vec<Frame>) -> &'a [u8] {
        self.cr = false;
        if let Some(rest) = rest.strip_prefix(b"\n") {
            self.offset += 1;
            frames.extend(self.end_line(LineEnd::CrLf));
            rest
        } else {
            frames.extend(self.end_line(LineEnd::Cr));
            rest
        }
    }

    /// Adds bytes to the line.
    fn take(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        let offset = self.offset;
        self.offset += bytes.len() as u64;
        self.length += bytes.len() as u64;
        let (line, limit) = (self.line, self.limit as u64);
        let byte_order_mark = std::mem::take(&mut self.byte_order_mark);
        let frame = self.frame.get_or_insert_with(|| Frame {
            offset,
            length: 0,
            line,
            fields: Vec::new(),
            line_end: None,
            cut: None,
            byte_order_mark,
        });
        if self.offset - frame.offset > limit {
            frame.cut = Some(Cut::TooLarge);
            frame.fields = Vec::new();
            self.text = Vec::new();
        } else {
            self.text.extend_from_slice(bytes);
        }
    }

    /// Ends the line; gives the frame if the line is blank.
    fn end_line(&mut self, end: LineEnd) -> Option<Frame> {
        self.line += 1;
        let blank = self.length == 0;
        self.length = 0;
        let frame = self.frame.as_mut()?;
        frame.line_end = match frame.line_end {
            None => Some(end),
            Some(before) if before == end => Some(end),
            Some(_) => Some(LineEnd::Mixed),
        };
        if blank {
            frame.length = self.offset - frame.offset;
            return self.frame.take();
        }
        if frame.cut.is_none() {
            frame.fields.push(Field::read(&self.text));
        }
        self.text.clear();
        None
    }
}

/// All frames of a stream that is there as a whole, with the default limit.
#[must_use]
pub fn frames(stream: &[u8]) -> Vec<Frame> {
    let mut reader = SseReader::default();
    let mut frames = reader.push(stream);
    frames.extend(reader.finish());
    frames
}
