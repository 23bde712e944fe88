//! Reads the body of an answer, within limits.

use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, timeout};

use super::coding::Coding;
use super::failure;
use super::options::ClientOptions;
use super::watch::{Masked, Next, Progress, Watch};
use crate::exchange::har::Size;
use crate::exchange::outcome::End;
use crate::exchange::record::Body;
use crate::exchange::sse::{Frame, SseReader};

/// How often the watcher is asked whether to go on while nothing comes.
pub const LOOK: Duration = Duration::from_millis(100);

/// A body that is being read.
pub struct Reading<'r, 'w> {
    /// How we send.
    pub options: &'r ClientOptions,
    /// When the request began.
    pub began: Instant,
    /// How its content is coded.
    pub coding: Coding,
    /// Takes it apart, if it is an event stream.
    pub frames: Option<SseReader>,
    /// Makes of a frame what may be told.
    pub mask: &'r (dyn Fn(&mut Frame) + Sync),
    /// Who is told.
    pub watch: &'r mut Watch<'w>,
    /// What has come.
    pub bytes: Vec<u8>,
    /// When each frame was there.
    pub events_ms: Vec<f64>,
}

impl Reading<'_, '_> {
    /// Reads to the end, or to a limit.
    pub async fn read(&mut self, response: &mut reqwest::Response) -> End {
        let total = match self.frames {
            Some(_) => self.options.stream_timeout,
            None => self.options.timeout,
        };
        loop {
            match self.next(response, total).await {
                Err(end) => return end,
                Ok(Some(piece)) => {
                    if let Err(end) = self.take(|coding, out| coding.push(&piece, out)) {
                        return end;
                    }
                }
                Ok(None) => return self.take(Coding::finish).err().unwrap_or(End::Complete),
            }
        }
    }

    /// Waits for the next piece; `None` at the end.
    async fn next(
        &mut self,
        response: &mut reqwest::Response,
        total: Duration,
    ) -> Result<Option<Bytes>, End> {
        let since = Instant::now();
        loop {
            let left = total.saturating_sub(self.began.elapsed());
            // A limit only counts where one has to wait: here something may be there always.
            if left.is_zero() {
                return Err(End::TimedOut { seconds: total.as_secs_f64() });
            }
            let silence = self.options.silence.saturating_sub(since.elapsed());
            if silence.is_zero() {
                return Err(End::Silent { seconds: self.options.silence.as_secs_f64() });
            }
            match timeout(LOOK.min(silence).min(left), response.chunk()).await {
                Ok(Ok(piece)) => return Ok(piece),
                Ok(Err(error)) => return Err(End::CutOff { why: failure::broken(&error) }),
                Err(_) => {
                    let ms = millis(self.began.elapsed());
                    if (self.watch)(Progress::Waiting { ms }) == Next::Stop {
                        return Err(End::Stopped);
                    }
                }
            }
        }
    }

    /// Takes in what comes of a piece.
    fn take(
        &mut self,
        piece: impl FnOnce(&mut Coding, &mut dyn FnMut(&[u8]) -> bool) -> Result<(), String>,
    ) -> Result<(), End> {
        let limit = self.options.max_body;
        let (bytes, reader) = (&mut self.bytes, &mut self.frames);
        let mut frames = Vec::new();
        let mut too_large = false;
        let mut out = |piece: &[u8]| {
            let room = limit.saturating_sub(bytes.len());
            too_large = piece.len() > room;
            let piece = piece.get(..room).unwrap_or(piece);
            bytes.extend_from_slice(piece);
            frames.extend(reader.iter_mut().flat_map(|reader| reader.push(piece)));
            !too_large
        };
        let taken = piece(&mut self.coding, &mut out);
        for frame in frames {
            self.tell(&frame)?;
        }
        match taken {
            _ if too_large => Err(End::TooLarge),
            Ok(()) => Ok(()),
            Err(why) => Err(End::CutOff { why }),
        }
    }

    fn tell(&mut self, frame: &Frame) -> Result<(), End> {
        let ms = millis(self.began.elapsed());
        self.events_ms.push(ms);
        match (self.watch)(Progress::Frame { frame: &Masked::new(frame, self.mask), ms }) {
            Next::Read => Ok(()),
            Next::Stop => {
                // What came behind the frame was not looked at.
                let end = usize::try_from(frame.offset + frame.length).unwrap_or(usize::MAX);
                self.bytes.truncate(end);
                Err(End::Stopped)
            }
        }
    }

    /// What was read, with the times of all frames that are in it. `length` is the length of the
    /// body, if it is known.
    pub fn finish(mut self, end: &End, length: Option<u64>) -> (Body, Vec<f64>) {
        let streams = self.frames.is_some();
        if let Some(reader) = self.frames.take()
            && *end != End::Stopped
            && let Some(frame) = reader.finish()
        {
            // Nobody can stop what is over.
            let _ = self.tell(&frame);
        }
        let body = if *end == End::TooLarge && !streams {
            let reason = format!("larger than {}", Size(self.options.max_body));
            Body::Missing { size: length, reason }
        } else {
            Body::from_bytes(self.bytes)
        };
        (body, self.events_ms)
    }
}

/// A time in milliseconds, to the microsecond: such numbers are written and read without rounding.
pub fn millis(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}
