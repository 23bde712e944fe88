//! Small files of common kinds, made by code, that programs open without complaint.

mod image;
mod paper;
mod sound;

use std::sync::{Arc, LazyLock};

/// A file to upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its name, with an ending that fits.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// Its content. Copies share it.
    pub bytes: Arc<[u8]>,
}

impl File {
    /// A file with this content.
    #[must_use]
    pub fn new(name: &str, media_type: &str, bytes: Vec<u8>) -> Self {
        Self { name: name.to_owned(), media_type: media_type.to_owned(), bytes: bytes.into() }
    }
}

/// The plainest file: a text.
#[must_use]
pub fn text() -> File {
    File::new("note.txt", "text/plain", b"A note.\nIt has two lines.\n".to_vec())
}

/// Files of all kinds that we make, one for each, with names of their own. They are made once.
#[must_use]
pub fn all() -> &'static [File] {
    static ALL: LazyLock<Vec<File>> = LazyLock::new(made);
    &ALL
}

fn made() -> Vec<File> {
    let table = "name,legs,note\nant,6,\"small, busy\"\nspider,8,\nworm,0,\u{ff08}none\u{ff09}\n";
    let page = "<!DOCTYPE html>\n<html lang=\"en\"><head><title>A page</title></head>\n\
                <body><h1>A page</h1><p>With a paragraph &amp; little else.</p></body></html>\n";
    let marked = "# A page\n\nWith a *paragraph*, and\n\n- a list\n- of two.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n";
    vec![
        text(),
        File::new(
            "scripts 文字 كتابة.txt",
            "text/plain",
            "Latin, 漢字, العربية, עברית, 🙂.\n".into(),
        ),
        File::new("page.md", "text/markdown", marked.into()),
        File::new("table.csv", "text/csv", table.into()),
        File::new(
            "data.json",
            "application/json",
            b"{\"list\": [1, 2.5, null], \"text\": \"\xc3\xa9\"}\n".to_vec(),
        ),
        File::new("page.html", "text/html", page.into()),
        File::new("paper.pdf", "application/pdf", paper::pdf("A page with one line.")),
        File::new("pixel.png", "image/png", image::png(1, 1)),
        File::new("picture.png", "image/png", image::png(64, 48)),
        File::new("tone.wav", "audio/wav", sound::wav(250)),
        File::new("silence.mp3", "audio/mpeg", sound::mp3(20)),
    ]
}

/// Whether a file is one of those that we make.
#[must_use]
pub fn is_ours(file: &File) -> bool {
    all().iter().any(|own| own.bytes == file.bytes)
}

/// The first file whose name ends like this: `png`, `.png` or `any.png`.
#[must_use]
pub fn of_ending(name: &str) -> Option<File> {
    let ending = name.rsplit('.').next()?.to_ascii_lowercase();
    let ending = match ending.as_str() {
        "htm" => "html",
        "markdown" | "mdx" => "md",
        "mpga" => "mp3",
        "log" => "txt",
        ending => ending,
    };
    all().iter().find(|file| file.name.rsplit('.').next() == Some(ending)).cloned().map(|file| {
        let asked = name.rsplit('.').next().unwrap_or(ending).to_ascii_lowercase();
        if asked == ending {
            return file;
        }
        let stem = file.name.strip_suffix(ending).unwrap_or(&file.name);
        File { name: format!("{stem}{asked}"), ..file }
    })
}

/// A file of a media type, which it bears as it is given; ranges such as `image/*` are met by the
/// first that fits.
#[must_use]
pub fn of_media_type(media_type: &str) -> Option<File> {
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let own = match essence.as_str() {
        "audio/mp3" | "audio/mpga" | "audio/mpeg3" | "audio/x-mpeg-3" => "audio/mpeg",
        "audio/x-wav" | "audio/wave" | "audio/vnd.wave" => "audio/wav",
        "text/x-markdown" => "text/markdown",
        "application/xhtml+xml" => "text/html",
        "application/octet-stream" | "*/*" => "text/plain",
        essence => essence,
    };
    let range = own.strip_suffix('*');
    let fits = |file: &&File| match range {
        Some(main) => file.media_type.starts_with(main),
        None => file.media_type == own,
    };
    let file = all().iter().find(fits)?.clone();
    if range.is_some() || essence == "*/*" {
        return Some(file);
    }
    let name = if essence == "audio/mpga" { "silence.mpga".to_owned() } else { file.name.clone() };
    Some(File { name, media_type: essence, ..file })
}

/// A text of this many bytes, to be refused for its size.
#[must_use]
pub fn oversized(length: usize) -> File {
    let line = b"This file is larger than it may be.\n";
    let bytes: Arc<[u8]> = line.iter().copied().cycle().take(length).collect();
    File { name: "large.txt".to_owned(), media_type: "text/plain".to_owned(), bytes }
}

#[cfg(test)]
mod tests;
