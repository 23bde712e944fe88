//! Removes the content coding of a body as it comes.

use std::io::Write as _;

use flate2::write::MultiGzDecoder;

/// Compressed bytes are taken in so small pieces that what comes of one (at most a thousand times as
/// much) does no harm.
const PIECE: usize = 4 << 10;

/// A body on its way out of its coding.
pub enum Coding {
    /// It has none.
    Identity,
    /// It is compressed.
    Gzip(Box<MultiGzDecoder<Vec<u8>>>),
}

impl Coding {
    /// The coding that `Content-Encoding` names.
    ///
    /// # Errors
    /// One that we cannot remove.
    pub fn of(header: Option<&str>) -> Result<Self, String> {
        match header.map(|value| value.trim().to_ascii_lowercase()).as_deref() {
            None | Some("" | "identity") => Ok(Self::Identity),
            Some("gzip" | "x-gzip") => Ok(Self::Gzip(Box::new(MultiGzDecoder::new(Vec::new())))),
            Some(_) => Err("in a content coding that was not asked for".to_owned()),
        }
    }

    /// Takes in a piece, and gives what comes of it to `out` until that says that it is enough.
    ///
    /// # Errors
    /// Where the coding is broken.
    pub fn push(&mut self, piece: &[u8], out: &mut dyn FnMut(&[u8]) -> bool) -> Result<(), String> {
        match self {
            Self::Identity => {
                out(piece);
                Ok(())
            }
            Self::Gzip(decoder) => {
                for piece in piece.chunks(PIECE) {
                    let taken = decoder.write_all(piece);
                    let enough = !out(decoder.get_ref());
                    decoder.get_mut().clear();
                    taken.map_err(|error| format!("the gzip data is broken: {error}"))?;
                    if enough {
                        break;
                    }
                }
                Ok(())
            }
        }
    }

    /// The body is over; gives the rest.
    ///
    /// # Errors
    /// Where the coding is not over.
    pub fn finish(&mut self, out: &mut dyn FnMut(&[u8]) -> bool) -> Result<(), String> {
        let Self::Gzip(decoder) = self else { return Ok(()) };
        let ended = decoder.try_finish();
        out(decoder.get_ref());
        decoder.get_mut().clear();
        ended.map_err(|_| "the gzip data ends too early".to_owned())
    }
}
