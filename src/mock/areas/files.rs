//! Files that users upload.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;

use crate::mock::call::{Call, FormPart};
use crate::mock::refusal::Refusal;
use crate::mock::reply::{Outcome, Reply};
use crate::mock::routes::{Access, Route, UserIn};
use crate::mock::state::{Ids, StoredFile, UPLOAD_LIMITS, World, unix};

/// The operations.
pub const ROUTES: &[Route] = &[
    Route {
        method: "POST",
        path: "/files/upload",
        access: Access::App(UserIn::Form),
        handle: upload,
    },
    Route {
        method: "GET",
        path: "/files/{file_id:uuid}/preview",
        access: Access::App(UserIn::Query),
        handle: preview,
    },
];

/// The longest name that is kept, in characters.
const NAME: usize = 200;

/// What stays as it is in the name of an attachment.
const PLAIN: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'/');

/// What can be played from the middle.
const SEEKABLE: &[&str] = &[
    "audio/mpeg",
    "audio/wav",
    "audio/mp4",
    "audio/ogg",
    "audio/flac",
    "audio/aac",
    "video/mp4",
    "video/webm",
    "video/quicktime",
    "audio/x-m4a",
];

/// The one file of a form, its media type and its name.
///
/// # Errors
/// 400 where there is none or more than one, or it has no name; 415 where nobody says what it is.
fn only_file(call: &Call<'_>) -> Result<(FormPart, String, String), Refusal> {
    let mut files: Vec<FormPart> = call.form();
    files.retain(|part| part.filename.is_some());
    let Some(place) = files.iter().position(|part| part.name == "file") else {
        return Err(Refusal::new(400, "no_file_uploaded", "The form has no file named `file`."));
    };
    if files.iter().any(|part| part.name != "file") {
        return Err(Refusal::new(400, "too_many_files", "One file is taken at a time."));
    }
    let file = files.swap_remove(place);
    let media_type = file.mimetype();
    if media_type.is_empty() {
        let message = "The part of the file has to say its Content-Type.";
        return Err(Refusal::new(415, "unsupported_file_type", message));
    }
    match file.filename.clone().filter(|name| !name.is_empty()) {
        Some(name) => Ok((file, media_type, name)),
        None => Err(Refusal::new(400, "filename_not_exists_error", "The file needs a name.")),
    }
}

/// The file that a form brings, for an app's end user or for the owner of the workspace.
///
/// # Errors
/// As [`only_file`]; 400 where its name is a path, 413 where it is too large.
pub fn brought(
    world: &mut World,
    call: &Call<'_>,
    app: Option<usize>,
    owner: String,
) -> Result<StoredFile, Refusal> {
    let (part, media_type, name) = only_file(call)?;
    if name.contains(['/', '\\', '\0']) {
        return Err(Refusal::invalid_param("The name of a file must not hold a path."));
    }
    let mut file = StoredFile {
        id: world.ids.uuid(),
        app,
        owner,
        name,
        media_type,
        content: part.content,
        created_at: unix(),
        used: false,
    };
    let extension = file.extension();
    if file.name.chars().count() > NAME {
        let stem: String = file.name.split('.').next().unwrap_or("").chars().take(NAME).collect();
        file.name = format!("{stem}.{extension}");
    }
    if file.content.len() as u64 > limit(&extension) << 20 {
        let message = "The file is larger than what is taken of its kind.";
        return Err(Refusal::new(413, "file_too_large", message));
    }
    Ok(file)
}

fn upload(world: &mut World, call: &Call<'_>) -> Outcome {
    let file = brought(world, call, Some(call.app), call.user.clone())?;
    let told = json!({
        "id": file.id,
        "reference": null,
        "name": file.name,
        "size": file.content.len(),
        "extension": file.extension(),
        "mime_type": file.media_type,
        "created_by": file.owner,
        "created_at": file.created_at,
        "preview_url": null,
        "source_url": signed_url(&file, &mut world.ids),
        "original_url": null,
        "user_id": null,
        "tenant_id": world.tenant,
        "conversation_id": null,
        "file_key": null,
    });
    world.files.insert(file.id.clone(), file);
    Ok(Reply::json(told).status(201))
}

/// How large a file with this ending may be, in megabytes.
fn limit(extension: &str) -> u64 {
    let [image, video, audio, other] = UPLOAD_LIMITS;
    match extension {
        "jpg" | "jpeg" | "png" | "webp" | "gif" | "svg" => image,
        "mp4" | "mov" | "mpeg" | "webm" => video,
        "mp3" | "m4a" | "wav" | "amr" | "mpga" => audio,
        _ => other,
    }
}

/// A link to a file as the server signs it for browsers, without a host.
fn signed_url(file: &StoredFile, ids: &mut Ids) -> String {
    let (id, time) = (&file.id, file.created_at);
    let (nonce, sign) = (ids.uuid().replace('-', ""), ids.token(43));
    format!("/files/{id}/file-preview?timestamp={time}&nonce={nonce}&sign={sign}%3D")
}

fn preview(world: &mut World, call: &Call<'_>) -> Outcome {
    let as_attachment = call.query_fields().boolean("as_attachment").or(false)?;
    let file = world.files.get(&call.param("file_id").to_ascii_lowercase());
    let Some(file) = file.filter(|file| file.used) else {
        let message = "No message has used such a file.";
        return Err(Refusal::new(404, "file_not_found", message));
    };
    if file.app != Some(call.app) {
        let message = "The file was used in a message of another app.";
        return Err(Refusal::new(403, "file_access_denied", message));
    }
    let html = is_html(file);
    let media_type = match file.media_type.as_str() {
        _ if as_attachment || html => "application/octet-stream".to_owned(),
        text if is_text(text) => format!("{text}; charset=utf-8"),
        other => other.to_owned(),
    };
    let mut reply = Reply::bytes(file.content.clone(), media_type)
        .header("Cache-Control", "public, max-age=3600");
    if SEEKABLE.contains(&file.media_type.as_str()) {
        reply = reply.header("Accept-Ranges", "bytes");
    }
    if as_attachment || html {
        let name = utf8_percent_encode(&file.name, PLAIN);
        let value = format!("attachment; filename*=UTF-8''{name}");
        reply = reply.header("Content-Disposition", value);
    }
    if html {
        reply = reply.header("X-Content-Type-Options", "nosniff");
    }
    Ok(reply)
}

/// Whether a browser might run what is in it.
fn is_html(file: &StoredFile) -> bool {
    matches!(file.media_type.as_str(), "text/html" | "application/xhtml+xml")
        || matches!(file.extension().as_str(), "html" | "htm")
}

/// Whether the framework says the charset of it.
fn is_text(media_type: &str) -> bool {
    media_type.starts_with("text/")
        || media_type.ends_with("+xml")
        || matches!(
            media_type,
            "application/ecmascript"
                | "application/javascript"
                | "application/sql"
                | "application/xml"
                | "application/xml-dtd"
                | "application/xml-external-parsed-entity"
        )
}
