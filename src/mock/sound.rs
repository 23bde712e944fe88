//! Sound, as the models of the mock make and hear it.
//!
//! Speech is silence of a fitting length, as MP3 (MPEG-1 Layer III, 128 kbit/s, 44.1 kHz), which any
//! player plays. What was said goes with it where decoders do not look: in the bytes of a frame that
//! its side information does not claim (ISO 11172-3: ancillary data). So what was spoken can be heard.

use bytes::Bytes;

/// The length of a frame: 144 × bit rate ÷ sample rate, without padding.
const FRAME: usize = 417;

/// The header of every frame.
const HEADER: [u8; 4] = [0xff, 0xfb, 0x90, 0x64];

/// Where the side information of two channels ends, which says by its zeros that no sound follows.
const BODY: usize = 4 + 32;

/// Tells the frames that carry words; what follows is their length.
const MARK: &[u8] = b"said:";

/// How many bytes of words go into a frame.
const ROOM: usize = FRAME - BODY - MARK.len() - 2;

/// So many frames are a second, nearly.
const SECOND: usize = 38;

/// So many letters are spoken in a second.
const LETTERS: usize = 15;

/// No speech lasts longer, in seconds.
const LONGEST: usize = 120;

/// A second of silence.
static SILENCE: [u8; FRAME * SECOND] = silence();

const fn silence() -> [u8; FRAME * SECOND] {
    let mut frames = [0; FRAME * SECOND];
    let mut at = 0;
    while at < frames.len() {
        frames[at] = HEADER[0];
        frames[at + 1] = HEADER[1];
        frames[at + 2] = HEADER[2];
        frames[at + 3] = HEADER[3];
        at += FRAME;
    }
    frames
}

/// A text as speech, in pieces.
pub fn speak(text: &str) -> Vec<Bytes> {
    let seconds = (text.chars().count() / LETTERS + 1).min(LONGEST);
    let mut first = Vec::new();
    for words in text.as_bytes().chunks(ROOM) {
        let start = first.len();
        first.extend_from_slice(&HEADER);
        first.resize(start + BODY, 0);
        first.extend_from_slice(MARK);
        // There is room for less than 65,536.
        first.extend_from_slice(&u16::try_from(words.len()).unwrap_or_default().to_be_bytes());
        first.extend_from_slice(words);
        first.resize(start + FRAME, 0);
    }
    let mut pieces = vec![Bytes::from(first)];
    pieces.resize(seconds + 1, Bytes::from_static(&SILENCE));
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// What is said in a recording, where [`speak`] made it.
pub fn hear(recording: &[u8]) -> Option<String> {
    let mut heard = Vec::new();
    for frame in recording.chunks_exact(FRAME) {
        let said = frame.get(BODY..).filter(|_| frame.starts_with(&HEADER));
        let Some(rest) = said.and_then(|said| said.strip_prefix(MARK)) else { break };
        let (length, words) = rest.split_first_chunk()?;
        heard.extend_from_slice(words.get(..u16::from_be_bytes(*length).into())?);
    }
    if heard.is_empty() { None } else { String::from_utf8(heard).ok() }
}

#[cfg(test)]
mod tests {
    use super::{FRAME, HEADER, hear, speak};

    #[test]
    fn what_is_spoken_can_be_heard() {
        let long = "Schöne Grüße an alle! ".repeat(100);
        for text in ["Good morning!", long.trim()] {
            let sound = speak(text).concat();
            assert!(sound.chunks(FRAME).all(|frame| {
                frame.len() == FRAME && frame.starts_with(&HEADER) && frame[4..36] == [0; 32]
            }));
            assert_eq!(hear(&sound).as_deref(), Some(text));
        }
        assert!(speak("").concat().starts_with(&HEADER));
        assert_eq!((hear(&speak("").concat()), hear(b"RIFF")), (None, None));
    }
}
