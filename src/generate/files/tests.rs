//! Files are what they say they are.

use super::image::crc32;
use super::{all, of_ending, of_media_type, oversized, text};

#[test]
fn a_picture_holds_its_pixels() {
    assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    let file = of_ending("any.png").unwrap();
    assert_eq!(file.name, "pixel.png");
    for (file, width, height) in [("pixel.png", 1, 1), ("picture.png", 64, 48)] {
        let file = all().iter().find(|f| f.name == file).unwrap();
        assert!(file.bytes.starts_with(b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR"));
        let data = &file.bytes[33..];
        let length = u32::from_be_bytes(data[..4].try_into().unwrap()) as usize;
        assert_eq!(&data[4..8], b"IDAT");
        let mut pixels = Vec::with_capacity(100_000);
        let mut stream = flate2::Decompress::new(true);
        let finish = flate2::FlushDecompress::Finish;
        let status = stream.decompress_vec(&data[8..8 + length], &mut pixels, finish).unwrap();
        assert_eq!(status, flate2::Status::StreamEnd);
        assert_eq!(pixels.len(), height * (1 + 3 * width));
        assert!(file.bytes.ends_with(b"IEND\xae\x42\x60\x82"));
    }
}

#[test]
fn a_document_finds_its_objects() {
    let file = of_ending("pdf").unwrap();
    let text = String::from_utf8(file.bytes.to_vec()).unwrap();
    let table: usize = text.lines().rev().nth(1).unwrap().parse().unwrap();
    assert!(text[table..].starts_with("xref\n0 6\n"));
    for (index, line) in text[table..].lines().skip(3).take(5).enumerate() {
        let place: usize = line[..10].parse().unwrap();
        assert!(text[place..].starts_with(&format!("{} 0 obj\n", index + 1)));
        assert_eq!(line.len(), 19);
    }
}

#[test]
fn sounds_are_as_long_as_they_say() {
    let wav = of_media_type("audio/x-wav").unwrap();
    assert_eq!(wav.media_type, "audio/x-wav");
    let length = u32::from_le_bytes(wav.bytes[40..44].try_into().unwrap()) as usize;
    assert_eq!(wav.bytes.len(), 44 + length);
    let mp3 = of_media_type("audio/mp3").unwrap();
    assert_eq!((mp3.name.as_str(), mp3.media_type.as_str()), ("silence.mp3", "audio/mp3"));
    for frame in mp3.bytes.chunks(417) {
        assert_eq!((frame.len(), &frame[..2]), (417, &[0xFF, 0xFB][..]));
    }
}

#[test]
fn files_are_found_by_ending_and_media_type() {
    assert_eq!(of_ending("mpga").unwrap().name, "silence.mpga");
    assert_eq!(of_ending("x.HTM").unwrap().name, "page.htm");
    assert_eq!(of_media_type("image/*").unwrap().name, "pixel.png");
    assert_eq!(of_media_type("*/*").unwrap(), text());
    assert_eq!(of_media_type("text/csv; charset=utf-8").unwrap().name, "table.csv");
    assert!(of_ending("exe").is_none() && of_media_type("video/mp4").is_none());
    assert_eq!(oversized(100_000).bytes.len(), 100_000);
    let mut names: Vec<String> = all().iter().map(|file| file.name.clone()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all().len());
}
