//! Sounds: WAV and MP3.

/// Samples in a second.
const RATE: u32 = 8_000;

/// A tone of 440 Hz, 16 bits, one channel, this many milliseconds long.
pub fn wav(milliseconds: u32) -> Vec<u8> {
    let count = RATE * milliseconds / 1_000;
    let length = count * 2;
    let mut file = b"RIFF".to_vec();
    file.extend((36 + length).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16_u32.to_le_bytes());
    // PCM, one channel.
    file.extend([1, 0, 1, 0]);
    file.extend(RATE.to_le_bytes());
    file.extend((RATE * 2).to_le_bytes());
    // Bytes of a sample, bits of a sample.
    file.extend([2, 0, 16, 0]);
    file.extend(b"data");
    file.extend(length.to_le_bytes());
    for index in 0..count {
        let angle = f64::from(index) * 440.0 * std::f64::consts::TAU / f64::from(RATE);
        #[expect(clippy::cast_possible_truncation, reason = "it is within 16 bits")]
        let sample = (angle.sin() * 8_000.0) as i16;
        file.extend(sample.to_le_bytes());
    }
    file
}

/// Silence: this many frames of MPEG-1 layer III, 128 kbit/s, 44.1 kHz, one channel, of 26 ms each.
pub fn mp3(frames: usize) -> Vec<u8> {
    // 144 · bitrate / rate, without padding.
    let mut frame = vec![0; 417];
    // Sync, MPEG-1, layer III, no checksum; 128 kbit/s, 44.1 kHz; one channel. What follows is all
    // zero: side information that says that nothing is coded.
    for (byte, value) in frame.iter_mut().zip([0xFF, 0xFB, 0x90, 0xC0]) {
        *byte = value;
    }
    frame.repeat(frames)
}
