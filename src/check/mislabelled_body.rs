//! `mislabelled-body`: a file that is of another kind than its media type says.

use super::evidence::{Answer, Evidence};
use super::{Check, Meta};
use crate::finding::{Basis, Disagreement, Place, Severity};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        id: "mislabelled-body",
        severity: Severity::Error,
        title: "a file that is of another kind than its media type says",
        what: "Compares the first bytes of images, sounds, archives and PDF files with the media \
               type. Only a file that is surely of another kind is reported.",
        why: "Browsers and players refuse such a file.",
        example: "response 200: promised audio/mpeg, seen the bytes of image/png",
        remedy: "Send the media type of the file.",
    },
    applies: |evidence| matches!(evidence.answer, Answer::Other) && expected(evidence).is_some(),
    judge,
};

/// How files begin, and the media types that they may have.
const SIGNATURES: &[(&[u8], usize, &[&str])] = &[
    (b"\x89PNG\r\n\x1a\n", 0, &["image/png"]),
    (b"\xff\xd8\xff", 0, &["image/jpeg"]),
    (b"GIF8", 0, &["image/gif"]),
    (b"WEBP", 8, &["image/webp"]),
    (b"%PDF-", 0, &["application/pdf"]),
    (b"PK\x03\x04", 0, &["application/zip"]),
    (b"ID3", 0, &["audio/mpeg", "audio/mp3"]),
    (b"OggS", 0, &["audio/ogg", "video/ogg", "application/ogg"]),
    (b"WAVE", 8, &["audio/wav", "audio/x-wav", "audio/wave"]),
    (b"fLaC", 0, &["audio/flac"]),
];

/// The media type of the answer, if it is one whose files begin in a known way.
fn expected<'e>(evidence: &'e Evidence<'_>) -> Option<&'e str> {
    let essence = evidence.media_type.as_ref()?.essence();
    SIGNATURES.iter().any(|(_, _, types)| types.contains(&essence)).then_some(essence)
}

fn judge(evidence: &Evidence<'_>, out: &mut Vec<Disagreement>) {
    let Some(expected) = expected(evidence) else { return };
    let bytes = evidence.response.body.bytes().unwrap_or_default();
    let actual = SIGNATURES
        .iter()
        .find(|(signature, at, _)| bytes.get(*at..).is_some_and(|b| b.starts_with(signature)));
    let Some((_, _, types)) = actual.filter(|(_, _, types)| !types.contains(&expected)) else {
        return;
    };
    let place = Place::whole(evidence.part());
    let mut found = evidence.disagreement(&CHECK.meta, place, Basis::Standard);
    expected.clone_into(&mut found.promised);
    found.seen = format!("the bytes of {}", types.join(" or "));
    found.promise = evidence.own.map(|own| (own.at.document, own.at.pointer.clone()));
    out.push(found);
}
